// One pod's worker: serial, and only the last update counts. observe → plan → execute, until the plan has nothing to do; then it waits
// to be poked: by the API, an event of containerd, a probe, a pull, a timer.
import { isDeepStrictEqual } from 'node:util'
import type { ContainerStatus, Pod, PodStatus } from '../../api/types/core-v1.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { backoffDelayMs } from '../../base/backoff.ts'
import type { ImageManager } from '../images/image-manager.ts'
import { plan } from '../plan/plan.ts'
import { isResized, toGiven, type Given, withResourcesOf, withShownResources } from '../plan/resize.ts'
import type { Action, PendingResize, Seen, Want } from '../plan/types.ts'
import { toPodStatus, type HostFacts } from '../pod-status/pod-status.ts'
import type { PodFacts } from '../pod-config/field-ref.ts'
import { podNameOf, podNamespaceOf, podUidOf } from '../pod-config/names.ts'
import type { ProbeManager } from '../probes/probe-manager.ts'
import type { VolumeManager } from '../volumes/volume-manager.ts'
import { computeTermination } from '../plan/termination.ts'
import { findContainer, type Executors, type PodMemory } from './executors.ts'
import type { RuntimeView } from './runtime-view.ts'

export interface WorkerDeps {
  readonly view: RuntimeView
  readonly images: ImageManager
  readonly volumes: VolumeManager
  readonly probes: ProbeManager
  readonly executors: Executors
  readonly clock: Clock
  readonly log: Logger
  readonly host: HostFacts
  /** For the downward API. */
  readonly facts: (uid: string, pod: Pod) => PodFacts
  /** `before` is what it said last, or what the API showed at first. */
  readonly report: (pod: Pod, status: PodStatus, before: PodStatus | undefined) => void
  /** Nothing of the pod is left, or it never was: the worker ends. */
  readonly ended: (worker: PodWorker) => void
  /** Why the node refuses a pod that has not begun. */
  readonly admit: (pod: Pod) => { reason: string; message: string } | undefined
  /** Why the node does not give a pod that it has begun what it asks for now. */
  readonly admitResize: (pod: Pod) => PendingResize | undefined
}

const failureBackoff = { baseMs: 200, maxMs: 30_000 }
/** A plan that never comes to rest is a mistake in the plan. */
const maxRounds = 200

export class PodWorker {
  readonly uid: string
  readonly #deps: WorkerDeps
  readonly #memory: PodMemory = {
    failures: new Map(),
    backoffs: new Map(),
    kills: new Map(),
    preStopped: new Set(),
    given: new Map(),
    resizeFailures: new Map(),
    sandboxFailure: undefined,
    cleaned: false,
    finished: false,
  }
  /** As its source shows it. */
  #wanted: Pod
  /** With the resources that the node allows. */
  #pod: Pod
  #pendingResize: PendingResize | undefined
  /** The object is gone from its source. */
  #gone: boolean
  #rejection: { reason: string; message: string } | undefined
  #terminatingSinceMs: number | undefined
  #status: PodStatus | undefined
  #known: PodStatus | undefined
  #running: Promise<void> | undefined
  #dirty = false
  #stopped = false
  #failures = 0
  #cancelTimer: (() => void) | undefined
  readonly #bornMs: number

  constructor(pod: Pod, gone: boolean, deps: WorkerDeps) {
    this.uid = podUidOf(pod)
    this.#wanted = pod
    this.#pod = pod
    this.#gone = gone
    this.#deps = deps
    this.#bornMs = deps.clock.now()
    this.#known = pod.status
    this.#status = pod.status
    const begun = pod.status?.startTime !== undefined || deps.view.sandboxes(this.uid).length > 0
    if (!gone && !begun && !pod.metadata.deletionTimestamp) this.#rejection = deps.admit(pod)
    else if (!gone) this.#allow(pod, withShownResources(pod))
  }

  get pod(): Pod {
    return this.#pod
  }
  get status(): PodStatus | undefined {
    return this.#status
  }
  get finished(): boolean {
    return this.#memory.finished
  }
  get isGone(): boolean {
    return this.#gone
  }
  /** Takes up room on the node: neither refused nor done. */
  get active(): boolean {
    return !this.#rejection && this.#status?.phase !== 'Succeeded' && this.#status?.phase !== 'Failed'
  }

  /** A newer version of the pod. */
  update(pod: Pod): void {
    const changed =
      !isDeepStrictEqual(pod.metadata.labels, this.#pod.metadata.labels) || !isDeepStrictEqual(pod.metadata.annotations, this.#pod.metadata.annotations)
    this.#allow(pod, this.#pod)
    if (changed) this.#refreshVolumes()
    this.poke()
  }

  /** Resources change only to what the node has room for; until then the pod keeps what it was allowed. */
  #allow(wanted: Pod, allowed: Pod): void {
    this.#wanted = wanted
    this.#pendingResize = isResized(wanted, allowed) ? this.#deps.admitResize(wanted) : undefined
    this.#pod = this.#pendingResize ? withResourcesOf(wanted, allowed) : wanted
  }

  /** There may be room now. */
  retryResize(): void {
    if (this.#pendingResize?.reason !== 'Deferred') return
    this.#allow(this.#wanted, this.#pod)
    this.poke()
  }

  /** What kept a sandbox from being made may be over. */
  retrySandbox(): void {
    const failure = this.#memory.sandboxFailure
    if (!failure) return
    this.#memory.sandboxFailure = { ...failure, count: 0, retryAtMs: 0 }
    this.poke()
  }

  /** Its source knows it no more. */
  leave(): void {
    this.#gone = true
    this.poke()
  }

  refreshVolumes(): void {
    this.#refreshVolumes()
    // A missing ConfigMap or key may be there now.
    for (const [name, failure] of this.#memory.failures)
      if (failure.reason === 'CreateContainerConfigError') this.#memory.failures.set(name, { ...failure, retryAtMs: 0 })
    this.poke()
  }

  // Not for a pod on its way out: its folder may be gone already, and a write would make it again.
  #refreshVolumes(): void {
    if (!this.#gone && !this.#pod.metadata.deletionTimestamp) this.#deps.volumes.refresh(this.#pod, this.#deps.facts(this.uid, this.#pod))
  }

  poke(): void {
    this.#dirty = true
    if (this.#running || this.#stopped || this.#memory.finished) return
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      if (this.#dirty) this.poke()
    })
  }

  /** Lets a running action end and starts no other. What runs in containerd is not touched. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancelTimer?.()
    await this.#running
  }

  async #run(): Promise<void> {
    try {
      await this.#settle()
      this.#failures = 0
    } catch (error) {
      const delayMs = backoffDelayMs(failureBackoff, this.#failures++)
      this.#deps.log.warn({ err: error, pod: `${podNamespaceOf(this.#pod)}/${podNameOf(this.#pod)}`, retryMs: delayMs }, 'a step for a pod failed; tried again')
      this.#wakeAt(this.#deps.clock.now() + delayMs)
    }
  }

  async #settle(): Promise<void> {
    for (let round = 0; round < maxRounds; round++) {
      if (this.#isStopped()) return
      this.#dirty = false
      const want = this.#want()
      const seen = this.#observe()
      const { actions, wakeAtMs } = plan(want, seen, this.#deps.clock.now())
      this.#report(want, seen)
      if (!actions.length) {
        if (wakeAtMs !== undefined) this.#wakeAt(wakeAtMs)
        else this.#wakeForDeadline()
        return
      }
      for (const action of actions) {
        await this.#execute(action)
        if (this.#memory.finished) {
          this.#deps.ended(this)
          return
        }
        // What came in meanwhile may have made the rest of the plan wrong.
        if (this.#isStopped() || this.#isDirty()) break
      }
    }
    throw new Error(`the plan did not come to rest in ${maxRounds} rounds`)
  }

  // Read through methods: they change while an action is awaited.
  #isDirty(): boolean {
    return this.#dirty
  }
  #isStopped(): boolean {
    return this.#stopped
  }

  #execute(action: Action): Promise<void> | void {
    const run = this.#deps.executors[action.do] as (action: Action, pod: Pod, memory: PodMemory) => Promise<void> | void
    return run(action, this.#pod, this.#memory)
  }

  #want(): Want {
    const nowMs = this.#deps.clock.now()
    const ending = this.#gone || this.#pod.metadata.deletionTimestamp !== undefined
    if (ending) this.#terminatingSinceMs ??= nowMs
    return {
      pod: this.#pod,
      ...(this.#pendingResize && { pendingResize: this.#pendingResize }),
      remove: ending,
      ...computeTermination({
        pod: this.#pod,
        gone: this.#gone,
        rejection: this.#rejection,
        status: this.#status,
        sinceMs: this.#terminatingSinceMs,
        bornMs: this.#bornMs,
        nowMs,
      }),
    }
  }

  #observe(): Seen {
    const { view, images, volumes, probes } = this.#deps
    const memory = this.#memory
    const sandboxes = view.sandboxes(this.uid)
    const containers = view.containers(this.uid)
    const ips = this.#pod.spec.hostNetwork ? this.#deps.host.ips : (sandboxes[0]?.ips ?? [])
    probes.sync(this.#pod, containers, ips[0], id => this.#knownContainer(id))
    for (const { id, name } of containers) if (!memory.given.has(id)) memory.given.set(id, this.#givenTo(id, name))
    for (const id of memory.given.keys()) if (!containers.some(c => c.id === id)) memory.given.delete(id)
    return {
      sandboxes,
      containers,
      volumes: volumes.state(this.uid),
      ...(memory.sandboxFailure && { sandboxFailure: memory.sandboxFailure }),
      images: images.states(this.uid),
      failures: Object.fromEntries(memory.failures),
      backoffs: Object.fromEntries(memory.backoffs),
      given: Object.fromEntries(memory.given),
      resizeFailures: Object.fromEntries(memory.resizeFailures),
      probes: probes.results(this.uid),
      kills: Object.fromEntries(memory.kills),
      cleaned: memory.cleaned,
    }
  }

  /** What the API showed of a container when this agent first saw the pod. */
  #shown(id: string): ContainerStatus | undefined {
    const all = [...(this.#known?.initContainerStatuses ?? []), ...(this.#known?.containerStatuses ?? [])]
    return all.find(c => c.containerID === `containerd://${id}`)
  }
  #knownContainer(id: string): { ready: boolean; started: boolean } | undefined {
    const found = this.#shown(id)
    return found && { ready: found.ready, started: found.started === true }
  }
  /** Of a container that an earlier agent started. */
  #givenTo(id: string, name: string): Given {
    return toGiven(this.#shown(id)) ?? findContainer(this.#pod, name)?.resources ?? {}
  }

  #report(want: Want, seen: Seen): void {
    // An object that is gone has no status to write.
    if (this.#gone) return
    const status = toPodStatus(want, seen, this.#deps.host, this.#status, this.#deps.clock.now())
    const before = this.#status
    this.#status = status
    this.#deps.report(this.#pod, status, before)
  }

  #wakeForDeadline(): void {
    const seconds = this.#pod.spec.activeDeadlineSeconds
    if (seconds === undefined || !this.#status?.startTime || !this.active) return
    this.#wakeAt(Date.parse(this.#status.startTime) + seconds * 1000)
  }

  #wakeAt(atMs: number): void {
    this.#cancelTimer?.()
    this.#cancelTimer = this.#deps.clock.after(Math.max(1, atMs - this.#deps.clock.now()), () => this.poke())
  }
}
