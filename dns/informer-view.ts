// The cluster as DNS sees it, read from informers.
import { namespaces } from '../api/kinds/core/namespace.ts'
import { services } from '../api/kinds/core/service.ts'
import { endpointSlices } from '../api/kinds/discovery/endpoint-slice.ts'
import type { InformerFactory } from '../client/types.ts'
import type { ClusterView } from './records/view.ts'

const byAddress = 'address'
const byService = 'service'

export const createInformerView = (informers: InformerFactory): ClusterView => {
  const serviceInformer = informers.of(services)
  const sliceInformer = informers.of(endpointSlices)
  const namespaceInformer = informers.of(namespaces)
  serviceInformer.addIndex(byAddress, s => (s.spec.clusterIPs?.length ? s.spec.clusterIPs : [s.spec.clusterIP ?? '']).filter(ip => ip !== '' && ip !== 'None'))
  sliceInformer.addIndex(byAddress, s => (s.endpoints ?? []).flatMap(e => e.addresses))
  sliceInformer.addIndex(byService, s => {
    const name = s.metadata.labels?.['kubernetes.io/service-name']
    return name === undefined ? [] : [`${s.metadata.namespace ?? ''}/${name}`]
  })
  return {
    service: (namespace, name) => serviceInformer.get(`${namespace}/${name}`),
    slices: (namespace, name) => sliceInformer.byIndex(byService, `${namespace}/${name}`),
    hasNamespace: name => namespaceInformer.get(name) !== undefined,
    servicesByAddress: address => serviceInformer.byIndex(byAddress, address),
    slicesByAddress: address => sliceInformer.byIndex(byAddress, address),
  }
}
