// That this API server is there, said to the others and to the cluster: its identity Lease, and its address among the endpoints of the Service
// `kubernetes`. Renewed at upstream's rhythm; what other servers leave behind goes.
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { repeat } from '../../base/repeat.ts'
import { ensureKubernetesEndpoints } from '../bootstrap/kubernetes-service.ts'
import type { Parts } from '../context.ts'
import { createEndpointLeases } from './endpoint-leases.ts'
import { identityOf, removeExpiredIdentities, renewIdentity } from './identity-lease.ts'

export interface Presence {
  /** To be called before the store starts. */
  register(): Promise<void>
  /** Resolves when this server is among the endpoints. */
  start(port: number): Promise<void>
  /** Takes this server out of the endpoints, as long as another is left. */
  stop(): Promise<void>
}

const renewMs = 10_000
const collectMs = 3_600_000

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1'

/** How long a stop waits for the store. */
const goodbyeMs = 1_000

export const createPresence = (parts: Parts): Presence => {
  const { store, clock, config, log } = parts
  const address = config.advertiseAddress
  const host = hostname()
  const holder = `${identityOf(host)}_${randomUUID()}`
  // A loopback address is no endpoint that a pod could use, and upstream refuses it.
  const leases = isLoopback(address) ? undefined : createEndpointLeases(store, address)
  let cancels: (() => void)[] = []
  let running = false

  const publish = async (port: number): Promise<void> => {
    const alive = await leases!.alive()
    // Never none: whoever is told that nobody is there has lost the way.
    if (alive.length) await ensureKubernetesEndpoints(parts, alive, port)
  }
  const keep = (ms: number, what: string, work: () => Promise<void>): void => {
    const failed = (err: unknown): void => {
      if (running) log.warn({ err }, `${what} failed; it is tried again`)
    }
    cancels.push(repeat(clock, ms, work, failed))
  }

  let ownPort = 0
  return {
    register: async () => leases?.register(),
    start: async port => {
      ownPort = port
      running = true
      await Promise.all([renewIdentity(parts, host, holder), leases?.renew().then(() => publish(port))])
      keep(renewMs, 'renewing the identity of this server', () => renewIdentity(parts, host, holder))
      keep(collectMs, 'removing the identities of servers that have gone', () => removeExpiredIdentities(parts))
      if (leases) {
        keep(renewMs, 'saying where this server is reached', async () => {
          await leases.renew()
          await publish(port)
        })
      }
    },
    stop: async () => {
      if (!running) return
      running = false
      for (const cancel of cancels) cancel()
      cancels = []
      if (!leases) return
      const goodbye = leases.remove().then(() => publish(ownPort))
      await Promise.race([goodbye.catch(() => undefined), new Promise(resolve => setTimeout(resolve, goodbyeMs).unref())])
    },
  }
}
