// Questions about access: may somebody do this, may I, what may I. Asked of the same authorizers that judge requests.
import { type FieldError, forbiddenField, invalid, invalidValue, required } from '../../api/field-error.ts'
import { badRequest } from '../../api/status.ts'
import { type FieldRequirement, type LabelRequirement, parseFieldSelector, parseLabelSelector } from '../../api/selectors.ts'
import type { FieldSelectorAttributes, LabelSelectorAttributes, SubjectAccessReviewSpec } from '../../api/types/authorization-v1.ts'
import type { PolicyRule } from '../../api/types/rbac-v1.ts'
import { addInvalid } from '../../api/validation/collect.ts'
import { validateLabelName } from '../../api/validation/labels.ts'
import { isZero, type Loose } from '../../api/validation/loose.ts'
import { isLabelValue } from '../../api/validation/names.ts'
import { type Attributes, authorize, type RuleList } from '../authorization/authorizer.ts'
import type { Context, Handler, Mutable, Parts } from '../context.ts'
import type { UserInfo } from '../user.ts'
import { readObject } from '../verbs/decode.ts'
import { checkNamespace } from '../verbs/metadata.ts'
import { parseWriteOptions } from '../verbs/options.ts'

type Spec = Loose<SubjectAccessReviewSpec>
type SelectorSpec = Loose<FieldSelectorAttributes> | Loose<LabelSelectorAttributes>
type Served = Parameters<Handler>[2]

const read = async (parts: Parts, context: Context, served: Served): Promise<Mutable> => {
  const options = parseWriteOptions(context.info.query, 'CreateOptions')
  const object = await readObject(parts, context, served.record, options.fieldValidation)
  checkNamespace(object, context.info.namespace)
  return object
}

const specOf = (object: Mutable): Spec => object['spec'] ?? {}

const faultsOfRequirements = (selector: SelectorSpec, path: string): FieldError[] =>
  (selector.requirements ?? []).flatMap(({ key = '', operator = '', values = [] }, i) => {
    const at = `${path}[${i}]`
    if ((operator === 'In' || operator === 'NotIn') && !values.length) return [required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'")]
    if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length)
      return [forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")]
    return key || path.includes('labelSelector') ? [] : [required(`${at}.key`, 'must be specified')]
  })

const faultsOfSelector = (selector: SelectorSpec | undefined, path: string): FieldError[] => {
  if (!selector) return []
  const raw = selector.rawSelector ?? ''
  const count = selector.requirements?.length ?? 0
  return [
    ...(raw && count ? [invalidValue(`${path}.rawSelector`, raw, 'may not specified at the same time as requirements')] : []),
    ...(raw || count ? [] : [required(`${path}.requirements`, `when ${path} is specified, requirements or rawSelector is required`)]),
    ...faultsOfRequirements(selector, `${path}.requirements`),
  ]
}

const faultsOfLabels = (selector: SelectorSpec | undefined, path: string): FieldError[] => {
  const errors: FieldError[] = []
  selector?.requirements?.forEach(({ key = '', values = [] }, i) => {
    validateLabelName(errors, `${path}.requirements[${i}].key`, key)
    values.forEach((value, j) => addInvalid(errors, `${path}.requirements[${i}].values[${j}]`, value, isLabelValue(value)))
  })
  return errors
}

const faultsOfTarget = ({ resourceAttributes: r, nonResourceAttributes: n }: Spec): FieldError[] => {
  if (r && n) return [invalidValue('spec.nonResourceAttributes', n, 'cannot be specified in combination with resourceAttributes')]
  return r || n ? [] : [invalidValue('spec.resourceAttributes', null, 'exactly one of nonResourceAttributes or resourceAttributes must be specified')]
}

const faultsOfSelectors = ({ resourceAttributes: r }: Spec): FieldError[] => {
  const path = 'spec.resourceAttributes'
  return [
    ...faultsOfSelector(r?.fieldSelector, `${path}.fieldSelector`),
    ...faultsOfSelector(r?.labelSelector, `${path}.labelSelector`),
    ...faultsOfLabels(r?.labelSelector, `${path}.labelSelector`),
  ]
}

/** A review has no identity: nothing of its metadata but the namespace of a local one may be set. */
const faultsOfMetadata = ({ metadata }: Mutable, local: boolean): FieldError[] => {
  const { managedFields: _, namespace, ...rest } = metadata
  const faulty = !isZero(rest) || (!local && Boolean(namespace))
  return faulty ? [invalidValue('metadata', metadata, local ? 'must be empty except for namespace' : 'must be empty')] : []
}

const faultsOfSubject = ({ user, groups }: Spec): FieldError[] =>
  user || groups?.length ? [] : [invalidValue('spec.user', '', 'at least one of user or group must be specified')]

const faultsOfLocal = ({ resourceAttributes: r, nonResourceAttributes: n }: Spec, namespace: string): FieldError[] => [
  ...(r && (r.namespace ?? '') !== namespace ? [invalidValue('spec.resourceAttributes.namespace', r.namespace ?? '', 'must match metadata.namespace')] : []),
  ...(n ? [invalidValue('spec.nonResourceAttributes', n, 'disallowed on this kind of request')] : []),
]

const reject = (group: string, errors: readonly FieldError[]): void => {
  if (errors.length) throw invalid({ group, kind: '' }, '', errors)
}

interface Parsed<R> {
  readonly requirements: readonly R[]
  /** Some of what was asked could not be read; ignoring it can only refuse more. */
  readonly faulty: boolean
}

const parseRaw = <R>(text: string, parse: (text: string) => { requirements: readonly R[] }): Parsed<R> => {
  try {
    return { requirements: parse(text).requirements, faulty: false }
  } catch {
    return { requirements: [], faulty: true }
  }
}

const toParsed = <R>(
  selector: SelectorSpec | undefined,
  parse: (text: string) => { requirements: readonly R[] },
  toRequirement: (r: Requirement) => R | undefined,
): Parsed<R> => {
  if (!selector) return { requirements: [], faulty: false }
  if (selector.rawSelector) return parseRaw(selector.rawSelector, parse)
  const made = (selector.requirements ?? []).map(r => toRequirement(r))
  const requirements = made.filter(r => r !== undefined)
  return { requirements, faulty: requirements.length < made.length }
}

type Requirement = NonNullable<SelectorSpec['requirements']>[number]

const toFieldRequirement = ({ key = '', operator, values = [] }: Requirement): FieldRequirement | undefined => {
  const [value, ...others] = values
  if (value === undefined || others.length || (operator !== 'In' && operator !== 'NotIn')) return undefined
  return { field: key, operator: operator === 'In' ? '=' : '!=', value }
}
const labelOperators = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const
const toLabelRequirement = ({ key = '', operator: wanted, values = [] }: Requirement): LabelRequirement | undefined => {
  const operator = labelOperators.find(known => known === wanted)
  return operator && { key, operator, values }
}

/** The attributes that are asked about, and what of the question could not be understood. */
const toQuestion = (user: UserInfo, { resourceAttributes: r, nonResourceAttributes: n }: Spec): { attributes: Attributes; faults: string[] } => {
  const fields = toParsed(r?.fieldSelector, parseFieldSelector, toFieldRequirement)
  const labels = toParsed(r?.labelSelector, parseLabelSelector, toLabelRequirement)
  const fault = (what: string, parsed: Parsed<unknown>): string[] =>
    parsed.faulty ? [`spec.resourceAttributes.${what} ${parsed.requirements.length ? 'partially ' : ''}ignored due to parse error`] : []
  return {
    attributes: {
      user,
      isResource: r !== undefined,
      verb: (r ?? n)?.verb ?? '',
      group: r?.group ?? '',
      version: r?.version ?? '',
      resource: r?.resource ?? '',
      subresource: r?.subresource ?? '',
      namespace: r?.namespace ?? '',
      name: r?.name ?? '',
      path: n?.path ?? '',
      ...(fields.requirements.length && { fields: fields.requirements }),
      ...(labels.requirements.length && { labels: labels.requirements }),
    },
    faults: [...fault('fieldSelector', fields), ...fault('labelSelector', labels)],
  }
}

const answerReview = async (parts: Parts, object: Mutable, user: UserInfo): Promise<Mutable> => {
  const { attributes, faults } = toQuestion(user, specOf(object))
  const { allowed, denied, reason } = await authorize(parts.authorizers, attributes)
  const evaluationError = faults.length > 1 ? `[${faults.join(', ')}]` : faults[0]
  return { ...object, status: { allowed, ...(denied && { denied }), ...(reason && { reason }), ...(evaluationError !== undefined && { evaluationError }) } }
}

const subjectOf = ({ user = '', groups = [], uid, extra }: Spec): UserInfo => ({
  name: user,
  groups,
  ...(uid !== undefined && { uid }),
  ...(extra && { extra: extra as Record<string, string[]> }),
})

const review =
  (kind: 'self' | 'subject' | 'local'): Handler =>
  async (parts, context, served) => {
    const object = await read(parts, context, served)
    const spec = specOf(object)
    const local = kind === 'local'
    reject(served.record.group, [
      ...faultsOfTarget(spec),
      ...(kind === 'self' ? [] : faultsOfSubject(spec)),
      ...faultsOfSelectors(spec),
      ...faultsOfMetadata(object, local),
      ...(local ? faultsOfLocal(spec, context.info.namespace) : []),
    ])
    return { kind: 'object', status: 201, object: await answerReview(parts, object, kind === 'self' ? context.user : subjectOf(spec)) }
  }

export const selfSubjectAccessReview = review('self')
export const subjectAccessReview = review('subject')
export const localSubjectAccessReview = review('local')

const resourceRule = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule): object => ({
  verbs,
  ...(apiGroups?.length && { apiGroups }),
  ...(resources?.length && { resources }),
  ...(resourceNames?.length && { resourceNames }),
})

const toRulesStatus = (lists: readonly RuleList[]): object => {
  const rules = lists.flatMap(list => list.rules)
  const faults = lists.flatMap(list => list.faults)
  return {
    resourceRules: rules.filter(rule => rule.resources?.length).map(resourceRule),
    nonResourceRules: rules.flatMap(({ verbs, nonResourceURLs }) => (nonResourceURLs?.length ? [{ verbs, nonResourceURLs }] : [])),
    incomplete: lists.some(list => list.incomplete),
    ...(faults.length && { evaluationError: faults.length > 1 ? `[${faults.join(', ')}]` : faults[0] }),
  }
}

export const selfSubjectRulesReview: Handler = async (parts, context, served) => {
  const object = await read(parts, context, served)
  const { namespace } = (object['spec'] ?? {}) as { namespace?: string }
  if (!namespace) throw badRequest('no namespace on request')
  const lists = parts.authorizers.flatMap(authorizer => authorizer.rulesOf?.(context.user, namespace) ?? [])
  return { kind: 'object', status: 201, object: { ...object, status: toRulesStatus(lists) } }
}
