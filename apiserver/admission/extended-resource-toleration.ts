// Off by default: a pod that asks for an extended resource tolerates the taint of nodes that are kept for those who do.
import type { Container, Pod, Toleration } from '../../api/types/core-v1.ts'
import type { AdmissionPlugin } from './admission.ts'

const isExtended = (name: string): boolean => name.includes('/') && !name.includes('kubernetes.io/') && !name.startsWith('requests.')

export const extendedResourceToleration: AdmissionPlugin = {
  name: 'ExtendedResourceToleration',
  handles: ['pods'],
  operations: ['CREATE', 'UPDATE'],
  admit: ({ object }) => {
    const { spec } = object as unknown as Pod
    const containers = [...((spec.containers as Container[] | null) ?? []), ...(spec.initContainers ?? [])]
    const names = [...new Set(containers.flatMap(c => Object.keys(c.resources?.requests ?? {})))].filter(isExtended).sort()
    const has = (t: Toleration, key: string): boolean => t.key === key && t.operator === 'Exists' && t.effect === 'NoSchedule'
    const missing = names.filter(key => !spec.tolerations?.some(t => has(t, key)))
    if (missing.length) spec.tolerations = [...(spec.tolerations ?? []), ...missing.map(key => ({ key, operator: 'Exists', effect: 'NoSchedule' }))]
  },
}
