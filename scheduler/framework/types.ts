// What scheduling decisions are made of. A plugin is a value with pure functions: it sees a pod and nodes, and holds nothing between calls.
import type { Node, Pod } from '../../api/types/core-v1.ts'

/** Whole units: CPU in thousandths of a core, memory and storage in bytes, all other resources by name in their own unit. */
export interface Amounts {
  milliCpu: number
  memory: number
  ephemeralStorage: number
  scalars: Record<string, number>
}

export interface HostPort {
  ip: string
  protocol: string
  port: number
}

/** A pod with what is derived from it once. */
export interface PodInfo {
  readonly pod: Pod
  readonly uid: string
  readonly key: string
  readonly requests: Amounts
  /** CPU and memory as scoring counts them: a container that names none counts as 100m and 200 MiB. */
  readonly nonZero: { readonly milliCpu: number; readonly memory: number }
  readonly hostPorts: readonly HostPort[]
}

/** A node with the pods on it, assumed ones included. Current during one scheduling cycle. */
export interface NodeInfo {
  readonly name: string
  readonly node: Node
  readonly allocatable: Amounts & { readonly pods: number }
  readonly requested: Amounts
  readonly nonZero: { readonly milliCpu: number; readonly memory: number }
  readonly pods: ReadonlyMap<string, PodInfo>
  readonly hostPorts: readonly HostPort[]
  /** Grows with every change of this node or its pods. */
  readonly generation: number
}

/** Why a node cannot take the pod, in upstream's words: users match on them. */
export interface Rejection {
  readonly reasons: readonly string[]
  /** Evicting other pods would not help. */
  readonly unresolvable: boolean
}

/** Something that changed and may make a waiting pod fit. */
export type ClusterEvent =
  | { readonly type: 'NodeAdded'; readonly node: Node }
  | { readonly type: 'NodeChanged'; readonly node: Node; readonly old: Node }
  /** A pod that sat on a node went away, ended, or asks for less. */
  | { readonly type: 'PodFreed'; readonly pod: PodInfo; readonly gone: boolean }

export interface FilterRun {
  /** Only these nodes can fit; others are not looked at. */
  readonly nodeNames?: ReadonlySet<string>
  /** undefined: the node can take the pod. */
  readonly filter: (node: NodeInfo) => Rejection | undefined
}

export interface ScoreRun {
  /** Any scale when there is a `normalize`, else 0 to 100. */
  readonly score: (node: NodeInfo) => number
  /** Brings all nodes' scores to 0 to 100. */
  readonly normalize?: (scores: readonly number[]) => number[]
}

export interface Plugin {
  /** Upstream's name, as it appears in configuration and metrics. */
  readonly name: string
  /** Prepares filtering for one pod; undefined when this plugin has nothing to say about it. */
  readonly preFilter?: (pod: PodInfo) => FilterRun | undefined
  /** Could `event` turn this plugin's rejection of the pod around? True when in doubt. Needed with `preFilter`. */
  readonly mayHelp?: (event: ClusterEvent, pod: PodInfo) => boolean
  readonly preScore?: (pod: PodInfo) => ScoreRun | undefined
  /** How much the score counts (default 1). */
  readonly weight?: number
}
