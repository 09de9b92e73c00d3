// The Node object and its status as values: pure.
import { toTime } from '../../base/clock.ts'
import type { ContainerImage, Node, NodeCondition, NodeStatus } from '../../api/types/core-v1.ts'
import type { CompletedAgentConfig } from '../config.ts'
import type { CriImage, RuntimeCondition } from '../cri/messages.ts'
import type { NodeFacts } from './node-facts.ts'

export const toNode = (config: CompletedAgentConfig, facts: NodeFacts): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: config.nodeName,
    labels: {
      'beta.kubernetes.io/arch': facts.info.architecture,
      'beta.kubernetes.io/os': 'linux',
      'kubernetes.io/arch': facts.info.architecture,
      'kubernetes.io/hostname': config.nodeName,
      'kubernetes.io/os': 'linux',
      ...config.nodeLabels,
    },
    annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
  },
  spec: {},
})

export interface NodeObservation {
  /** Of CRI; undefined while containerd does not answer, then with why. */
  readonly runtime: readonly RuntimeCondition[] | undefined
  readonly runtimeError?: string
  readonly runtimeVersion: string
  /** The pod network is set up; undefined: nobody has to. */
  readonly network: { readonly ready: boolean; readonly message: string } | undefined
  readonly images: readonly CriImage[]
  readonly apiPort: number
}

const maxImages = 50

export const toNodeStatus = (
  config: CompletedAgentConfig,
  facts: NodeFacts,
  seen: NodeObservation,
  old: readonly NodeCondition[],
  nowMs: number,
): NodeStatus => ({
  addresses: [
    { address: config.nodeIp, type: 'InternalIP' },
    { address: config.nodeName, type: 'Hostname' },
  ],
  allocatable: facts.allocatable,
  capacity: facts.capacity,
  conditions: toConditions(seen, old, nowMs),
  daemonEndpoints: { kubeletEndpoint: { Port: seen.apiPort } },
  images: toImages(seen.images),
  nodeInfo: { ...facts.info, containerRuntimeVersion: seen.runtimeVersion },
})

const toImages = (images: readonly CriImage[]): ContainerImage[] =>
  images
    .map(i => ({ names: [...i.repoDigests, ...i.repoTags].slice(0, 5), sizeBytes: Number(i.size) }))
    .filter(i => i.names.length)
    .sort((a, b) => b.sizeBytes - a.sizeBytes)
    .slice(0, maxImages)

/** Empty: the node is ready. */
const whyNotReady = ({ runtime, runtimeError, network }: NodeObservation): string[] => {
  if (!runtime) return [`container runtime is down: ${runtimeError ?? 'not asked yet'}`]
  const why: string[] = []
  for (const { type, status, reason, message } of runtime) {
    if (type === 'RuntimeReady' && !status) why.push(`container runtime status check may not have completed yet: ${reason}: ${message}`)
    if (type === 'NetworkReady' && !status) why.push(`container runtime network not ready: NetworkReady=false reason:${reason} message:${message}`)
  }
  if (network && !network.ready) why.push(`pod network not ready: ${network.message}`)
  return why
}

export const isReady = (seen: NodeObservation): boolean => !whyNotReady(seen).length

const toConditions = (seen: NodeObservation, old: readonly NodeCondition[], nowMs: number): NodeCondition[] => {
  const why = whyNotReady(seen)
  const wanted: Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>[] = [
    { type: 'MemoryPressure', status: 'False', reason: 'KubeletHasSufficientMemory', message: 'kubelet has sufficient memory available' },
    { type: 'DiskPressure', status: 'False', reason: 'KubeletHasNoDiskPressure', message: 'kubelet has no disk pressure' },
    { type: 'PIDPressure', status: 'False', reason: 'KubeletHasSufficientPID', message: 'kubelet has sufficient PID available' },
    why.length
      ? { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: why.join(', ') }
      : { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
  ]
  return wanted.map(condition => {
    const before = old.find(c => c.type === condition.type)
    return {
      ...condition,
      lastHeartbeatTime: toTime(nowMs),
      lastTransitionTime: before?.status === condition.status && before.lastTransitionTime ? before.lastTransitionTime : toTime(nowMs),
    }
  })
}
