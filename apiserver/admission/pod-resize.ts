// A pod on a node is not resized beyond what the node has at all, and only where nodes can do it. The causes are what the vertical pod
// autoscaler goes by.
import type { KubeObject } from '../../api/object.ts'
import { podRequests } from '../../api/pod-resources.ts'
import { byteValue, milliValue, tryParseQuantity } from '../../api/quantity.ts'
import type { StatusError } from '../../api/status.ts'
import type { Node, Pod } from '../../api/types/core-v1.ts'
import { sameSpec } from '../verbs/metadata.ts'
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts'
import { lookUp } from './look-up.ts'
import { refuse } from './refuse.ts'
import type { AdmissionDeps } from './registry.ts'

const because = (request: AdmissionRequest, reason: string, why: string): StatusError => {
  const error = refuse(request, why)
  error.status.details = { ...error.status.details, causes: [{ reason }] }
  return error
}

const findLack = (pod: Pod, node: Node): string | undefined => {
  const requests = podRequests(pod)
  const lacking = (['cpu', 'memory'] as const).flatMap(name => {
    const inUnits = name === 'cpu' ? milliValue : byteValue
    const requested = requests[name] ? inUnits(requests[name]) : 0
    const quantity = tryParseQuantity(node.status?.allocatable?.[name] ?? '')
    const allocatable = quantity ? inUnits(quantity) : 0
    return requested > allocatable ? [`${name}, requested: ${requested}, allocatable: ${allocatable}`] : []
  })
  return lacking.length ? `Node didn't have enough allocatable resources: ${lacking.join('; ')}` : undefined
}

export const podResize = ({ store, table }: AdmissionDeps): AdmissionPlugin => ({
  name: 'PodResizeValidator',
  handles: ['pods/resize'],
  operations: ['UPDATE'],
  validate: async request => {
    const pod = request.object as unknown as Pod
    const { nodeName } = pod.spec
    if (!nodeName || sameSpec(request.object!, request.old!)) return
    const node = await lookUp<KubeObject & Node>(store, table.stored('nodes').keyOf('', nodeName))
    if (!node) throw refuse(request, `node ${JSON.stringify(nodeName)} not found`)
    const lack = findLack(pod, node)
    if (lack !== undefined) throw because(request, 'NodeCapacity', lack)
    const system = node.metadata.labels?.['kubernetes.io/os'] ?? ''
    if (system !== 'linux')
      throw because(
        request,
        'UnsupportedPlatform',
        `pod resize is only supported on linux nodes, node ${JSON.stringify(nodeName)} is ${JSON.stringify(system)}`,
      )
  },
})
