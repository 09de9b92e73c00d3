// Brings pod statuses to the API: per pod the latest wins, one request in flight, nothing is lost, and nothing is written that is
// already there. Strategic merge on /status with the uid, as upstream's kubelet does: conditions of others stay.
import { pods } from '../../api/kinds/core/pod.ts'
import { StatusError } from '../../api/status.ts'
import type { PodStatus } from '../../api/types/core-v1.ts'
import { backoffDelayMs } from '../../base/backoff.ts'
import { sleep, type Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { ApiClient } from '../../client/types.ts'
import { passingConditions } from '../pod-status/conditions.ts'

export interface StatusTarget {
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

interface Entry {
  target: StatusTarget
  wanted: PodStatus
  written: PodStatus | undefined
  writing: Promise<void> | undefined
  cancelDelay: (() => void) | undefined
}

const retry = { baseMs: 200, maxMs: 10_000, jitter: 0.2 }
/** Changes that nobody waits for ride along with the next that matters. */
const lazyMs = 150
const fields = [
  'phase',
  'reason',
  'message',
  'startTime',
  'qosClass',
  'observedGeneration',
  'hostIP',
  'hostIPs',
  'podIP',
  'podIPs',
  'conditions',
  'containerStatuses',
  'initContainerStatuses',
  'ephemeralContainerStatuses',
] as const

export class StatusWriter {
  readonly #client: ApiClient
  readonly #clock: Clock
  readonly #log: Logger
  readonly #signal: AbortSignal
  readonly #entries = new Map<string, Entry>()

  constructor(client: ApiClient, deps: { clock: Clock; log: Logger; signal: AbortSignal }) {
    this.#client = client
    this.#clock = deps.clock
    this.#log = deps.log
    this.#signal = deps.signal
  }

  /** `known` is what the API showed when the pod was first seen. */
  report(target: StatusTarget, status: PodStatus, known: PodStatus | undefined): void {
    let entry = this.#entries.get(target.uid)
    if (!entry) this.#entries.set(target.uid, (entry = { target, wanted: status, written: known, writing: undefined, cancelDelay: undefined }))
    entry.target = target
    entry.wanted = status
    if (entry.writing || same(entry.wanted, entry.written)) return
    const { wanted, written } = entry
    if (matters(wanted, written)) void this.#start(entry)
    else entry.cancelDelay ??= this.#clock.after(lazyMs, () => void this.#start(entry))
  }

  /** Resolves when the latest status of the pod is written, or its object is gone. */
  async flush(uid: string): Promise<void> {
    for (let entry = this.#entries.get(uid); entry && (entry.writing || !same(entry.wanted, entry.written)); entry = this.#entries.get(uid)) {
      if (this.#signal.aborted) return
      await this.#start(entry)
    }
  }

  forget(uid: string): void {
    this.#entries.get(uid)?.cancelDelay?.()
    this.#entries.delete(uid)
  }

  #start(entry: Entry): Promise<void> {
    entry.cancelDelay?.()
    entry.cancelDelay = undefined
    entry.writing ??= this.#write(entry)
      .catch(() => undefined)
      .finally(() => {
        entry.writing = undefined
      })
    return entry.writing
  }

  async #write(entry: Entry): Promise<void> {
    for (let attempt = 0; !same(entry.wanted, entry.written) && this.#entries.get(entry.target.uid) === entry;) {
      const status = entry.wanted
      const { namespace, name, uid } = entry.target
      try {
        await this.#client
          .of(pods, namespace)
          .patch(name, 'strategic', { metadata: { uid }, status: toPatch(status, entry.written) }, { subresource: 'status', signal: this.#signal })
        entry.written = status
        attempt = 0
      } catch (error) {
        if (this.#signal.aborted) return
        if (error instanceof StatusError && (error.code === 404 || error.code === 409)) {
          // Gone, or another pod of the same name: there is nothing left to tell.
          entry.written = status
          return
        }
        this.#log.warn({ err: error, pod: `${namespace}/${name}` }, 'a pod status could not be written; tried again')
        await sleep(this.#clock, backoffDelayMs(retry, attempt++), this.#signal)
      }
    }
  }
}

const same = (a: PodStatus, b: PodStatus | undefined): boolean => b !== undefined && JSON.stringify(pick(a)) === JSON.stringify(pick(b))

const pick = (status: PodStatus): unknown[] => fields.map(name => canonical(status[name]))

/** Key order and nulls do not matter. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value ?? undefined
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== null && v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, canonical(v)]),
  )
}

/** Phase, container states and readiness are waited for; addresses and transition details alone are not. */
const matters = (wanted: PodStatus, written: PodStatus | undefined): boolean => {
  const facts = (s: PodStatus | undefined): string =>
    JSON.stringify([
      s?.phase,
      s?.reason,
      s?.conditions?.find(c => c.type === 'Ready')?.status,
      [...(s?.containerStatuses ?? []), ...(s?.initContainerStatuses ?? [])].map(c => [canonical(c.state), c.ready, c.restartCount]),
    ])
  return facts(wanted) !== facts(written)
}

/** Lists with a merge key only add: addresses that are no longer ours are named for deletion, as the two-way merge of upstream's kubelet does. */
const toPatch = (status: PodStatus, written: PodStatus | undefined): Record<string, unknown> => {
  const patch: Record<string, unknown> = {}
  for (const name of fields) {
    if (status[name] !== undefined) patch[name] = status[name]
    else if (written?.[name] !== undefined) patch[name] = null
  }
  // A condition is merged with the one of its type: what it no longer says has to be named.
  if (status.conditions) {
    patch['conditions'] = status.conditions.map(now => {
      const before: Partial<typeof now> = written?.conditions?.find(({ type }) => type === now.type) ?? {}
      const unsaid = (['reason', 'message'] as const).filter(key => before[key] !== undefined && now[key] === undefined)
      return { ...now, ...Object.fromEntries(unsaid.map(key => [key, null])) }
    })
    const over = passingConditions.filter(type => [written, status].map(s => s?.conditions?.some(c => c.type === type)).join() === 'true,false')
    if (over.length) patch['conditions'] = [...(patch['conditions'] as object[]), ...over.map(type => ({ $patch: 'delete', type }))]
  }
  for (const name of ['podIPs', 'hostIPs'] as const) {
    const gone = (written?.[name] ?? []).filter(({ ip }) => !status[name]?.some(kept => kept.ip === ip))
    if (gone.length && status[name]) patch[name] = [...status[name], ...gone.map(({ ip }) => ({ $patch: 'delete', ip }))]
  }
  return patch
}
