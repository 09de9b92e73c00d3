// ConfigMap kube-root-ca.crt in every active namespace: what pods trust the API server by.
import { configMaps } from '../api/kinds/core/config-map.ts'
import { namespaces as namespaceKind } from '../api/kinds/core/namespace.ts'
import { isReason } from '../api/status.ts'
import type { ConfigMap } from '../api/types/core-v1.ts'
import type { Controller } from '../client/types.ts'
import type { ControllerContext } from './context.ts'

const name = 'kube-root-ca.crt'
const description = 'The certificate authority behind the API server. Pods that call kubernetes.default.svc verify it with this bundle.'

export const createRootCaController = ({ client, informers, config }: ControllerContext): Controller | undefined => {
  const { rootCa } = config
  if (rootCa === undefined) return undefined
  const namespaces = informers.of(namespaceKind)
  const maps = informers.of(configMaps, { fieldSelector: `metadata.name=${name}` })
  return {
    name: 'root-ca-certificate-publisher-controller',
    watches: [{ informer: namespaces }, { informer: maps, toKeys: (map: ConfigMap) => [map.metadata.namespace ?? ''] }],
    async reconcile(namespace) {
      const found = namespaces.get(namespace)
      if (!found || found.metadata.deletionTimestamp) return undefined
      const current = maps.get(`${namespace}/${name}`)
      const data = { 'ca.crt': rootCa }
      const annotations = { 'kubernetes.io/description': description }
      if (current?.data?.['ca.crt'] === rootCa && Object.keys(current.data).length === 1) return undefined
      const api = client.of(configMaps, namespace)
      try {
        if (current) await api.update({ ...current, metadata: { ...current.metadata, annotations: { ...current.metadata.annotations, ...annotations } }, data })
        else await api.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, annotations }, data })
      } catch (error) {
        if (!isReason(error, 'AlreadyExists') && !isReason(error, 'NotFound') && !isReason(error, 'Forbidden')) throw error
      }
      return undefined
    },
  }
}
