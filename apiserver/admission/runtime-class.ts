// A pod that names a RuntimeClass gets its overhead and its scheduling, and is refused when there is none of that name.
import { forbidden } from '../../api/status.ts'
import type { KubeObject } from '../../api/object.ts'
import type { AdmissionPlugin } from './admission.ts'
import { lookUp } from './look-up.ts'
import type { AdmissionDeps } from './registry.ts'
import { sameValue } from '../verbs/metadata.ts'

interface RuntimeClass extends KubeObject {
  overhead?: { podFixed?: Record<string, string> }
  scheduling?: { nodeSelector?: Record<string, string>; tolerations?: object[] }
}
interface PodSpec {
  runtimeClassName?: string
  overhead?: Record<string, string>
  nodeSelector?: Record<string, string>
  tolerations?: object[]
}

export const runtimeClass = ({ store, table }: AdmissionDeps): AdmissionPlugin => ({
  name: 'RuntimeClass',
  admit: async ({ operation, resource, subresource, name, object }) => {
    if (operation !== 'CREATE' || resource.id !== 'pods' || subresource !== '' || !object) return
    const { spec } = object as unknown as { spec: PodSpec }
    const { runtimeClassName } = spec
    if (!runtimeClassName) {
      if (spec.overhead && Object.keys(spec.overhead).length)
        throw forbidden(resource, name, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
      return
    }
    const classes = table.stored('runtimeclasses.node.k8s.io')
    const key = classes.keyOf('', runtimeClassName)
    const found = await lookUp<RuntimeClass>(store, key)
    if (!found) throw forbidden(resource, name, `pod rejected: RuntimeClass ${JSON.stringify(runtimeClassName)} not found`)
    const { overhead, scheduling } = found
    if (overhead?.podFixed) {
      if (spec.overhead && !sameValue(spec.overhead, overhead.podFixed))
        throw forbidden(resource, name, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
      spec.overhead = { ...overhead.podFixed }
    }
    for (const [label, value] of Object.entries(scheduling?.nodeSelector ?? {})) {
      if (spec.nodeSelector?.[label] !== undefined && spec.nodeSelector[label] !== value)
        throw forbidden(
          resource,
          name,
          `conflict: runtimeClass.scheduling.nodeSelector[${label}] = ${value}; pod.spec.nodeSelector[${label}] = ${spec.nodeSelector[label]}`,
        )
      spec.nodeSelector = { ...spec.nodeSelector, [label]: value }
    }
    for (const toleration of scheduling?.tolerations ?? [])
      if (!spec.tolerations?.some(t => sameValue(t, toleration))) spec.tolerations = [...(spec.tolerations ?? []), structuredClone(toleration)]
  },
})
