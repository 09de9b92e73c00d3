// The vocabulary of the agent's loop: what is wanted of a pod, what is seen of it, and the actions that lead from one to the other.
import type { Pod } from '../../api/types/core-v1.ts'
import type { Given } from './resize.ts'

export interface Termination {
  /** Why everything of the pod has to stop. `completed`: the API already shows a final phase, whatever is left of the records. */
  readonly why: 'deleted' | 'deadline' | 'evicted' | 'rejected' | 'completed'
  readonly graceSeconds: number
  /** Shown as status.reason and status.message; absent for a deletion. */
  readonly reason?: string
  readonly message?: string
}

/** Why more (or other) resources are not given yet. */
export interface PendingResize {
  readonly reason: 'Deferred' | 'Infeasible'
  readonly message: string
}

export interface Want {
  /** The newest version known, with the resources that the node allows it; after the object went, the last one. */
  readonly pod: Pod
  readonly pendingResize?: PendingResize
  readonly termination?: Termination
  /** The object is to go (deletionTimestamp) or has gone: nothing of the pod may remain on the node. */
  readonly remove: boolean
}

export interface SeenSandbox {
  readonly id: string
  readonly attempt: number
  readonly ready: boolean
  readonly createdAtMs: number
  /** Empty with the host's network. */
  readonly ips: readonly string[]
}

export interface SeenContainer {
  readonly id: string
  readonly name: string
  readonly attempt: number
  readonly sandboxId: string
  readonly state: 'created' | 'running' | 'exited' | 'unknown'
  readonly createdAtMs: number
  /** 0 while not so. */
  readonly startedAtMs: number
  readonly finishedAtMs: number
  readonly exitCode: number
  /** CRI's reason of an exit: Completed, Error, OOMKilled, StartError, ContainerStatusUnknown. */
  readonly reason: string
  readonly message: string
  /** As the pod named it, and the id it resolved to. */
  readonly image: string
  readonly imageId: string
  /** Of the definition it was made from. */
  readonly hash: string
}

/** How far the image for a container's attempt is. Absent: nobody looked yet. */
export type SeenImage =
  | { readonly attempt: number; readonly state: 'pulling' }
  | { readonly attempt: number; readonly state: 'present'; readonly id: string }
  | { readonly attempt: number; readonly state: 'failed'; readonly reason: string; readonly message: string; readonly retryAtMs: number }

export interface SeenFailure {
  readonly attempt: number
  readonly reason: string
  readonly message: string
  readonly retryAtMs: number
}
export interface RestartBackoff {
  readonly delayMs: number
  readonly updatedMs: number
}
export interface SeenProbes {
  readonly started: boolean
  readonly ready: boolean
  readonly failed?: { readonly probe: 'liveness' | 'startup'; readonly graceSeconds?: number; readonly message: string }
}

export interface Seen {
  /** Newest first. */
  readonly sandboxes: readonly SeenSandbox[]
  readonly containers: readonly SeenContainer[]
  readonly volumes: { readonly state: 'unknown' | 'preparing' | 'ready' } | { readonly state: 'failed'; readonly message: string; readonly retryAtMs: number }
  readonly sandboxFailure?: SeenFailure
  /** By container name. */
  readonly images: Readonly<Record<string, SeenImage | undefined>>
  readonly failures: Readonly<Record<string, SeenFailure | undefined>>
  readonly backoffs: Readonly<Record<string, RestartBackoff | undefined>>
  /** By container id: what it runs with. */
  readonly given: Readonly<Record<string, Given | undefined>>
  /** By container id: why that could not be changed, and until when that is left alone. */
  readonly resizeFailures: Readonly<Record<string, { readonly message: string; readonly retryAtMs: number } | undefined>>
  /** By container id. */
  readonly probes: Readonly<Record<string, SeenProbes | undefined>>
  /** Kills under way: when the process will have been killed by force. */
  readonly kills: Readonly<Record<string, { readonly deadlineMs: number } | undefined>>
  /** Directories, mounts and cgroups are gone. */
  readonly cleaned: boolean
}

export type Action =
  /** Makes the pod's directories, volumes and reads what its environment refers to. Runs on in the background. */
  | { do: 'prepareVolumes' }
  | { do: 'ensureImage'; container: string; attempt: number }
  | { do: 'runSandbox'; attempt: number }
  /** `removing`: dead containers that go at the same time; what that leaves, removeSandbox takes along. */
  | { do: 'stopSandbox'; id: string; removing?: readonly string[] }
  | { do: 'startContainer'; container: string; attempt: number; sandboxId: string; imageId: string; backoff: RestartBackoff | undefined }
  /** Runs on in the background. `reason` is an event's. */
  | { do: 'killContainer'; id: string; container: string; graceSeconds: number; message: string }
  /** Gives a running container what its pod now asks for. */
  | { do: 'resizeContainer'; id: string; container: string }
  | { do: 'removeContainer'; id: string }
  | { do: 'removeSandbox'; id: string }
  | { do: 'cleanUp' }
  /** Deletes the API object; the worker ends. */
  | { do: 'finish' }

export interface Plan {
  readonly actions: readonly Action[]
  /** When to plan again although nothing happens. */
  readonly wakeAtMs?: number
}
