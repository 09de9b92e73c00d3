// The namespaces that the system itself lives in.
import type { KubeObject } from '../../api/object.ts'
import type { Parts } from '../context.ts'
import { ensureObject } from '../own-objects.ts'

const names = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

export const ensureNamespaces = async (parts: Pick<Parts, 'store' | 'clock' | 'table'>): Promise<void> => {
  const toNamespace = (name: string): KubeObject =>
    ({
      kind: 'Namespace',
      apiVersion: 'v1',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    }) as KubeObject
  await Promise.all(names.map(name => ensureObject(parts, parts.table.stored('namespaces'), toNamespace(name))))
}
