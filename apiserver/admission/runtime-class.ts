// A pod that names a RuntimeClass gets its overhead and its scheduling, and is refused when there is none of that name.
import type { KubeObject } from '../../api/object.ts'
import { sameList, toResourceList } from '../../api/resource-list.ts'
import type { Toleration } from '../../api/types/core-v1.ts'
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts'
import { lookUp } from './look-up.ts'
import { mergeTolerations } from './merge-tolerations.ts'
import { refuse } from './refuse.ts'
import type { AdmissionDeps } from './registry.ts'

interface RuntimeClass extends KubeObject {
  overhead?: { podFixed?: Record<string, string> }
  scheduling?: { nodeSelector?: Record<string, string>; tolerations?: Toleration[] }
}
interface PodSpec {
  runtimeClassName?: string
  overhead?: Record<string, string>
  nodeSelector?: Record<string, string>
  tolerations?: Toleration[]
}

const specOf = ({ object }: AdmissionRequest): PodSpec => (object as unknown as { spec: PodSpec }).spec

const sameAmounts = (a: Record<string, string> = {}, b: Record<string, string> = {}): boolean => sameList(toResourceList(a), toResourceList(b))

export const runtimeClass = ({ store, table }: AdmissionDeps): AdmissionPlugin => {
  const find = async (request: AdmissionRequest): Promise<RuntimeClass | undefined> => {
    const { runtimeClassName } = specOf(request)
    if (!runtimeClassName) return undefined
    const found = await lookUp<RuntimeClass>(store, table.stored('runtimeclasses.node.k8s.io').keyOf('', runtimeClassName))
    if (!found) throw refuse(request, `pod rejected: RuntimeClass ${JSON.stringify(runtimeClassName)} not found`)
    return found
  }
  return {
    name: 'RuntimeClass',
    handles: ['pods'],
    operations: ['CREATE'],
    admit: async request => {
      const spec = specOf(request)
      const found = await find(request)
      const podFixed = found?.overhead?.podFixed
      if (podFixed) {
        if (spec.overhead && !sameAmounts(spec.overhead, podFixed))
          throw refuse(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
        spec.overhead = { ...podFixed }
      }
      for (const [label, value] of Object.entries(found?.scheduling?.nodeSelector ?? {})) {
        const own = spec.nodeSelector?.[label]
        if (own !== undefined && own !== value)
          throw refuse(request, `conflict: runtimeClass.scheduling.nodeSelector[${label}] = ${value}; pod.spec.nodeSelector[${label}] = ${own}`)
        spec.nodeSelector = { ...spec.nodeSelector, [label]: value }
      }
      const { tolerations } = found?.scheduling ?? {}
      if (tolerations?.length) spec.tolerations = mergeTolerations(spec.tolerations ?? [], structuredClone(tolerations))
    },
    // Judged again at the end, as webhooks may have changed it.
    validate: async request => {
      const { overhead } = specOf(request)
      const podFixed = (await find(request))?.overhead?.podFixed
      if (podFixed && !sameAmounts(overhead, podFixed)) throw refuse(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
      if (!podFixed && Object.keys(overhead ?? {}).length)
        throw refuse(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
    },
  }
}
