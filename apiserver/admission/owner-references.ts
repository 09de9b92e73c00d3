// Off by default (OwnerReferencesPermissionEnforcement): an owner reference makes the garbage collector delete, and a blocking one holds the
// owner back, so that whoever sets one needs leave to do either.
import type { KubeObject } from '../../api/object.ts'
import { parseApiVersion } from '../../api/object.ts'
import type { OwnerReference } from '../../api/types/meta-v1.ts'
import { type Attributes, authorize } from '../authorization/authorizer.ts'
import { sameValue } from '../verbs/metadata.ts'
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts'
import { refuse } from './refuse.ts'
import type { AdmissionDeps } from './registry.ts'

const ownersOf = (object: KubeObject | undefined): readonly OwnerReference[] => object?.metadata.ownerReferences ?? []

/** References that block and did not before. */
const newlyBlocking = ({ object, old }: AdmissionRequest): readonly OwnerReference[] => {
  const before = new Set(
    ownersOf(old)
      .filter(o => o.blockOwnerDeletion)
      .map(o => o.uid),
  )
  return ownersOf(object).filter(o => o.blockOwnerDeletion && !before.has(o.uid))
}

export const ownerReferences = ({ authorizers, table }: AdmissionDeps): AdmissionPlugin => {
  const may = async (
    request: AdmissionRequest,
    what: Pick<Attributes, 'verb' | 'group' | 'resource' | 'subresource' | 'namespace' | 'name'>,
  ): Promise<boolean> => (await authorize(authorizers, { user: request.user, isResource: true, version: '*', path: '', ...what })).allowed

  return {
    name: 'OwnerReferencesPermissionEnforcement',
    operations: ['CREATE', 'UPDATE'],
    validate: async request => {
      const { resource, subresource, namespace, object, old } = request
      // The kubelet may not delete the pods whose status it writes.
      if ((resource.id === 'pods' && subresource === 'status') || !object || sameValue(ownersOf(object), ownersOf(old))) return
      const { group, plural } = resource
      const name = request.operation === 'CREATE' ? '' : request.name
      if (!(await may(request, { verb: 'delete', group, resource: plural, subresource: '', namespace, name })))
        throw refuse(request, "cannot set an ownerRef on a resource you can't delete")
      for (const owner of newlyBlocking(request)) {
        const { group: ownerGroup, version } = parseApiVersion(owner.apiVersion)
        const served = table.byKind(ownerGroup, version, owner.kind)
        const where = served?.record.namespaced ? namespace : ''
        const allowed =
          served &&
          (await may(request, {
            verb: 'update',
            group: ownerGroup,
            resource: served.record.plural,
            subresource: 'finalizers',
            namespace: where,
            name: owner.name,
          }))
        if (!allowed) throw refuse(request, "cannot set blockOwnerDeletion if an ownerReference refers to a resource you can't set finalizers on")
      }
    },
  }
}
