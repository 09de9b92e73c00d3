// The Service through which pods reach this server, its endpoints, and the range that its address is from.
import type { KubeObject } from '../../api/object.ts'
import { toTime } from '../../base/clock.ts'
import type { Parts } from '../context.ts'
import type { AddressRange } from '../services/address-range.ts'
import { ensureCurrent, ensureObject } from '../own-objects.ts'

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

/**
 * With the first address of the range. The endpoints are this server's; several servers would each add theirs (issue 4). A loopback address
 * is no endpoint that a pod could use and upstream refuses it; then there are none.
 */
export const ensureKubernetesService = async (parts: Parts, range: AddressRange, port: number): Promise<void> => {
  const { table, config } = parts
  const address = range.addressAt(0)
  const meta = { name: 'kubernetes', namespace: 'default' }
  await ensureObject(parts, table.stored('services'), {
    kind: 'Service',
    apiVersion: 'v1',
    metadata: { ...meta, labels: { component: 'apiserver', provider: 'kubernetes' } },
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
  await ensureCurrent(parts, table.stored('endpoints'), {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { ...meta, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: [{ ip: config.advertiseAddress }], ports }],
  } as KubeObject)
  await ensureCurrent(parts, table.stored('endpointslices.discovery.k8s.io'), {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: { ...meta, generation: 1, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [config.advertiseAddress], conditions: { ready: true } }],
    ports,
  } as KubeObject)
}

export const ensureServiceCidr = async (parts: Parts): Promise<void> =>
  ensureObject(parts, parts.table.stored('servicecidrs.networking.k8s.io'), {
    kind: 'ServiceCIDR',
    apiVersion: 'networking.k8s.io/v1',
    metadata: { name: 'kubernetes' },
    spec: { cidrs: [parts.config.serviceCidr] },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          lastTransitionTime: toTime(parts.clock.now()),
          reason: '',
          message: 'Kubernetes default Service CIDR is ready',
        },
      ],
    },
  } as unknown as KubeObject)
