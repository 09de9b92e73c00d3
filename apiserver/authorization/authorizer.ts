// Authorization: an array of authorizers is asked in order; the first that has an opinion decides; nobody's opinion is a refusal.
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
}

export type Decision = { readonly decision: 'allow' | 'deny' | 'none'; readonly reason?: string }

export interface Authorizer {
  readonly name: string
  authorize(attributes: Attributes): Promise<Decision> | Decision
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
  name: info.name,
  path: info.path,
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
