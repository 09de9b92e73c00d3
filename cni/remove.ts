// Takes away everything that the pod network put on the host: for `wherry down`, when no pod is left.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Shell } from '../base/shell.types.ts'

export interface RemoveNetworkOptions {
  readonly confDir: string
  readonly dataDir: string
  readonly bridgeName?: string
  /** Tables of this name in the families bridge and inet. */
  readonly tableName?: string
  /** Routes are ours by this protocol number (`ip route … proto N`). */
  readonly routeProtocol?: number
  /** Addresses put on the loopback device, e.g. the DNS server's `10.43.0.10/32`. */
  readonly addresses?: readonly string[]
}

/** Marks our routes in `ip route`; any number that nobody has registered. */
export const routeProtocol = 219

/** Idempotent: what is not there is no error. Throws with all that could not be removed. */
export const removeNetwork = async (shell: Shell, options: RemoveNetworkOptions): Promise<void> => {
  const { bridgeName = 'wherry0', tableName = 'wherry', routeProtocol: protocol = routeProtocol, addresses = [] } = options
  const failures: string[] = []
  const remove = async (isThere: readonly string[], argv: readonly string[]): Promise<void> => {
    const found = await shell.run(isThere)
    if (found.code !== 0 || found.stdout.trim() === '') return
    const { code, stderr } = await shell.run(argv)
    if (code !== 0) failures.push(`${argv.join(' ')}: ${stderr.trim()}`)
  }
  await remove(['ip', '-4', 'route', 'show', 'proto', String(protocol)], ['ip', '-4', 'route', 'flush', 'proto', String(protocol)])
  for (const address of addresses) await remove(['ip', '-4', 'address', 'show', 'dev', 'lo', 'to', address], ['ip', 'address', 'del', address, 'dev', 'lo'])
  for (const family of ['inet', 'bridge']) await remove(['nft', 'list', 'table', family, tableName], ['nft', 'delete', 'table', family, tableName])
  await remove(['ip', 'link', 'show', 'dev', bridgeName], ['ip', 'link', 'del', bridgeName])
  await Promise.all([rm(join(options.confDir, '10-wherry.conflist'), { force: true }), rm(options.dataDir, { recursive: true, force: true })])
  if (failures.length > 0) throw new Error(`the pod network could not be removed: ${failures.join('; ')}`)
}
