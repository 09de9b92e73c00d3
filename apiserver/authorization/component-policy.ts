// What our own components may do until RBAC is there: each identity with the resources that its work needs. Data, and one predicate.
import type { Attributes, Authorizer } from './authorizer.ts'

const read = ['get', 'list', 'watch'] as const
const write = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const
const all = [...read, ...write]

interface Rule {
  readonly verbs: readonly string[]
  /** `group/resource` or `group/resource/subresource`; a star stands for any resource (with its subresources) of the group, or for anything. */
  readonly resources: readonly string[]
}

const events: Rule = { verbs: ['create', 'update', 'patch'], resources: ['/events', 'events.k8s.io/events'] }
const leases: Rule = { verbs: all, resources: ['coordination.k8s.io/leases'] }
const services: Rule = {
  verbs: read,
  resources: ['/services', '/endpoints', 'discovery.k8s.io/endpointslices', '/nodes', '/namespaces', 'networking.k8s.io/networkpolicies', '/pods'],
}

const scheduler: readonly Rule[] = [
  { verbs: read, resources: ['*'] },
  { verbs: ['create'], resources: ['/bindings', '/pods/binding'] },
  { verbs: ['update', 'patch'], resources: ['/pods/status'] },
  { verbs: ['delete'], resources: ['/pods'] },
  events,
  leases,
]
// The controller-manager acts for all controllers; upstream gives each a role of its own, which together are nearly everything.
const controllerManager: readonly Rule[] = [{ verbs: all, resources: ['*'] }]
// The Node authorizer narrows this down to what belongs to the node; until then a node sees the objects that pods can name.
const node: readonly Rule[] = [
  {
    verbs: read,
    resources: [
      '/nodes',
      '/pods',
      '/services',
      '/endpoints',
      '/configmaps',
      '/secrets',
      '/namespaces',
      '/persistentvolumeclaims',
      '/persistentvolumes',
      '/serviceaccounts',
      'node.k8s.io/runtimeclasses',
      'storage.k8s.io/*',
      'discovery.k8s.io/endpointslices',
      'resource.k8s.io/*',
      'networking.k8s.io/networkpolicies',
      'networking.k8s.io/ingresses',
      'networking.k8s.io/ingressclasses',
    ],
  },
  { verbs: ['create', 'update', 'patch', 'delete'], resources: ['/nodes', '/nodes/status', '/pods', '/pods/status', 'storage.k8s.io/csinodes'] },
  {
    verbs: ['create'],
    resources: [
      '/pods/eviction',
      '/serviceaccounts/token',
      'authentication.k8s.io/tokenreviews',
      'authorization.k8s.io/subjectaccessreviews',
      'certificates.k8s.io/certificatesigningrequests',
    ],
  },
  { verbs: read, resources: ['certificates.k8s.io/certificatesigningrequests'] },
  events,
  leases,
]

const byUser: Readonly<Record<string, readonly Rule[]>> = {
  'system:kube-scheduler': scheduler,
  'system:kube-controller-manager': controllerManager,
  'system:kube-proxy': [services, events],
  'system:dns': [services],
  'system:ingress': [
    services,
    { verbs: read, resources: ['/secrets', 'networking.k8s.io/ingresses', 'networking.k8s.io/ingressclasses'] },
    { verbs: ['update', 'patch'], resources: ['networking.k8s.io/ingresses/status'] },
    events,
    leases,
  ],
}
const byGroup: Readonly<Record<string, readonly Rule[]>> = { 'system:nodes': node }

const covers = ({ verbs, resources }: Rule, { verb, group, resource, subresource }: Attributes): boolean => {
  if (!verbs.includes(verb)) return false
  const wanted = `${group}/${resource}${subresource && `/${subresource}`}`
  return resources.some(pattern => pattern === '*' || pattern === wanted || (pattern.endsWith('/*') && wanted.startsWith(pattern.slice(0, -1))))
}

export const componentPolicy: Authorizer = {
  name: 'components',
  authorize: attributes => {
    const { user, isResource } = attributes
    if (!isResource) return { decision: user.name === 'system:kube-controller-manager' && attributes.path.startsWith('/metrics') ? 'allow' : 'none' }
    const rules = [...(byUser[user.name] ?? []), ...user.groups.flatMap(g => byGroup[g] ?? [])]
    return { decision: rules.some(rule => covers(rule, attributes)) ? 'allow' : 'none' }
  },
}
