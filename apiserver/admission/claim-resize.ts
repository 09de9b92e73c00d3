// A claim grows only when it is bound and its storage class says that its volumes can.
import { compareQuantities } from '../../api/quantity.ts'
import type { KubeObject } from '../../api/object.ts'
import type { PersistentVolumeClaim } from '../../api/types/core-v1.ts'
import type { AdmissionPlugin } from './admission.ts'
import { lookUp } from './look-up.ts'
import { refuse } from './refuse.ts'
import type { AdmissionDeps } from './registry.ts'

const classOf = ({ metadata, spec }: PersistentVolumeClaim): string =>
  metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? ''
const sizeOf = ({ spec }: PersistentVolumeClaim): string => spec.resources?.requests?.['storage'] ?? '0'

export const claimResize = ({ store, table }: AdmissionDeps): AdmissionPlugin => ({
  name: 'PersistentVolumeClaimResize',
  handles: ['persistentvolumeclaims'],
  operations: ['UPDATE'],
  validate: async request => {
    const [claim, old] = [request.object, request.old] as unknown as [PersistentVolumeClaim, PersistentVolumeClaim]
    if (compareQuantities(sizeOf(claim), sizeOf(old)) <= 0) return
    if (old.status?.phase !== 'Bound') throw refuse(request, 'Only bound persistent volume claims can be expanded')
    const name = classOf(claim)
    const found =
      name !== '' && name === classOf(old)
        ? await lookUp<KubeObject & { allowVolumeExpansion?: boolean }>(store, table.stored('storageclasses.storage.k8s.io').keyOf('', name))
        : undefined
    if (!found?.allowVolumeExpansion)
      throw refuse(request, 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize')
  },
})
