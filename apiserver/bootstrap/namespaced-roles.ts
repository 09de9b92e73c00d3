// The Roles that a Kubernetes 1.36 server makes in its own namespaces, by namespace and name, with those that they are bound to. Lines as in
// cluster-roles.ts; subjects as in bindings.ts.

export interface NamespacedRole {
  readonly namespace: string
  readonly name: string
  readonly rules: readonly string[]
  /** The binding's name where it is not the role's. */
  readonly binding?: string
  readonly subjects: readonly string[]
}

const events = 'create,patch,update core,events.k8s.io events'
const electionRules = ['create,get,list,update,watch coordination.k8s.io leases', 'create,get,list,update,watch coordination.k8s.io leasecandidates']

export const namespacedRoles: readonly NamespacedRole[] = [
  {
    namespace: 'kube-public',
    name: 'system:controller:bootstrap-signer',
    rules: ['get,list,watch core configmaps', 'update core configmaps cluster-info', events],
    subjects: ['account:kube-system/bootstrap-signer'],
  },
  {
    namespace: 'kube-system',
    name: 'extension-apiserver-authentication-reader',
    rules: ['get,list,watch core configmaps extension-apiserver-authentication'],
    binding: 'system::extension-apiserver-authentication-reader',
    subjects: ['user:system:kube-controller-manager', 'user:system:kube-scheduler'],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-controller-manager',
    rules: electionRules,
    subjects: ['user:system:kube-controller-manager', 'account:kube-system/kube-controller-manager', 'account:kube-system/leader-election-controller'],
  },
  {
    namespace: 'kube-system',
    name: 'system::leader-locking-kube-scheduler',
    rules: electionRules,
    subjects: ['user:system:kube-scheduler', 'account:kube-system/kube-scheduler'],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:bootstrap-signer',
    rules: ['get,list,watch core secrets'],
    subjects: ['account:kube-system/bootstrap-signer'],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:cloud-provider',
    rules: ['create,get,list,watch core configmaps'],
    subjects: ['account:kube-system/cloud-provider'],
  },
  {
    namespace: 'kube-system',
    name: 'system:controller:token-cleaner',
    rules: ['delete,get,list,watch core secrets', events],
    subjects: ['account:kube-system/token-cleaner'],
  },
]
