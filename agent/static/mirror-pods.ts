// Mirror pods: how static pods show in the API. One per static pod, made again when someone deletes it, removed with its manifest.
import { pods } from '../../api/kinds/core/pod.ts'
import { isReason } from '../../api/status.ts'
import type { Node, Pod, PodStatus } from '../../api/types/core-v1.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { ApiClient, Informer } from '../../client/types.ts'
import { configHash, configMirror } from '../pod-config/names.ts'
import type { StatusWriter } from '../pods/status-writer.ts'

export const isMirror = (pod: Pod): boolean => pod.metadata.annotations?.[configMirror] !== undefined
export const isStatic = (pod: Pod): boolean => pod.metadata.annotations?.[configHash] !== undefined && !isMirror(pod)

export interface MirrorPodsDeps {
  readonly client: ApiClient
  readonly informer: Informer<Pod>
  /** The node that the pods run on, once it is registered: mirror pods belong to it. */
  readonly node: () => Node | undefined
  readonly writer: StatusWriter
  readonly clock: Clock
  readonly log: Logger
  /** The static pod is to be reported again. */
  readonly changed: (uid: string) => void
}

const retryMs = 1000

export class MirrorPods {
  readonly #deps: MirrorPodsDeps
  readonly #making = new Set<string>()

  constructor(deps: MirrorPodsDeps) {
    this.#deps = deps
  }

  report(pod: Pod, status: PodStatus): void {
    const mirror = this.#deps.informer.get(`${pod.metadata.namespace}/${pod.metadata.name}`)
    if (!mirror) void this.#make(pod)
    // One that somebody deletes goes at once, and is made anew.
    else if (mirror.metadata.annotations?.[configMirror] !== pod.metadata.uid || mirror.metadata.deletionTimestamp) void this.#delete(mirror)
    else this.#deps.writer.report({ namespace: mirror.metadata.namespace!, name: mirror.metadata.name!, uid: mirror.metadata.uid! }, status, mirror.status)
  }

  /** Mirrors whose static pod is gone. */
  removeStale(wanted: ReadonlySet<string>): void {
    for (const pod of this.#deps.informer.list()) {
      const hash = pod.metadata.annotations?.[configMirror]
      if (hash !== undefined && !wanted.has(hash)) void this.#delete(pod)
    }
  }

  async #make(pod: Pod): Promise<void> {
    const uid = pod.metadata.uid!
    const node = this.#deps.node()
    // Reported again once both are known.
    if (this.#making.has(uid) || !this.#deps.informer.hasSynced() || !node?.metadata.uid) return
    this.#making.add(uid)
    const { uid: _uid, ...metadata } = pod.metadata
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Node', name: node.metadata.name!, uid: node.metadata.uid, controller: true }]
    try {
      await this.#deps.client
        .of(pods, pod.metadata.namespace)
        .create({ ...pod, metadata: { ...metadata, ownerReferences, annotations: { ...metadata.annotations, [configMirror]: uid } } })
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) this.#deps.log.warn({ err: error, pod: pod.metadata.name }, 'a mirror pod could not be made; tried again')
      this.#deps.clock.after(retryMs, () => this.#deps.changed(uid))
    } finally {
      this.#making.delete(uid)
    }
  }

  async #delete(mirror: Pod): Promise<void> {
    const preconditions = { uid: mirror.metadata.uid! }
    await this.#deps.client
      .of(pods, mirror.metadata.namespace)
      .delete(mirror.metadata.name!, { gracePeriodSeconds: 0, preconditions })
      .catch(() => undefined)
  }
}
