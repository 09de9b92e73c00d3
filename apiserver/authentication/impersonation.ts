// Impersonate-* headers: who may, becomes somebody else for the rest of the request. Asked in the order of `modes`: first what narrows
// impersonation down to single actions (KEP-5284), then the verb `impersonate`, which allows everything that the other may do.
import { badRequest, StatusError } from '../../api/status.ts'
import { isDns1123Subdomain } from '../../api/validation/names.ts'
import { type Attributes, type Authorizer, toAttributes } from '../authorization/authorizer.ts'
import { refusal, requireAuthorized } from '../authorization/require-authorized.ts'
import type { ApiRequest } from '../http/answer.ts'
import type { RequestInfo } from '../request-info.ts'
import { anonymousUser, parseServiceAccountUser, serviceAccountGroups, type UserInfo } from '../user.ts'
import { extraFrom, headerValues } from './identity-headers.ts'

/** What the headers say, as they say it. */
interface Wanted {
  readonly name: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

export interface Impersonated {
  readonly user: UserInfo
  /** The verb by which a narrow mode allowed it; undefined for the wide one. */
  readonly constraint?: string
}

export interface Impersonation {
  /** Undefined when nobody is to be impersonated. Throws 403 for who may not be, 400 when no user is named. */
  impersonate(user: UserInfo, request: ApiRequest, info: RequestInfo): Promise<Impersonated | undefined>
}

interface Mode {
  readonly verb: string
  /** The beginning of the verb that the request itself needs; undefined: it needs none. */
  readonly onVerb?: string
  /** API group of users, groups and accounts, as the checks name it. */
  readonly group: string
  readonly concerns: (wanted: Wanted, requestor: UserInfo) => boolean
  /** Changes how the requestor is judged. */
  readonly judgedAs?: (requestor: UserInfo) => UserInfo
  readonly anyName?: boolean
}

const authentication = 'authentication.k8s.io'
const nodeNameKey = 'authentication.kubernetes.io/node-name'
const masters = 'system:masters'

const nodeOf = (name: string): string | undefined => {
  const node = name.startsWith('system:node:') ? name.slice('system:node:'.length) : ''
  return node && !isDns1123Subdomain(node).length ? node : undefined
}
const onlyNamed = ({ uid, groups, extra }: Wanted): boolean => !uid && !groups.length && !Object.keys(extra).length

const isAssociated = (wanted: Wanted, { name, extra }: UserInfo): boolean => {
  const own = extra?.[nodeNameKey]
  return parseServiceAccountUser(name) !== undefined && own?.length === 1 && own[0] === nodeOf(wanted.name)
}

const narrow = (mode: string, rest: Pick<Mode, 'concerns'> & Partial<Mode>): Mode => ({
  verb: `impersonate:${mode}`,
  onVerb: `impersonate-on:${mode}:`,
  group: authentication,
  ...rest,
})

const modes: readonly Mode[] = [
  narrow('associated-node', {
    concerns: (wanted, requestor) => onlyNamed(wanted) && isAssociated(wanted, requestor),
    // The same verdict for every node that an account's pods run on: which it is has been looked at.
    judgedAs: ({ extra, ...user }) => ({ ...user, extra: { 'authentication.kubernetes.io/associated-node-keys': Object.keys(extra ?? {}).sort() } }),
    anyName: true,
  }),
  narrow('arbitrary-node', { concerns: wanted => onlyNamed(wanted) && nodeOf(wanted.name) !== undefined }),
  narrow('serviceaccount', { concerns: wanted => onlyNamed(wanted) && parseServiceAccountUser(wanted.name) !== undefined }),
  narrow('user-info', { concerns: ({ name }) => nodeOf(name) === undefined && !parseServiceAccountUser(name) }),
  { verb: 'impersonate', group: '', concerns: () => true },
]

const read = ({ headers }: ApiRequest): Wanted | undefined => {
  const name = headerValues(headers, 'Impersonate-User')[0] ?? ''
  const groups = headerValues(headers, 'Impersonate-Group')
  const uid = headerValues(headers, 'Impersonate-Uid')[0] ?? ''
  const extra = extraFrom(headers, 'Impersonate-Extra-')
  if (name) return { name, uid, groups, extra }
  if (groups.length || uid || Object.keys(extra).length) throw badRequest('groups, uid or extra cannot be impersonated without a user name')
  return undefined
}

/** From here on one check on a wildcard is tried before as many single ones. */
const many = 4

type Check = Pick<Attributes, 'resource'> & Partial<Pick<Attributes, 'group' | 'subresource' | 'namespace' | 'name'>>

const nameCheck = (mode: Mode, name: string): Check => {
  const account = parseServiceAccountUser(name)
  if (account) return { resource: 'serviceaccounts', ...account }
  const node = mode.onVerb ? nodeOf(name) : undefined
  return node === undefined ? { resource: 'users', name } : { resource: 'nodes', name: mode.anyName ? '*' : node }
}

/** What the narrow modes never allow, in words. */
const faultOfGroups = (groups: readonly string[]): string | undefined => {
  if (groups.includes('')) return 'impersonating the empty string group is not allowed'
  return groups.includes(masters) ? `impersonating the ${masters} group is not allowed` : undefined
}
const faultOfExtra = (extra: Wanted['extra']): string | undefined => {
  for (const [key, values] of Object.entries(extra)) {
    const [domain = '', ...path] = key.split('/')
    if (!key) return 'impersonating the empty string key in extra is not allowed'
    if (isDns1123Subdomain(domain).length || !path.length || !path.join('/')) return `impersonating an invalid key in extra is not allowed: ${key}`
    if (key !== key.toLowerCase()) return `impersonating a non-lowercase key in extra is not allowed: ${JSON.stringify(key)}`
    if (!values.length || values.includes('')) return 'impersonating the empty string value in extra is not allowed'
  }
  return undefined
}

const toUser = (mode: Mode, { name, uid, groups, extra }: Wanted): UserInfo => {
  const account = parseServiceAccountUser(name)
  // Groups that are not asked for are those that the name brings along.
  const own = account ? serviceAccountGroups(account.namespace) : mode.onVerb && nodeOf(name) !== undefined ? ['system:nodes'] : []
  const taken = groups.length ? groups : own
  const unknown = 'system:unauthenticated'
  const due = name === anonymousUser.name ? unknown : taken.includes(unknown) ? undefined : 'system:authenticated'
  return {
    name,
    groups: due === undefined || taken.includes(due) ? taken : [...taken, due],
    ...(uid && { uid }),
    ...(Object.keys(extra).length && { extra }),
  }
}

/** Requestors whose last successful mode is remembered. */
const maxRemembered = 1_000

export const createImpersonation = (authorizers: readonly Authorizer[]): Impersonation => {
  const lastMode = new Map<string, Mode>()

  /** Throws what is missing. */
  const check = async (mode: Mode, wanted: Wanted, requestor: UserInfo, info: RequestInfo): Promise<void> => {
    const user = mode.judgedAs?.(requestor) ?? requestor
    if (mode.onVerb) {
      const attributes = toAttributes(user, info)
      await requireAuthorized(authorizers, { ...attributes, verb: mode.onVerb + attributes.verb })
    }
    const attributesOf = (asked: Check): Attributes => ({
      ...{ user, verb: mode.verb, isResource: true, group: mode.group, version: 'v1', subresource: '', namespace: '', name: '', path: '' },
      ...asked,
    })
    const need = (asked: Check): Promise<void> => requireAuthorized(authorizers, attributesOf(asked))
    const forbid = (asked: Check, fault: string | undefined): void => {
      if (mode.onVerb && fault !== undefined) throw refusal(attributesOf(asked), fault)
    }
    const needAll = async (all: Check, each: readonly Check[]): Promise<void> => {
      if (mode.onVerb && each.length >= many && (await isGranted(need(all)))) return
      for (const one of each) await need(one)
    }
    const { name, uid, groups, extra } = wanted
    await need(nameCheck(mode, name))
    if (uid) await need({ group: authentication, resource: 'uids', name: uid })
    forbid({ resource: 'groups', name: groups.includes(masters) ? masters : '' }, faultOfGroups(groups))
    await needAll(
      { resource: 'groups', name: '*' },
      groups.map(group => ({ resource: 'groups', name: group })),
    )
    const extras = { group: authentication, resource: 'userextras' }
    forbid(extras, faultOfExtra(extra))
    await needAll(
      { ...extras, subresource: '*', name: '*' },
      Object.entries(extra).flatMap(([key, values]) => values.map(value => ({ ...extras, subresource: key, name: value }))),
    )
  }

  return {
    impersonate: async (requestor, request, info) => {
      const wanted = read(request)
      if (!wanted) return undefined
      const last = lastMode.get(requestor.name)
      let failure: unknown
      for (const mode of last ? [last, ...modes.filter(m => m !== last)] : modes) {
        if (!mode.concerns(wanted, requestor)) continue
        try {
          await check(mode, wanted, requestor, info)
        } catch (error) {
          failure ??= error
          continue
        }
        if (lastMode.size >= maxRemembered) lastMode.clear()
        lastMode.set(requestor.name, mode)
        return { user: toUser(mode, wanted), ...(mode.onVerb && { constraint: mode.verb }) }
      }
      throw failure
    },
  }
}

const isGranted = (check: Promise<void>): Promise<boolean> =>
  check.then(
    () => true,
    (error: unknown) => {
      if (error instanceof StatusError && error.code === 403) return false
      throw error
    },
  )
