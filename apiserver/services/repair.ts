// What crashes and unknown outcomes leave behind: claims that no Service uses any more go, Services whose claim is missing get it. Runs
// when a server starts and now and then; several servers may run it at once, as every step is checked by the store.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Entry, Store } from '../../store/store.ts'
import { type Claims, type Owner, ownerOf } from './claims.ts'
import { clusterIpsOf, nodePortsOf, type Service } from './service-spec.ts'

export interface RepairParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  /** Prefix of the stored Services. */
  readonly services: string
  readonly ips: Claims
  readonly ports: Claims
  /** Whether a claim on an address was made by a server, as opposed to one that somebody else keeps. */
  readonly isOurs: (claim: Entry) => boolean
}

export interface Usage {
  readonly ips: number
  readonly ports: number
}

/** A claim this young may belong to a Service that is being written; longer than any request lasts. */
const graceMs = 120_000

type Holder = Owner & { readonly key: string }
const keyOf = ({ namespace, name }: Owner): string => `${namespace}/${name}`

/** Who holds each number, of those that Services say; the first of two is believed. */
const holdersOf = (services: readonly Service[], numbersOf: (service: Service) => readonly string[]): { holders: Map<string, Holder>; doubles: string[] } => {
  const holders = new Map<string, Holder>()
  const doubles: string[] = []
  for (const service of services) {
    const owner = { namespace: service.metadata.namespace ?? '', name: service.metadata.name ?? '' }
    for (const number of numbersOf(service)) {
      if (holders.has(number)) doubles.push(`${keyOf(owner)} ${number}`)
      else holders.set(number, { ...owner, key: keyOf(owner) })
    }
  }
  return { holders, doubles }
}

const mend = async ({ clock, log }: RepairParts, claims: Claims, holders: ReadonlyMap<string, Holder>, isOurs: (claim: Entry) => boolean): Promise<number> => {
  const present = new Map((await claims.all()).map(entry => [entry.name, entry]))
  for (const [number, holder] of holders) {
    const claim = present.get(number)
    const owner = claim && ownerOf(claim.object())
    if (owner && keyOf(owner) === holder.key) continue
    // Another's claim on what a Service has: the Service is what packets follow.
    if (claim) {
      if (!isOurs(claim)) continue
      await claims.remove(claim)
    }
    log.warn({ number, service: holder.key }, 'a service had no claim on its address or port')
    await claims.take(number, holder)
  }
  for (const [number, claim] of present) {
    if (holders.has(number) || !isOurs(claim)) continue
    const { creationTimestamp } = claim.object().metadata
    if (creationTimestamp !== undefined && clock.now() - Date.parse(creationTimestamp) < graceMs) continue
    if (await claims.remove(claim)) log.info({ number }, 'an address or port that no service uses was given back')
  }
  return holders.size
}

/** One pass. Answers how many addresses and ports are in use. */
export const repairAddresses = async (parts: RepairParts): Promise<Usage> => {
  const { store, log, ips, ports } = parts
  // Claims are read after the Services: one whose Service came in between is young.
  const { entries } = await store.list(parts.services, { freshness: 'consistent' })
  const services = [...entries].map(entry => entry.object() as Service)
  const addresses = holdersOf(services, s => clusterIpsOf(s.spec))
  const numbers = holdersOf(services, s => nodePortsOf(s.spec).map(String))
  for (const double of [...addresses.doubles, ...numbers.doubles]) log.warn({ double }, 'a service address is given out twice')
  return {
    ips: await mend(parts, ips, addresses.holders, parts.isOurs),
    ports: await mend(parts, ports, numbers.holders, () => true),
  }
}
