// Leases for objects with a time to live. One lease serves all objects of a minute, as upstream does it: a lease per Event would be
// as dear as the Event.
import type { Clock } from '../base/clock.ts'

/** Upstream's figures (storage/etcd3/lease_manager.go): at most so much longer than asked for, and so many objects on one lease. */
const reuseSeconds = 60
const reuseShare = 0.05
const maxObjectsPerLease = 1_000

interface Lease {
  readonly id: Promise<string>
  readonly expiresAtMs: number
  objects: number
}

export class EtcdLeases {
  readonly #grant: (ttlSeconds: number) => Promise<string>
  readonly #clock: Clock
  readonly #byTtl = new Map<number, Lease>()

  constructor(grant: (ttlSeconds: number) => Promise<string>, clock: Clock) {
    this.#grant = grant
    this.#clock = clock
  }

  /** The id of a lease that ends no earlier than in `ttlSeconds`. Ids are strings: they do not survive `Number`. */
  async get(ttlSeconds: number): Promise<string> {
    const neededMs = this.#clock.now() + ttlSeconds * 1000
    let lease = this.#byTtl.get(ttlSeconds)
    if (!lease || lease.expiresAtMs < neededMs || lease.objects >= maxObjectsPerLease) {
      const extraSeconds = Math.floor(Math.min(reuseSeconds, ttlSeconds * reuseShare))
      lease = { id: this.#grant(ttlSeconds + extraSeconds), expiresAtMs: neededMs + extraSeconds * 1000, objects: 0 }
      this.#byTtl.set(ttlSeconds, lease)
    }
    lease.objects++
    try {
      return await lease.id
    } catch (error) {
      if (this.#byTtl.get(ttlSeconds) === lease) this.#byTtl.delete(ttlSeconds)
      throw error
    }
  }

  /** etcd no longer knows a lease (it was restored, or the lease was revoked): the next get grants new ones. */
  forget(): void {
    this.#byTtl.clear()
  }
}
