// A new node is not ready until its controller says so: no pod is placed on it before.
import type { AdmissionPlugin } from './admission.ts'

interface Taint {
  key: string
  effect: string
}

const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: ['nodes'],
  operations: ['CREATE'],
  admit: ({ object }) => {
    const node = object as unknown as { spec?: { taints?: Taint[] } }
    const spec = (node.spec ??= {})
    if (!spec.taints?.some(t => t.key === notReady.key && t.effect === notReady.effect)) spec.taints = [...(spec.taints ?? []), { ...notReady }]
  },
}
