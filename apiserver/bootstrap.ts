// What a server makes for itself: the system namespaces with their ServiceAccount `default`, and the `kubernetes` Service with its endpoints.
import { toTime } from '../base/clock.ts'
import { randomUUID } from 'node:crypto'
import type { KubeObject } from '../api/object.ts'
import type { Store } from '../store/store.ts'
import { StoreError } from '../store/store.ts'
import type { Parts } from './context.ts'
import { sameObject } from './verbs/metadata.ts'
import type { AddressRange } from './services/address-range.ts'

const namespaceNames = ['default', 'kube-system', 'kube-public', 'kube-node-lease']

/** Creates what is missing; says whether it did. */
const ensure = async (store: Store, key: string, object: KubeObject): Promise<boolean> => {
  if (await store.get(key, 'any')) return false
  try {
    await store.create(key, object)
    return true
  } catch (error) {
    if (error instanceof StoreError && error.code === 'Exists') return false
    throw error
  }
}

/** Creates it, or brings a stored one to `object` where they differ in more than what the server sets. */
const ensureCurrent = async (store: Store, key: string, object: KubeObject): Promise<void> => {
  for (;;) {
    const entry = await store.get(key, 'consistent')
    if (!entry) {
      if (await ensure(store, key, object)) return
      continue
    }
    const { uid, creationTimestamp } = entry.object().metadata
    const wanted = {
      ...object,
      metadata: {
        ...entry.object().metadata,
        ...object.metadata,
        ...(uid !== undefined && { uid }),
        ...(creationTimestamp !== undefined && { creationTimestamp }),
      },
    }
    if (sameObject(wanted, entry.object())) return
    const { resourceVersion: _resourceVersion, ...metadata } = wanted.metadata
    try {
      await store.update(key, { ...wanted, metadata }, entry.revision)
      return
    } catch (error) {
      if (!(error instanceof StoreError) || (error.code !== 'Conflict' && error.code !== 'NotFound')) throw error
    }
  }
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

export const ensureNamespaces = async ({ store, table, clock }: Parts): Promise<void> => {
  const namespaces = table.stored('namespaces')
  const accounts = table.stored('serviceaccounts')
  const meta = (name: string, namespace?: string): KubeObject['metadata'] => ({
    name,
    ...(namespace !== undefined && { namespace }),
    uid: randomUUID(),
    creationTimestamp: toTime(clock.now()),
  })
  await Promise.all(
    namespaceNames.map(name =>
      ensure(store, namespaces.keyOf('', name), {
        kind: 'Namespace',
        apiVersion: 'v1',
        metadata: { ...meta(name), labels: { 'kubernetes.io/metadata.name': name } },
        spec: { finalizers: ['kubernetes'] },
        status: { phase: 'Active' },
      } as KubeObject),
    ),
  )
  await Promise.all(
    namespaceNames.map(name => ensure(store, accounts.keyOf(name, 'default'), { kind: 'ServiceAccount', apiVersion: 'v1', metadata: meta('default', name) })),
  )
}

/**
 * The Service through which pods reach this server, with the first address of the range. Its endpoints are this server's; several servers
 * would each add theirs (issue 4). A loopback address is no endpoint that a pod could use and upstream refuses it; then there are none.
 */
export const ensureKubernetesService = async ({ store, table, clock, config }: Parts, range: AddressRange, port: number): Promise<void> => {
  const address = range.addressAt(0)
  const meta = { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } }
  const fresh = (): KubeObject['metadata'] => ({ ...meta, uid: randomUUID(), creationTimestamp: toTime(clock.now()) })
  await ensure(store, table.stored('services').keyOf('default', 'kubernetes'), {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: fresh(),
    spec: {
      ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: port }],
      clusterIP: address,
      clusterIPs: [address],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      internalTrafficPolicy: 'Cluster',
    },
    status: { loadBalancer: {} },
  } as KubeObject)
  if (isLoopback(config.advertiseAddress)) return
  const ports = [{ name: 'https', port, protocol: 'TCP' }]
  await ensureCurrent(store, table.stored('endpoints').keyOf('default', 'kubernetes'), {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { ...fresh(), labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: config.advertiseAddress }], ports }],
  } as KubeObject)
  await ensureCurrent(store, table.stored('endpointslices.discovery.k8s.io').keyOf('default', 'kubernetes'), {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: { ...fresh(), generation: 1, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [config.advertiseAddress], conditions: { ready: true } }],
    ports,
  } as KubeObject)
}

const systemPriorityClasses = [
  { name: 'system-node-critical', value: 2_000_001_000, description: 'Used for system critical pods that must not be moved from their current node.' },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description: 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
] as const

/** The classes that pods of the system itself run in; their names are reserved. */
export const ensurePriorityClasses = async ({ store, table, clock }: Parts): Promise<void> => {
  const classes = table.stored('priorityclasses.scheduling.k8s.io')
  for (const { name, value, description } of systemPriorityClasses)
    await ensure(store, classes.keyOf('', name), {
      kind: 'PriorityClass',
      apiVersion: 'scheduling.k8s.io/v1',
      metadata: { name, uid: randomUUID(), generation: 1, creationTimestamp: toTime(clock.now()) },
      value,
      description,
      preemptionPolicy: 'PreemptLowerPriority',
    } as KubeObject)
}
