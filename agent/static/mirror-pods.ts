// Mirror pods: how static pods show in the API. One per static pod, made again when someone deletes it, removed with its manifest.
import { pods } from '../../api/kinds/core/pod.ts'
import { isReason } from '../../api/status.ts'
import type { Pod, PodStatus } from '../../api/types/core-v1.ts'
import type { Logger } from '../../base/log.ts'
import type { ApiClient, Informer } from '../../client/types.ts'
import { configHash, configMirror } from '../pod-config/names.ts'
import type { StatusWriter } from '../pods/status-writer.ts'

export const isMirror = (pod: Pod): boolean => pod.metadata.annotations?.[configMirror] !== undefined
export const isStatic = (pod: Pod): boolean => pod.metadata.annotations?.[configHash] !== undefined && !isMirror(pod)

export class MirrorPods {
  readonly #client: ApiClient
  readonly #informer: Informer<Pod>
  readonly #writer: StatusWriter
  readonly #log: Logger
  readonly #making = new Set<string>()

  constructor(client: ApiClient, informer: Informer<Pod>, writer: StatusWriter, log: Logger) {
    this.#client = client
    this.#informer = informer
    this.#writer = writer
    this.#log = log
  }

  report(pod: Pod, status: PodStatus): void {
    const mirror = this.#informer.get(`${pod.metadata.namespace}/${pod.metadata.name}`)
    if (!mirror) void this.#make(pod)
    else if (mirror.metadata.annotations?.[configMirror] !== pod.metadata.uid) void this.#delete(mirror)
    else this.#writer.report({ namespace: mirror.metadata.namespace!, name: mirror.metadata.name!, uid: mirror.metadata.uid! }, status, mirror.status)
  }

  /** Mirrors whose static pod is gone. */
  removeStale(wanted: ReadonlySet<string>): void {
    for (const pod of this.#informer.list()) {
      const hash = pod.metadata.annotations?.[configMirror]
      if (hash !== undefined && !wanted.has(hash)) void this.#delete(pod)
    }
  }

  async #make(pod: Pod): Promise<void> {
    const uid = pod.metadata.uid!
    if (this.#making.has(uid) || !this.#informer.hasSynced()) return
    this.#making.add(uid)
    const { uid: _uid, ...metadata } = pod.metadata
    try {
      await this.#client
        .of(pods, pod.metadata.namespace)
        .create({ ...pod, metadata: { ...metadata, annotations: { ...metadata.annotations, [configMirror]: uid } } })
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) this.#log.debug({ err: error, pod: pod.metadata.name }, 'a mirror pod could not be made')
    } finally {
      this.#making.delete(uid)
    }
  }

  async #delete(mirror: Pod): Promise<void> {
    const preconditions = { uid: mirror.metadata.uid! }
    await this.#client
      .of(pods, mirror.metadata.namespace)
      .delete(mirror.metadata.name!, { gracePeriodSeconds: 0, preconditions })
      .catch(() => undefined)
  }
}
