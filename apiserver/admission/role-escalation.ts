// Nobody gives away more than they have: who writes a role needs all that it grants, who writes a binding all that its role grants, unless they
// may `escalate` the role or `bind` it. Upstream has this in the storage of these kinds, behind mutating admission and before validation;
// here it is the last of those that admit.
import type { AggregationRule, PolicyRule, RoleRef } from '../../api/types/rbac-v1.ts'
import { notFound } from '../../api/status.ts'
import { type Attributes, authorize } from '../authorization/authorizer.ts'
import { missingPermissions } from '../authorization/rbac/covers.ts'
import { listRules } from '../authorization/rbac/rbac.ts'
import type { UserInfo } from '../user.ts'
import { sameValue } from '../verbs/metadata.ts'
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts'
import { refuse } from './refuse.ts'
import type { AdmissionDeps } from './registry.ts'

const group = 'rbac.authorization.k8s.io'
const everything: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

interface Policy {
  readonly rules?: PolicyRule[]
  readonly aggregationRule?: AggregationRule
  readonly roleRef?: RoleRef
}

const asPolicy = (object: unknown): Policy => object ?? {}

/** What the garbage collector and server-side apply change of an object that they do not understand. */
const onlyBookkeeping = ({ object, old }: AdmissionRequest): boolean => {
  if (!object || !old) return false
  const strip = ({ metadata, ...rest }: NonNullable<typeof object>): unknown => {
    const { ownerReferences: _o, finalizers: _f, managedFields: _m, resourceVersion: _r, ...kept } = metadata
    return { ...rest, metadata: kept }
  }
  return sameValue(strip(object), strip(old))
}

const describe = ({ apiGroups, resources, resourceNames, nonResourceURLs, verbs }: PolicyRule): string => {
  const parts = { APIGroups: apiGroups, Resources: resources, ResourceNames: resourceNames, NonResourceURLs: nonResourceURLs, Verbs: verbs }
  return `{${Object.entries(parts)
    .filter(([, list]) => list?.length)
    .map(([name, list]) => `${name}:${JSON.stringify(list)}`)
    .join(', ')}}`
}

const mostShown = 20

export const roleEscalation = ({ authorizers, policy }: AdmissionDeps): AdmissionPlugin => {
  const mayDo = async (user: UserInfo, wanted: Pick<Attributes, 'verb' | 'resource' | 'namespace' | 'name'>): Promise<boolean> =>
    (await authorize(authorizers, { user, isResource: true, group, version: '*', subresource: '', path: '', ...wanted })).allowed

  const faultOf = ({ user, namespace }: AdmissionRequest, rules: readonly PolicyRule[]): string | undefined => {
    const own = listRules(policy, user, namespace)
    const missing = missingPermissions(own.rules, rules)
    if (!missing.length) return undefined
    const faults = own.faults.length ? `; resolution errors: [${own.faults.join(', ')}]` : ''
    const more = missing.length > mostShown ? '\n…' : ''
    return `user ${JSON.stringify(user.name)} (groups=${JSON.stringify(user.groups)}) is attempting to grant RBAC permissions not currently held:\n${missing
      .slice(0, mostShown)
      .map(describe)
      .join('\n')}${more}${faults}`
  }

  const judgeRole = async (request: AdmissionRequest): Promise<void> => {
    const { user, namespace, operation, name, resource } = request
    const [role, old] = [asPolicy(request.object), asPolicy(request.old)]
    // A request for a new object names none.
    const escalates = { verb: 'escalate', resource: resource.plural, namespace, name: operation === 'CREATE' ? '' : name }
    if (await mayDo(user, escalates)) return
    const aggregates = (role.aggregationRule ?? old.aggregationRule) !== undefined && !sameValue(role.aggregationRule, old.aggregationRule)
    if (aggregates && faultOf(request, everything)) throw refuse(request, 'must have cluster-admin privileges to use an aggregationRule')
    const fault = faultOf(request, role.rules ?? [])
    if (fault) throw refuse(request, fault)
  }

  const judgeBinding = async (request: AdmissionRequest): Promise<void> => {
    const { user, namespace } = request
    const { roleRef: ref } = asPolicy(request.object)
    const resource = ref?.kind === 'ClusterRole' ? 'clusterroles' : ref?.kind === 'Role' && namespace ? 'roles' : undefined
    // What refers to nothing of ours is for validation to refuse.
    if (!ref || !resource) return
    if (await mayDo(user, { verb: 'bind', resource, namespace, name: ref.name })) return
    const rules = policy.rulesOf(ref, namespace)
    if (!rules) throw notFound({ group, plural: resource }, ref.name)
    const fault = faultOf(request, rules)
    if (fault) throw refuse(request, fault)
  }

  return {
    name: 'RoleEscalation',
    handles: ['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings'].map(plural => `${plural}.${group}`),
    operations: ['CREATE', 'UPDATE'],
    admit: async request => {
      if (request.user.groups.includes('system:masters') || onlyBookkeeping(request)) return
      await (request.resource.plural.endsWith('roles') ? judgeRole(request) : judgeBinding(request))
    },
  }
}
