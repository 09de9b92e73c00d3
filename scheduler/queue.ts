// Pods waiting for a node. Unschedulable ones wait for an event that a plugin which rejected them finds helpful; nothing is retried blindly.
//
//   add ─▶ active ─pop─▶ in flight ─fits─▶ done
//            ▲              │ rejected                      │ error
//            │              ▼                               ▼
//            ├──── unschedulable ─helpful event─▶ back-off ◀┘
//            └──────────────────── time up, or nothing else to do ────┘
import type { Pod } from '../api/types/core-v1.ts'
import { type Backoff, backoffDelayMs } from '../base/backoff.ts'
import type { Clock } from '../base/clock.ts'
import { toPodInfo } from './framework/pod-requests.ts'
import type { ClusterEvent, Plugin, PodInfo } from './framework/types.ts'
import { createHeap } from './heap.ts'

export interface QueuedPod {
  info: PodInfo
  /** When it last entered the queue; earlier goes first among equal priorities. */
  readyMs: number
  readonly firstMs: number
  attempts: number
  rejections: number
  errors: number
  rejectedBy: ReadonlySet<string>
  /** Back-off after an error is waited out; after a rejection it yields when nothing else is to be done. */
  failedMs: number
}

export interface SchedulingQueue {
  /** A pod that needs a node: new, or changed. */
  put(pod: Pod): void
  remove(uid: string): void
  /** The next pod, now in flight until `done`, `rejected` or `failed`. */
  pop(): QueuedPod | undefined
  done(pod: QueuedPod): void
  rejected(pod: QueuedPod, by: ReadonlySet<string>): void
  failed(pod: QueuedPod): void
  /** Something changed: pods that it may help come again. */
  move(event: ClusterEvent): void
  stop(): void
  readonly sizes: { active: number; backoff: number; unschedulable: number; inFlight: number }
}

const backoff: Backoff = { baseMs: 1_000, maxMs: 10_000 }
/** Even without a helpful event: repairs a hint that was wrong. */
const maxUnschedulableMs = 5 * 60_000

const priority = (q: QueuedPod): number => q.info.pod.spec.priority ?? 0
const uidOf = (q: QueuedPod): string => q.info.uid

/** A change that matters to scheduling; status and bookkeeping do not. */
const differs = (a: Pod, b: Pod): boolean =>
  a.metadata.generation !== b.metadata.generation ||
  a.metadata.deletionTimestamp !== b.metadata.deletionTimestamp ||
  JSON.stringify([a.spec, a.metadata.labels, a.metadata.annotations]) !== JSON.stringify([b.spec, b.metadata.labels, b.metadata.annotations])

const isGated = (pod: Pod): boolean => (pod.spec.schedulingGates?.length ?? 0) > 0

export const createSchedulingQueue = ({ clock, plugins, onReady }: { clock: Clock; plugins: readonly Plugin[]; onReady: () => void }): SchedulingQueue => {
  const active = createHeap<QueuedPod>(uidOf, (a, b) => priority(a) > priority(b) || (priority(a) === priority(b) && a.readyMs < b.readyMs))
  const waiting = createHeap<QueuedPod & { dueMs: number; hard: boolean }>(uidOf, (a, b) => a.dueMs < b.dueMs)
  const unschedulable = new Map<string, QueuedPod>()
  const inFlight = new Map<string, { pod: QueuedPod; events: ClusterEvent[]; changed?: Pod; removed: boolean }>()
  const hints = new Map(plugins.map(p => [p.name, p]))
  let cancelTimer: (() => void) | undefined
  let cancelFlush: (() => void) | undefined
  let stopped = false

  const activate = (pod: QueuedPod): void => {
    pod.readyMs = clock.now()
    active.push(pod)
    onReady()
  }
  const arm = (): void => {
    cancelTimer?.()
    cancelTimer = undefined
    const next = waiting.peek()
    if (!next || stopped) return
    cancelTimer = clock.after(Math.max(0, next.dueMs - clock.now()), () => {
      cancelTimer = undefined
      for (let due = waiting.peek(); due && due.dueMs <= clock.now(); due = waiting.peek()) {
        waiting.pop()
        activate(due)
      }
      arm()
    })
  }
  const wait = (pod: QueuedPod, hard: boolean): void => {
    const failures = hard ? pod.errors : pod.rejections
    const dueMs = pod.failedMs + backoffDelayMs(backoff, Math.max(0, failures - 1))
    if (dueMs <= clock.now()) {
      activate(pod)
      return
    }
    waiting.push(Object.assign(pod, { dueMs, hard }))
    arm()
    if (!hard) onReady()
  }
  const mayHelp = (event: ClusterEvent, pod: QueuedPod): boolean =>
    pod.rejectedBy.size === 0 ? event.type === 'NodeAdded' : [...pod.rejectedBy].some(name => hints.get(name)?.mayHelp?.(event, pod.info) ?? true)
  const flushOld = (): void => {
    if (cancelFlush || stopped || unschedulable.size === 0) return
    cancelFlush = clock.after(maxUnschedulableMs / 10, () => {
      cancelFlush = undefined
      for (const [uid, pod] of unschedulable) {
        if (clock.now() - pod.failedMs < maxUnschedulableMs) continue
        unschedulable.delete(uid)
        activate(pod)
      }
      flushOld()
    })
  }
  const held = (uid: string): QueuedPod | undefined => active.get(uid) ?? waiting.get(uid) ?? unschedulable.get(uid)

  return {
    put(pod) {
      const uid = pod.metadata.uid ?? ''
      const flying = inFlight.get(uid)
      if (flying) {
        flying.changed = pod
        return
      }
      const found = held(uid)
      if (isGated(pod)) {
        if (found) this.remove(uid)
        return
      }
      const info = toPodInfo(pod)
      if (!found) {
        const now = clock.now()
        activate({ info, readyMs: now, firstMs: now, attempts: 0, rejections: 0, errors: 0, rejectedBy: new Set(), failedMs: 0 })
        return
      }
      const matters = differs(found.info.pod, pod)
      if (active.get(uid)) {
        active.remove(uid)
        found.info = info
        active.push(found)
        return
      }
      found.info = info
      if (matters && unschedulable.delete(uid)) wait(found, false)
    },
    remove(uid) {
      active.remove(uid)
      if (waiting.remove(uid)) arm()
      unschedulable.delete(uid)
      const flying = inFlight.get(uid)
      if (flying) flying.removed = true
    },
    pop() {
      let pod = active.pop()
      if (!pod) {
        const next = waiting.peek()
        if (!next || next.hard) return undefined
        pod = waiting.pop()!
        arm()
      }
      pod.attempts++
      inFlight.set(pod.info.uid, { pod, events: [], removed: false })
      return pod
    },
    done(pod) {
      inFlight.delete(pod.info.uid)
    },
    rejected(pod, by) {
      const flight = inFlight.get(pod.info.uid)
      inFlight.delete(pod.info.uid)
      if (flight?.removed) return
      pod.rejectedBy = by
      pod.rejections++
      pod.errors = 0
      pod.failedMs = clock.now()
      const changed = flight?.changed !== undefined && differs(pod.info.pod, flight.changed)
      if (flight?.changed) pod.info = toPodInfo(flight.changed)
      if (isGated(pod.info.pod)) return
      if (changed || flight?.events.some(event => mayHelp(event, pod))) wait(pod, false)
      else {
        unschedulable.set(pod.info.uid, pod)
        flushOld()
      }
    },
    failed(pod) {
      const flight = inFlight.get(pod.info.uid)
      inFlight.delete(pod.info.uid)
      if (flight?.removed) return
      pod.errors++
      pod.failedMs = clock.now()
      if (flight?.changed) pod.info = toPodInfo(flight.changed)
      wait(pod, true)
    },
    move(event) {
      for (const flight of inFlight.values()) flight.events.push(event)
      for (const [uid, pod] of unschedulable) {
        if (!mayHelp(event, pod)) continue
        unschedulable.delete(uid)
        wait(pod, false)
      }
    },
    stop() {
      stopped = true
      cancelTimer?.()
      cancelFlush?.()
    },
    get sizes() {
      return { active: active.size, backoff: waiting.size, unschedulable: unschedulable.size, inFlight: inFlight.size }
    },
  }
}
