// The Service through which pods reach the API servers, its endpoints, and the range that its address is from.
import type { KubeObject } from '../../api/object.ts'
import { toTime } from '../../base/clock.ts'
import type { Parts } from '../context.ts'
import type { AddressRange } from '../services/address-range.ts'
import type { ServiceAddresses } from '../services/main.ts'
import { ensureCurrent, ensureObject } from '../own-objects.ts'

const meta = { name: 'kubernetes', namespace: 'default' } as const

/** With the first address of the range, which is claimed for it. */
export const ensureKubernetesService = async (parts: Parts, range: AddressRange, addresses: Pick<ServiceAddresses, 'claim'>, port: number): Promise<void> => {
  const address = range.addressAt(0)
  const service = {
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
  } as KubeObject
  await addresses.claim(service)
  await ensureObject(parts, parts.table.stored('services'), service)
}

/** The API servers that are there, of which each listens on the same port. */
export const ensureKubernetesEndpoints = async (parts: Parts, addresses: readonly string[], port: number): Promise<void> => {
  const { table } = parts
  const ports = [{ name: 'https', port, protocol: 'TCP' }]
  await ensureCurrent(parts, table.stored('endpoints'), {
    kind: 'Endpoints',
    apiVersion: 'v1',
    metadata: { ...meta, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    subsets: [{ addresses: addresses.map(ip => ({ ip })), ports }],
  } as KubeObject)
  await ensureCurrent(parts, table.stored('endpointslices.discovery.k8s.io'), {
    kind: 'EndpointSlice',
    apiVersion: 'discovery.k8s.io/v1',
    metadata: { ...meta, generation: 1, labels: { 'kubernetes.io/service-name': 'kubernetes' } },
    addressType: 'IPv4',
    endpoints: addresses.map(address => ({ addresses: [address], conditions: { ready: true } })),
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
