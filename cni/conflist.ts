// The network configuration that containerd hands to the CNI plugins: bridge with host-local addresses, and nothing that runs iptables.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompletedNetworkConfig, NetworkConfig } from './config.ts'
import { completeNetworkConfig, networkName } from './config.ts'
import { findPluginDir } from './plugins.ts'

/**
 * No `ipMasq` and no `portmap`: masquerading and host ports are in the proxy's table. Hairpin is on because a host with br_netfilter may
 * bridge a packet that a Service sends back to its own sender.
 */
export const toConflist = (config: CompletedNetworkConfig): object => ({
  cniVersion: '0.4.0',
  name: networkName,
  plugins: [
    {
      type: 'bridge',
      bridge: config.bridgeName,
      isGateway: true,
      forceAddress: true,
      ipMasq: false,
      hairpinMode: true,
      ...(config.mtu === undefined ? {} : { mtu: config.mtu }),
      ipam: { type: 'host-local', dataDir: config.dataDir, ranges: [[{ subnet: config.podCidr }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
  ],
})

export interface EnsuredConflist {
  readonly path: string
  readonly binDir: string
  readonly changed: boolean
}

/** Idempotent. Written beside and renamed, so that containerd never reads half a file. */
export const ensureConflist = async (config: NetworkConfig): Promise<EnsuredConflist> => {
  const complete = completeNetworkConfig(config)
  const binDir = await findPluginDir(complete.binDirs)
  const path = join(complete.confDir, '10-wherry.conflist')
  const text = `${JSON.stringify(toConflist(complete), undefined, 2)}\n`
  await Promise.all([mkdir(complete.confDir, { recursive: true }), mkdir(complete.dataDir, { recursive: true })])
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return { path, binDir, changed: false }
  // containerd reads only *.conf, *.conflist and *.json
  const beside = `${path}.new`
  await writeFile(beside, text, { mode: 0o644 })
  await rename(beside, path)
  return { path, binDir, changed: true }
}
