// Named formats of Kubernetes: names, labels, and the formats of schemas.
import { type CelFunction, define, member, overload } from '../function.ts'
import { multiply, scale } from '../estimate.ts'
import { parseGoUrl } from '../go-url.ts'
import { sizeOf } from '../interpreter.ts'
import { parseDate, parseTimestamp } from '../time.ts'
import { type CelType, listType, opaqueType, stringType } from '../type.ts'
import { isDns1035Label, isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName, maskTrailingDash } from '../../validation/names.ts'
import { ArrayList, CelOpaque, CelOptional } from '../value.ts'
import { regexFactor, traversalFactor } from './costs.ts'

interface Format {
  readonly name: string
  readonly validate: (text: string) => readonly string[]
  /** How long a regular expression it is priced as. */
  readonly patternSize: number
}

const formatType: CelType = opaqueType('kubernetes.NamedFormat')
const judged = (test: (text: string) => boolean, why: string) => (text: string) => (test(text) ? [] : [why])
const prefix = (validate: Format['validate']) => (text: string) => validate(maskTrailingDash(text))

const uuid = /^(?:[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12})$/i
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
/** RFC 3339 as strfmt takes it, lower case too. */
const isDateTime = (text: string): boolean => text.length >= 4 && parseTimestamp(text.toUpperCase()) !== undefined

const formats: readonly Format[] = [
  { name: 'dns1123Label', validate: isDns1123Label, patternSize: 30 },
  { name: 'dns1123Subdomain', validate: isDns1123Subdomain, patternSize: 60 },
  { name: 'dns1035Label', validate: isDns1035Label, patternSize: 30 },
  { name: 'qualifiedName', validate: isQualifiedName, patternSize: 60 },
  { name: 'dns1123LabelPrefix', validate: prefix(isDns1123Label), patternSize: 30 },
  { name: 'dns1123SubdomainPrefix', validate: prefix(isDns1123Subdomain), patternSize: 60 },
  { name: 'dns1035LabelPrefix', validate: prefix(isDns1035Label), patternSize: 30 },
  { name: 'labelValue', validate: isLabelValue, patternSize: 40 },
  { name: 'uri', validate: judged(text => parseGoUrl(text) !== undefined, 'invalid URI for request'), patternSize: 1000 },
  { name: 'uuid', validate: judged(text => uuid.test(text), 'does not match the UUID format'), patternSize: 70 },
  { name: 'byte', validate: judged(text => text !== '' && base64.test(text), 'invalid base64'), patternSize: 70 },
  { name: 'date', validate: judged(text => parseDate(text) !== undefined, 'invalid date'), patternSize: 70 },
  { name: 'datetime', validate: judged(isDateTime, 'invalid datetime'), patternSize: 70 },
]

/** The longest of the name patterns, by which any validation is estimated. */
const namePatternSize = 128
type FormatValue = CelOpaque<Format>
const valueOf = (format: Format): FormatValue => new CelOpaque(formatType, format)
const none = new CelOptional(undefined)

export const format: readonly CelFunction[] = [
  ...formats.map(one =>
    define(
      `format.${one.name}`,
      overload(`format.${one.name}`, [], formatType, () => valueOf(one)),
    ),
  ),
  define(
    'format.named',
    overload('format-named', [stringType], opaqueType('optional_type', formatType), (name: string) => {
      const found = formats.find(f => f.name === name)
      return found ? new CelOptional(valueOf(found)) : none
    }),
  ),
  define(
    'validate',
    member(
      'format-validate',
      [formatType, stringType],
      opaqueType('optional_type', listType(stringType)),
      ({ value }: FormatValue, text: string) => {
        const faults = value.validate(text)
        return faults.length ? new CelOptional(new ArrayList([...faults])) : none
      },
      {
        cost: ([one, text]) => Math.ceil((1 + sizeOf(text!)) * traversalFactor) * Math.ceil((one as FormatValue).value.patternSize * regexFactor),
        estimate: ([, text]) => ({
          cost: multiply(scale(text!.size, traversalFactor), { min: namePatternSize * regexFactor, max: namePatternSize * regexFactor }),
        }),
      },
    ),
  ),
]
