// A claim, a volume or a class of attributes that is in use does not go before its user: a finalizer that the protection controllers take off.
import type { AdmissionPlugin } from './admission.ts'

const finalizers: Readonly<Record<string, string | undefined>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
  'volumeattributesclasses.storage.k8s.io': 'kubernetes.io/vac-protection',
}

export const storageInUse: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: Object.keys(finalizers),
  operations: ['CREATE'],
  admit: ({ resource, object }) => {
    const finalizer = finalizers[resource.id]
    if (finalizer === undefined || !object) return
    const now = object.metadata.finalizers ?? []
    if (!now.includes(finalizer)) object.metadata.finalizers = [...now, finalizer]
  },
}
