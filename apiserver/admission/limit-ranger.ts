// LimitRanger: the LimitRanges of a namespace give containers their defaults and bound pods and claims.
import type { LimitRange, PersistentVolumeClaim, Pod } from '../../api/types/core-v1.ts'
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts'
import { applyContainerDefaults, checkClaimLimits, checkPodLimits } from './limit-range.ts'
import { refuse } from './refuse.ts'
import type { AdmissionDeps } from './registry.ts'

/** Containers do not change but by a resize, and what is going is left in peace. */
const isConcerned = ({ operation, resource, subresource, old }: AdmissionRequest): boolean =>
  old?.metadata.deletionTimestamp === undefined && (operation === 'CREATE' || subresource === 'resize' || resource.id !== 'pods')

export const limitRanger = ({ store, table }: AdmissionDeps): AdmissionPlugin => {
  const rangesOf = async (namespace: string): Promise<readonly LimitRange[]> => {
    const { entries } = await store.list(table.stored('limitranges').prefixOf(namespace), { freshness: 'any' })
    // One may have been stored without any limits.
    return [...entries].map(entry => entry.object() as LimitRange).filter(range => (range as Partial<LimitRange>).spec?.limits as unknown)
  }
  return {
    name: 'LimitRanger',
    handles: ['pods', 'pods/resize', 'persistentvolumeclaims'],
    operations: ['CREATE', 'UPDATE'],
    admit: async request => {
      if (request.resource.id !== 'pods' || !isConcerned(request)) return
      for (const range of await rangesOf(request.namespace)) applyContainerDefaults(request.object as unknown as Pod, range)
    },
    validate: async request => {
      if (!isConcerned(request)) return
      for (const range of await rangesOf(request.namespace)) {
        const faults =
          request.resource.id === 'pods'
            ? checkPodLimits(request.object as unknown as Pod, range)
            : checkClaimLimits(request.object as unknown as PersistentVolumeClaim, range)
        if (faults.length) throw refuse(request, faults.length === 1 ? faults[0]! : `[${faults.join(', ')}]`)
      }
    },
  }
}
