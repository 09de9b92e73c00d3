// PersistentVolumeClaims: how many and how much storage, altogether and by storage class.
import { compareQuantities, isWholeQuantity, type Quantity, byteValue, tryParseQuantity } from '../quantity.ts'
import { count, type ResourceList } from '../resource-list.ts'
import type { PersistentVolumeClaim } from '../types/core-v1.ts'
import { matchesNames, type QuotaEvaluator } from './evaluator.ts'
import { countName } from './object-count.ts'

const plain = ['persistentvolumeclaims', 'requests.storage']
const byClass = '.storageclass.storage.k8s.io/'
const legacyClass = 'volume.beta.kubernetes.io/storage-class'

const classOf = (claim: PersistentVolumeClaim): string => claim.metadata.annotations?.[legacyClass] ?? claim.spec.storageClassName ?? ''

/** Whole bytes, upwards: a quota does not take less. */
const whole = (q: Quantity): Quantity => (isWholeQuantity(q) ? q : { unscaled: BigInt(byteValue(q)), scale: 0, format: q.format })

const storageOf = ({ spec, status }: PersistentVolumeClaim): Quantity | undefined => {
  const asked = tryParseQuantity(spec.resources?.requests?.['storage'] ?? '')
  if (!asked) return undefined
  const allocated = tryParseQuantity(status?.allocatedResources?.['storage'] ?? '')
  return whole(allocated && compareQuantities(allocated, asked) > 0 ? allocated : asked)
}

const attributesClassesOf = ({ spec, status }: PersistentVolumeClaim): readonly string[] =>
  [...new Set([spec.volumeAttributesClassName, status?.currentVolumeAttributesClassName, status?.modifyVolumeStatus?.targetVolumeAttributesClassName])].filter(
    (name): name is string => Boolean(name),
  )

export const claimQuota: QuotaEvaluator = {
  id: 'persistentvolumeclaims',
  handles: ({ operation, subresource }) =>
    operation === 'UPDATE' ? subresource === '' || subresource === 'status' : operation === 'CREATE' && subresource === '',
  matchesResource: name => name === countName('persistentvolumeclaims') || plain.includes(name) || plain.some(p => name.endsWith(byClass + p)),
  matchesScope: (scope, object) =>
    scope.scopeName === 'VolumeAttributesClass' && matchesNames(scope, attributesClassesOf(object as unknown as PersistentVolumeClaim)),
  usage: object => {
    const claim = object as unknown as PersistentVolumeClaim
    const storageClass = classOf(claim)
    const storage = storageOf(claim)
    const used: ResourceList = { persistentvolumeclaims: count(1), [countName('persistentvolumeclaims')]: count(1) }
    if (storage) used['requests.storage'] = storage
    if (storageClass) {
      used[`${storageClass}${byClass}persistentvolumeclaims`] = count(1)
      if (storage) used[`${storageClass}${byClass}requests.storage`] = storage
    }
    return used
  },
}
