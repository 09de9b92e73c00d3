// Semantic versions 2.0; with `true` also the loose ones that begin with v, are short or have leading zeros.
import type { CelValue } from '../cel.types.ts'
import { type CelFunction, define, member, overload } from '../function.ts'
import { boolType, intType, opaqueType, stringType } from '../type.ts'
import { CelError, CelOpaque } from '../value.ts'
import { traversing } from './costs.ts'

interface Version {
  readonly numbers: readonly [bigint, bigint, bigint]
  readonly pre: readonly string[]
}
const semverType = opaqueType('kubernetes.Semver')
type VersionValue = CelOpaque<Version>

const number = '(0|[1-9]\\d*)'
const syntax = new RegExp(`^${number}\\.${number}\\.${number}(?:-([0-9A-Za-z.-]+))?(?:\\+([0-9A-Za-z.-]+))?$`)
const uint64Max = 2n ** 64n - 1n

const parse = (text: string): Version | undefined => {
  const match = text.length > 1000 ? null : syntax.exec(text)
  if (!match) return undefined
  const numbers = [BigInt(match[1]!), BigInt(match[2]!), BigInt(match[3]!)] as const
  const pre = match[4]?.split('.') ?? []
  const build = match[5]?.split('.') ?? []
  if (numbers.some(n => n > uint64Max) || [...pre, ...build].includes('') || pre.some(part => /^0\d+$/.test(part))) return undefined
  return { numbers, pre }
}

const normalize = (text: string): string => {
  const parts =
    /^v?([^.]*)(?:\.([^.]*))?(?:\.(.*))?$/s
      .exec(text)
      ?.slice(1)
      .filter(part => (part as string | undefined) !== undefined) ?? []
  const trimmed = parts.map(part => (part.length > 1 ? part.replace(/^0+(?=\d)/, '').replace(/^0+(?=\D|$)/, '0') : part))
  if (trimmed.length < 3 && /[+-]/.test(trimmed.at(-1) ?? '')) return ''
  while (trimmed.length < 3) trimmed.push('0')
  return trimmed.join('.')
}

const isNumeric = (part: string): boolean => /^\d+$/.test(part)
const compareParts = (a: string, b: string): number => {
  if (isNumeric(a) && isNumeric(b)) return Number(BigInt(a) > BigInt(b)) - Number(BigInt(a) < BigInt(b))
  if (isNumeric(a) !== isNumeric(b)) return isNumeric(a) ? -1 : 1
  return Number(a > b) - Number(a < b)
}
const compare = (a: Version, b: Version): number => {
  for (let i = 0; i < 3; i++) {
    const [x, y] = [a.numbers[i]!, b.numbers[i]!]
    if (x !== y) return x > y ? 1 : -1
  }
  if (!a.pre.length || !b.pre.length) return Math.sign(Number(!a.pre.length) - Number(!b.pre.length))
  for (let i = 0; i < Math.min(a.pre.length, b.pre.length); i++) {
    const order = compareParts(a.pre[i]!, b.pre[i]!)
    if (order) return order
  }
  return Math.sign(a.pre.length - b.pre.length)
}

const read = (text: string, loose = false): Version | undefined => parse(loose ? normalize(text) : text)
const toSemver = (text: string, loose?: boolean): CelValue => {
  const version = read(text, loose)
  return version ? new CelOpaque(semverType, version, other => compare(version, other) === 0) : new CelError(`invalid semantic version ${JSON.stringify(text)}`)
}
const isSemver = (text: string, loose?: boolean): boolean => read(text, loose) !== undefined

const parsing = { cost: traversing().cost! }
const both = [semverType, semverType]
const part = (name: string, index: 0 | 1 | 2): CelFunction =>
  define(
    name,
    member(`semver_${name}`, [semverType], intType, ({ value }: VersionValue) => BigInt.asIntN(64, value.numbers[index])),
  )

export const semver: readonly CelFunction[] = [
  define(
    'semver',
    overload('string_to_semver', [stringType], semverType, (text: string) => toSemver(text), parsing),
    overload('string_bool_to_semver', [stringType, boolType], semverType, toSemver, parsing),
  ),
  define(
    'isSemver',
    overload('is_semver_string', [stringType], boolType, (text: string) => isSemver(text), parsing),
    overload('is_semver_string_bool', [stringType, boolType], boolType, isSemver, parsing),
  ),
  define(
    'isGreaterThan',
    member('semver_is_greater_than', both, boolType, (a: VersionValue, b: VersionValue) => compare(a.value, b.value) > 0),
  ),
  define(
    'isLessThan',
    member('semver_is_less_than', both, boolType, (a: VersionValue, b: VersionValue) => compare(a.value, b.value) < 0),
  ),
  define(
    'compareTo',
    member('semver_compare_to', both, intType, (a: VersionValue, b: VersionValue) => BigInt(compare(a.value, b.value))),
  ),
  part('major', 0),
  part('minor', 1),
  part('patch', 2),
]
