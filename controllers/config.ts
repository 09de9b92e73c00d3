// What can be set about the controllers.

export interface ControllersConfig {
  /** Pod address ranges, one per family; each node gets a part of each. Empty: nodes get none from us. */
  readonly clusterCidrs?: readonly string[]
  readonly nodeMaskIPv4?: number
  readonly nodeMaskIPv6?: number
  /** How long a silent node counts as alive. */
  readonly nodeGraceMs?: number
  /** PEM bundle that pods trust for the API server; published as ConfigMap kube-root-ca.crt in every namespace. */
  readonly rootCa?: string
  /** PEM of the authority that signs approved certificate requests; without it nothing is signed. */
  readonly signing?: { readonly cert: string; readonly key: string }
  /** PEM of the private key of service account tokens, for Secrets that hold one; without it they stay empty. */
  readonly serviceAccountKey?: string
  /** Names of controllers to run; by default all. */
  readonly only?: readonly string[]
}

export interface CompletedControllersConfig {
  readonly clusterCidrs: readonly string[]
  readonly nodeMaskIPv4: number
  readonly nodeMaskIPv6: number
  readonly nodeGraceMs: number
  readonly rootCa: string | undefined
  readonly signing: { readonly cert: string; readonly key: string } | undefined
  readonly serviceAccountKey: string | undefined
  readonly only: readonly string[] | undefined
}

export const completeControllersConfig = (config: ControllersConfig = {}): CompletedControllersConfig => ({
  clusterCidrs: config.clusterCidrs ?? ['10.42.0.0/16'],
  nodeMaskIPv4: config.nodeMaskIPv4 ?? 24,
  nodeMaskIPv6: config.nodeMaskIPv6 ?? 64,
  nodeGraceMs: config.nodeGraceMs ?? 50_000,
  rootCa: config.rootCa,
  signing: config.signing,
  serviceAccountKey: config.serviceAccountKey,
  only: config.only,
})
