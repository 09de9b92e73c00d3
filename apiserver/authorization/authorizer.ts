// Authorization: an array of authorizers is asked in order; the first that has an opinion decides; nobody's opinion is a refusal.
import { type FieldRequirement, type LabelRequirement, parseFieldSelector, parseLabelSelector } from '../../api/selectors.ts'
import type { PolicyRule } from '../../api/types/rbac-v1.ts'
import { isPathSegmentName } from '../../api/validation/names.ts'
import type { RequestInfo } from '../request-info.ts'
import type { UserInfo } from '../user.ts'

export interface Attributes {
  readonly user: UserInfo
  readonly verb: string
  readonly isResource: boolean
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** For what is no resource. */
  readonly path: string
  /** Of list, watch and deletecollection: what the answer is narrowed down to. What cannot be read narrows nothing. */
  readonly fields?: readonly FieldRequirement[]
  readonly labels?: readonly LabelRequirement[]
}

export type Decision = { readonly decision: 'allow' | 'deny' | 'none'; readonly reason?: string }

export interface RuleList {
  readonly rules: readonly PolicyRule[]
  /** The authorizer knows of more than it can list. */
  readonly incomplete: boolean
  readonly faults: readonly string[]
}

export interface Authorizer {
  readonly name: string
  authorize(attributes: Attributes): Promise<Decision> | Decision
  /** What somebody may do in a namespace; absent where an authorizer does not go by rules. */
  rulesOf?(user: UserInfo, namespace: string): RuleList
}

const selecting = new Set(['list', 'watch', 'deletecollection'])

const readOr = <T>(parse: () => T, otherwise: T): T => {
  try {
    return parse()
  } catch {
    return otherwise
  }
}

/** Longer ones narrow nothing: strangers must not make the server read what they may not ask for. */
const maxSelectorLength = 4_096
const isShort = (text: string | null | undefined): text is string => text != null && text !== '' && text.length <= maxSelectorLength

/** What selectors narrow an answer down to. */
export const readSelectors = (fieldText: string | null | undefined, labelText: string | null | undefined): Pick<Attributes, 'fields' | 'labels'> => {
  const fields = isShort(fieldText) ? readOr(() => parseFieldSelector(fieldText).requirements, []) : []
  const labels = isShort(labelText) ? readOr(() => parseLabelSelector(labelText).requirements, []) : []
  return { ...(fields.length && { fields }), ...(labels.length && { labels }) }
}

/** The selectors of a request, and the name that a list or watch asks for by field selector. */
const selectorsOf = ({ verb, name, query }: RequestInfo): Pick<Attributes, 'fields' | 'labels' | 'name'> => {
  if (!selecting.has(verb)) return { name }
  const selectors = readSelectors(query.get('fieldSelector'), query.get('labelSelector'))
  const only = verb === 'deletecollection' ? undefined : selectors.fields?.find(r => r.field === 'metadata.name' && r.operator === '=')?.value
  return {
    name: name || (only !== undefined && !isPathSegmentName(only).length ? only : ''),
    ...selectors,
  }
}

export const toAttributes = (user: UserInfo, info: RequestInfo): Attributes => ({
  user,
  verb: info.verb,
  isResource: info.isResource,
  group: info.group,
  version: info.version,
  resource: info.plural,
  subresource: info.subresource,
  // `namespaces/NAME` is judged within that namespace, as upstream does.
  namespace: info.plural === 'namespaces' && info.name ? info.name : info.namespace,
  path: info.path,
  ...selectorsOf(info),
})

export const authorize = async (authorizers: readonly Authorizer[], attributes: Attributes): Promise<{ allowed: boolean; denied: boolean; reason: string }> => {
  const reasons: string[] = []
  for (const authorizer of authorizers) {
    const { decision, reason } = await authorizer.authorize(attributes)
    if (reason) reasons.push(reason)
    if (decision !== 'none') return { allowed: decision === 'allow', denied: decision === 'deny', reason: reason ?? '' }
  }
  return { allowed: false, denied: false, reason: reasons.join(', ') }
}
