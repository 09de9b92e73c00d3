// Every pod stays five minutes on a node that is not ready or cannot be reached, unless it says otherwise.
import type { AdmissionPlugin } from './admission.ts'

interface Toleration {
  key?: string
  operator?: string
  effect?: string
  tolerationSeconds?: number
}

const keys = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']
const seconds = 300

const tolerates = (tolerations: readonly Toleration[], key: string): boolean =>
  tolerations.some(t => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect))

export const defaultTolerations: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: ['pods'],
  operations: ['CREATE', 'UPDATE'],
  admit: ({ object }) => {
    const { spec } = object as unknown as { spec: { tolerations?: Toleration[] } }
    const now = spec.tolerations ?? []
    const missing = keys.filter(key => !tolerates(now, key))
    if (missing.length) spec.tolerations = [...now, ...missing.map(key => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds }))]
  },
}
