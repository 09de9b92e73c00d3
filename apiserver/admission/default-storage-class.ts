// A claim that names no class (the empty name is one: no provisioning) gets the one that is marked as the default.
import type { PersistentVolumeClaim } from '../../api/types/core-v1.ts'
import type { AdmissionPlugin } from './admission.ts'
import { findDefaultClass } from './default-class.ts'
import type { AdmissionDeps } from './registry.ts'

const legacyAnnotation = 'volume.beta.kubernetes.io/storage-class'
const markers = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class']

export const defaultStorageClass = (deps: AdmissionDeps): AdmissionPlugin => ({
  name: 'DefaultStorageClass',
  handles: ['persistentvolumeclaims'],
  operations: ['CREATE'],
  admit: async ({ object }) => {
    const claim = object as unknown as Partial<PersistentVolumeClaim>
    if (claim.spec?.storageClassName !== undefined || claim.metadata?.annotations?.[legacyAnnotation] !== undefined) return
    const chosen = await findDefaultClass(deps, 'storageclasses.storage.k8s.io', markers)
    if (chosen !== undefined) claim.spec = { ...claim.spec, storageClassName: chosen }
  },
})
