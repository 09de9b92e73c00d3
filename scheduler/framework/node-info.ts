// A node with the sum of what its pods ask for, kept up to date pod by pod instead of being summed anew.
import { byteValue } from '../../api/quantity.ts'
import type { Node } from '../../api/types/core-v1.ts'
import { addAmounts, noAmounts, subtractAmounts, toAmounts } from './pod-requests.ts'
import type { Amounts, HostPort, NodeInfo, PodInfo } from './types.ts'

export const toAllocatable = (node: Node): Amounts & { pods: number } => {
  const quantities = node.status?.allocatable
  return { ...toAmounts(quantities), pods: quantities?.pods === undefined ? 0 : byteValue(quantities.pods) }
}

export class MutableNodeInfo implements NodeInfo {
  readonly name: string
  /** Undefined while only pods of the node are known. */
  #node: Node | undefined
  allocatable: Amounts & { pods: number } = { ...noAmounts(), pods: 0 }
  readonly requested = noAmounts()
  readonly nonZero = { milliCpu: 0, memory: 0 }
  readonly pods = new Map<string, PodInfo>()
  hostPorts: readonly HostPort[] = []
  generation = 0

  constructor(name: string) {
    this.name = name
  }
  get known(): boolean {
    return this.#node !== undefined
  }
  get node(): Node {
    if (!this.#node) throw new Error(`node ${this.name} is not known`)
    return this.#node
  }
  setNode(node: Node | undefined, generation: number): void {
    this.#node = node
    if (node) this.allocatable = toAllocatable(node)
    this.generation = generation
  }
  addPod(pod: PodInfo, generation: number): void {
    this.removePod(pod.uid, generation)
    this.pods.set(pod.uid, pod)
    addAmounts(this.requested, pod.requests)
    this.nonZero.milliCpu += pod.nonZero.milliCpu
    this.nonZero.memory += pod.nonZero.memory
    if (pod.hostPorts.length) this.hostPorts = [...this.hostPorts, ...pod.hostPorts]
    this.generation = generation
  }
  removePod(uid: string, generation: number): void {
    const pod = this.pods.get(uid)
    if (!pod) return
    this.pods.delete(uid)
    subtractAmounts(this.requested, pod.requests)
    this.nonZero.milliCpu -= pod.nonZero.milliCpu
    this.nonZero.memory -= pod.nonZero.memory
    if (pod.hostPorts.length) this.hostPorts = [...this.pods.values()].flatMap(p => p.hostPorts)
    this.generation = generation
  }
}
