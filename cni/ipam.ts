// Hygiene of host-local's reservations: an address whose sandbox is gone (power loss, a crash between the plugins) is given back.
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAddress } from './cidr.ts'
import { networkName } from './config.ts'

export interface Reservation {
  readonly address: string
  readonly sandboxId: string
}

/** Reservations of sandboxes that do not exist. Pure. */
export const planReleases = (reservations: readonly Reservation[], liveSandboxIds: ReadonlySet<string>): Reservation[] =>
  reservations.filter(r => r.sandboxId !== '' && !liveSandboxIds.has(r.sandboxId))

/** host-local keeps one file per address, named after it; the first line is the container's id. */
export const parseReservation = (fileName: string, text: string): Reservation | undefined =>
  parseAddress(fileName) === undefined ? undefined : { address: fileName, sandboxId: text.split(/\r?\n/)[0]?.trim() ?? '' }

export const listReservations = async (dataDir: string): Promise<Reservation[]> => {
  const dir = join(dataDir, networkName)
  const names = await readdir(dir).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  })
  const found = await Promise.all(names.map(async name => parseReservation(name, await readFile(join(dir, name), 'utf8').catch(() => ''))))
  return found.filter(r => r !== undefined)
}

/**
 * Gives back what no live sandbox holds, and returns it. To be called only while no sandbox is being made (at the agent's start): the runtime
 * lists a sandbox after its address was reserved. Idempotent.
 */
export const releaseReservations = async (dataDir: string, liveSandboxIds: ReadonlySet<string>): Promise<Reservation[]> => {
  const stale = planReleases(await listReservations(dataDir), liveSandboxIds)
  await Promise.all(stale.map(({ address }) => rm(join(dataDir, networkName, address), { force: true })))
  return stale
}
