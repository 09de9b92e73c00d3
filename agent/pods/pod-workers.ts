// The workers by uid: made for a pod that its source shows, for a static manifest, and for what containerd still holds of a pod that is
// gone; dropped when nothing is left.
import type { Pod } from '../../api/types/core-v1.ts'
import { podUidOf } from '../pod-config/names.ts'
import type { PodIdentity } from './runtime-view.ts'
import { PodWorker, type WorkerDeps } from './worker.ts'

export class PodWorkers {
  readonly #workers = new Map<string, PodWorker>()
  readonly #makeDeps: () => Omit<WorkerDeps, 'ended'>
  readonly #onEnded: (worker: PodWorker) => void

  constructor(makeDeps: () => Omit<WorkerDeps, 'ended'>, onEnded: (worker: PodWorker) => void) {
    this.#makeDeps = makeDeps
    this.#onEnded = onEnded
  }

  get(uid: string): PodWorker | undefined {
    return this.#workers.get(uid)
  }
  all(): PodWorker[] {
    return [...this.#workers.values()]
  }
  find(namespace: string, name: string): PodWorker | undefined {
    const named = this.all().filter(
      ({ pod }) => pod.metadata.namespace === namespace && pod.metadata.name === name && !pod.metadata.annotations?.['wherry/orphan'],
    )
    // One on its way out may still have the name of its successor.
    return named.find(worker => !worker.isGone) ?? named[0]
  }

  /** The source shows this pod. */
  apply(pod: Pod): void {
    const uid = podUidOf(pod)
    const known = this.#workers.get(uid)
    if (known) {
      known.update(pod)
      return
    }
    this.#add(new PodWorker(pod, false, { ...this.#makeDeps(), ended: worker => this.#ended(worker) }))
  }

  /** The source knows it no more. */
  leave(uid: string): void {
    const worker = this.#workers.get(uid)
    if (!worker) return
    if (worker.finished) this.#workers.delete(uid)
    else worker.leave()
  }

  /** What is left of a pod that no source knows: it has to go. */
  removeOrphan({ uid, name, namespace }: PodIdentity): void {
    if (this.#workers.has(uid)) return
    const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, uid, annotations: { 'wherry/orphan': 'true' } }, spec: { containers: [] } }
    this.#add(new PodWorker(pod, true, { ...this.#makeDeps(), ended: worker => this.#ended(worker) }))
  }

  #add(worker: PodWorker): void {
    this.#workers.set(worker.uid, worker)
    worker.poke()
  }

  /** A pod that is still shown (finalizers hold it) keeps its worker, which does nothing more. */
  #ended(worker: PodWorker): void {
    if (worker.isGone) this.#workers.delete(worker.uid)
    this.#onEnded(worker)
  }

  async stop(): Promise<void> {
    await Promise.all(this.all().map(worker => worker.stop()))
  }
}
