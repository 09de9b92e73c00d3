// What the scheduler believes the cluster looks like: nodes with their pods, kept current by informers, plus pods it has just placed
// (assumed) and not yet seen on their node. A scheduling cycle is synchronous, so the live structure itself is its snapshot.
//
//   assume ─▶ assumed ─informer shows it bound─▶ bound ─gone or ended─▶ (removed)
//                └─────────── forget ──────────────────────────────────▶ (removed)
import type { Node, Pod } from '../api/types/core-v1.ts'
import { MutableNodeInfo } from './framework/node-info.ts'
import { toPodInfo } from './framework/pod-requests.ts'
import type { NodeInfo, PodInfo } from './framework/types.ts'

export interface SchedulerCache {
  setNode(node: Node): void
  removeNode(name: string): void
  /** A pod that the API shows on a node. Replaces what was assumed or known of it. */
  setPod(pod: Pod): void
  removePod(uid: string): PodInfo | undefined
  assume(pod: PodInfo, node: string): void
  /** The binding failed. */
  forget(uid: string): void
  isAssumed(uid: string): boolean
  podOf(uid: string): PodInfo | undefined
  /** Known nodes, in a stable order. Valid until the next change. */
  nodes(): readonly NodeInfo[]
}

export const createSchedulerCache = (): SchedulerCache => {
  const nodes = new Map<string, MutableNodeInfo>()
  const places = new Map<string, { node: string; info: PodInfo; assumed: boolean }>()
  let generation = 0
  let known: readonly NodeInfo[] | undefined

  const infoOf = (name: string): MutableNodeInfo => {
    const found = nodes.get(name)
    if (found) return found
    const made = new MutableNodeInfo(name)
    nodes.set(name, made)
    return made
  }
  const dropIfEmpty = (info: MutableNodeInfo): void => {
    if (!info.known && info.pods.size === 0) nodes.delete(info.name)
  }
  const remove = (uid: string): PodInfo | undefined => {
    const place = places.get(uid)
    if (!place) return undefined
    places.delete(uid)
    const info = infoOf(place.node)
    info.removePod(uid, ++generation)
    dropIfEmpty(info)
    return place.info
  }
  const put = (info: PodInfo, node: string, assumed: boolean): void => {
    if (places.has(info.uid)) remove(info.uid)
    places.set(info.uid, { node, info, assumed })
    infoOf(node).addPod(info, ++generation)
  }

  return {
    setNode(node) {
      const info = infoOf(node.metadata.name ?? '')
      if (!info.known) known = undefined
      info.setNode(node, ++generation)
    },
    removeNode(name) {
      const info = nodes.get(name)
      if (!info) return
      known = undefined
      info.setNode(undefined, ++generation)
      dropIfEmpty(info)
    },
    setPod: pod => put(toPodInfo(pod), pod.spec.nodeName ?? '', false),
    removePod: remove,
    assume: (pod, node) => put(pod, node, true),
    forget(uid) {
      if (places.get(uid)?.assumed) remove(uid)
    },
    isAssumed: uid => places.get(uid)?.assumed ?? false,
    podOf: uid => places.get(uid)?.info,
    nodes: () => (known ??= [...nodes.values()].filter(n => n.known)),
  }
}
