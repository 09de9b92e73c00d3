// Nothing is created in a namespace that is missing or terminating; the system's own namespaces cannot be deleted.
import { notFound } from '../../api/status.ts'
import type { AdmissionPlugin } from './admission.ts'
import { lookUp } from './look-up.ts'
import { refuse } from './refuse.ts'
import type { AdmissionDeps } from './registry.ts'

const immortal = new Set(['default', 'kube-system', 'kube-public'])

export const namespaceLifecycle = ({ store, table }: AdmissionDeps): AdmissionPlugin => ({
  name: 'NamespaceLifecycle',
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  admit: async request => {
    const { operation, resource, namespace, name } = request
    if (resource.id === 'namespaces') {
      if (operation === 'DELETE' && immortal.has(name)) throw refuse(request, 'this namespace may not be deleted')
      return
    }
    if (!resource.namespaced || operation === 'DELETE' || namespace === '') return
    // Reviews are not in any namespace's content.
    if (resource.id === 'localsubjectaccessreviews.authorization.k8s.io') return
    const namespaces = table.stored('namespaces')
    const key = namespaces.keyOf('', namespace)
    const found = await lookUp(store, key)
    if (!found) throw notFound(namespaces.record, namespace)
    if (operation !== 'CREATE') return
    const { status } = found as { status?: { phase?: string } }
    if (status?.phase !== 'Terminating') return
    const error = refuse(request, `unable to create new content in namespace ${namespace} because it is being terminated`)
    error.status.details = {
      ...error.status.details,
      causes: [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }],
    }
    throw error
  },
})
