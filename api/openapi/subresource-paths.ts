// The subresources whose paths a kind's record does not imply (status and scale it does). Order and names are upstream's.

export interface SubresourcePath {
  /** The record it belongs to, by id. */
  readonly of: string
  readonly name: string
  readonly methods: readonly ('get' | 'put' | 'post' | 'patch')[]
  /** The type of the body and the answer; by default the parent's own. */
  readonly schema?: string
  readonly gvk?: { readonly group: string; readonly version: string; readonly kind: string }
  /** Connects: any of the methods, no body; the kind holds the query's options. */
  readonly connect?: 'stream' | 'proxy'
}

const podStream = (name: string, kind: string): SubresourcePath => ({
  of: 'pods',
  name,
  methods: ['get', 'post'],
  gvk: { group: '', version: 'v1', kind },
  connect: 'stream',
})
const proxy = (of: string, kind: string): SubresourcePath => ({ of, name: 'proxy', methods: [], gvk: { group: '', version: 'v1', kind }, connect: 'proxy' })

export const subresourcePaths: readonly SubresourcePath[] = [
  podStream('attach', 'PodAttachOptions'),
  { of: 'pods', name: 'binding', methods: ['post'], schema: 'io.k8s.api.core.v1.Binding', gvk: { group: '', version: 'v1', kind: 'Binding' } },
  { of: 'pods', name: 'ephemeralcontainers', methods: ['get', 'put', 'patch'] },
  { of: 'pods', name: 'eviction', methods: ['post'], schema: 'io.k8s.api.policy.v1.Eviction', gvk: { group: 'policy', version: 'v1', kind: 'Eviction' } },
  podStream('exec', 'PodExecOptions'),
  { of: 'pods', name: 'log', methods: ['get'] },
  podStream('portforward', 'PodPortForwardOptions'),
  proxy('pods', 'PodProxyOptions'),
  { of: 'pods', name: 'resize', methods: ['get', 'put', 'patch'] },
  { of: 'namespaces', name: 'finalize', methods: ['put'] },
  proxy('nodes', 'NodeProxyOptions'),
  {
    of: 'serviceaccounts',
    name: 'token',
    methods: ['post'],
    schema: 'io.k8s.api.authentication.v1.TokenRequest',
    gvk: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  },
  proxy('services', 'ServiceProxyOptions'),
  { of: 'certificatesigningrequests.certificates.k8s.io', name: 'approval', methods: ['get', 'put', 'patch'] },
]
