// Leader election on a Lease, with upstream's semantics: who holds an unexpired lease leads; expiry is judged by how long *we* have seen
// the record unchanged, never by the other's clock. A leader that cannot renew in time stops leading before anyone else may start.
import { leases } from '../api/kinds/coordination/lease.ts'
import { isReason } from '../api/status.ts'
import type { Lease } from '../api/types/coordination-v1.ts'
import { type Clock, sleep, toMicroTime } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { ApiClient, ResourceClient } from './types.ts'

export interface LeaderElectionConfig {
  readonly namespace: string
  readonly name: string
  /** Unique per candidate: host name and something random. */
  readonly identity: string
  /** How long others wait for an unrenewed lease (default 15 s). */
  readonly leaseDurationMs?: number
  /** How long a leader tries to renew before it gives up (default 10 s). */
  readonly renewDeadlineMs?: number
  /** Between tries (default 2 s, with jitter when not leading). */
  readonly retryPeriodMs?: number
}

export interface LeaderElectionDeps {
  readonly client: ApiClient
  readonly log: Logger
  readonly clock: Clock
}

interface Observed {
  lease: Lease
  atMs: number
}

// A call, so that the compiler does not take the answer from before an await.
const isAborted = (signal: AbortSignal): boolean => signal.aborted

/**
 * Stands for election until `signal` aborts. `lead` runs while we hold the lease; its signal aborts when the lease is lost or `signal`
 * aborts, and no new term begins before it has returned. On a clean end the lease is given up, so that the next leader need not wait.
 */
export const runLeaderElection = async (
  config: LeaderElectionConfig,
  { client, log, clock }: LeaderElectionDeps,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  const { namespace, name, identity, leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryPeriodMs = 2_000 } = config
  const api: ResourceClient<Lease> = client.of(leases, namespace)
  let observed: Observed | undefined

  const observe = (lease: Lease): Lease => {
    if (observed?.lease.metadata.resourceVersion !== lease.metadata.resourceVersion) observed = { lease, atMs: clock.now() }
    return lease
  }
  const claim = (old: Lease | undefined): Lease['spec'] => {
    const now = toMicroTime(clock.now())
    const mine = old?.spec.holderIdentity === identity
    return {
      ...old?.spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
      renewTime: now,
      acquireTime: mine ? (old.spec.acquireTime ?? now) : now,
      leaseTransitions: (old?.spec.leaseTransitions ?? 0) + (old && !mine ? 1 : 0),
    }
  }
  /** True when the lease is ours afterwards. Throws when the API does not answer. */
  const tryAcquire = async (within: AbortSignal): Promise<boolean> => {
    try {
      // A leader's own last write is current; only when that proves wrong is the lease read again.
      const held = observed?.lease.spec.holderIdentity === identity ? observed.lease : observe(await api.get(name, { signal: within }))
      const holder = held.spec.holderIdentity
      const durationMs = (held.spec.leaseDurationSeconds ?? 0) * 1000
      if (holder && holder !== identity && observed && clock.now() < observed.atMs + durationMs) return false
      observe(await api.update({ ...held, spec: claim(held) }, { signal: within }))
      return true
    } catch (error) {
      if (isReason(error, 'Conflict')) {
        observe(await api.get(name, { signal: within }))
        return false
      }
      if (!isReason(error, 'NotFound')) throw error
      const lease = { apiVersion: leases.apiVersion, kind: leases.kind, metadata: { name, namespace }, spec: claim(undefined) } as Lease
      try {
        observe(await api.create(lease, { signal: within }))
        return true
      } catch (again) {
        if (isReason(again, 'AlreadyExists')) return false
        throw again
      }
    }
  }
  const release = async (): Promise<void> => {
    const lease = observed?.lease
    if (lease?.spec.holderIdentity !== identity) return
    const spec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1, renewTime: toMicroTime(clock.now()) }
    await api
      .update({ ...lease, spec }, { signal: AbortSignal.timeout(2_000) })
      .catch((error: unknown) => log.debug({ err: error }, 'the lease could not be given up'))
    observed = undefined
  }
  const pause = (jitter: number): Promise<void> => sleep(clock, retryPeriodMs * (1 + jitter * Math.random()), signal).catch(() => undefined)

  /** Renews until it is no longer possible in time. */
  const hold = async (): Promise<void> => {
    let renewedMs = clock.now()
    while (!signal.aborted) {
      await pause(0)
      if (isAborted(signal)) return
      const left = renewedMs + renewDeadlineMs - clock.now()
      if (left <= 0) return
      try {
        const attempt = AbortSignal.any([signal, AbortSignal.timeout(Math.min(left, retryPeriodMs * 2))])
        if (await tryAcquire(attempt)) renewedMs = clock.now()
        else if (observed?.lease.spec.holderIdentity !== identity) return
      } catch (error) {
        if (!isAborted(signal)) log.warn({ err: error, lease: name }, 'the leader lease could not be renewed; trying again')
      }
    }
  }

  while (!signal.aborted) {
    const won = await tryAcquire(signal).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error, lease: name }, 'the leader lease could not be read or written; trying again')
      return false
    })
    if (!won) {
      await pause(1.2)
      continue
    }
    log.info({ lease: name, identity }, 'leading')
    const term = new AbortController()
    const leading = lead(AbortSignal.any([signal, term.signal]))
    try {
      await Promise.race([hold(), leading])
    } finally {
      term.abort(new Error(`the lease ${namespace}/${name} was lost or given up`))
      await leading.catch((error: unknown) => {
        if (!signal.aborted && !term.signal.aborted) throw error
      })
      if (isAborted(signal)) await release()
      else log.warn({ lease: name, identity }, 'no longer leading')
    }
  }
}
