// Prepares the host side of the pod network: bridge, sysctls, and the rule that makes every packet between pods pass the host's IP stack.
// Works the same whether br_netfilter is loaded, on, off or absent (docs/adr/0010).
import type { Shell } from '../base/shell.types.ts'
import { gatewayOf, parseCidr } from './cidr.ts'
import type { CompletedNetworkConfig, NetworkConfig } from './config.ts'
import { completeNetworkConfig } from './config.ts'

/** Sysctls by path under /proc/sys. Pure. */
export const toSysctls = (bridge: string): ReadonlyMap<string, string> =>
  new Map([
    ['net/ipv4/ip_forward', '1'],
    // the bridge answers ARP for pods behind itself, so that they send to the host what is meant for each other …
    [`net/ipv4/conf/${bridge}/proxy_arp_pvlan`, '1'],
    // … at once: by default an answer in another's place is held back for up to 0.8 s
    [`net/ipv4/neigh/${bridge}/proxy_delay`, '0'],
    // and is not told that there is a shorter way
    [`net/ipv4/conf/${bridge}/send_redirects`, '0'],
  ])

/**
 * ARP between two pods of this node never crosses the bridge; the gateway answers instead. Static: no action per pod and no moment in
 * which a new port is open. The redirects are dropped here as well, because the sysctl above is overruled by conf/all.
 */
export const toIsolationTable = ({ tableName, podCidr }: Pick<CompletedNetworkConfig, 'tableName' | 'podCidr'>): string => `
add table bridge ${tableName}
delete table bridge ${tableName}
table bridge ${tableName} {
  chain isolate {
    type filter hook forward priority filter; policy accept;
    arp saddr ip ${podCidr} arp daddr ip ${podCidr} drop
  }
}
`

const must = async (shell: Shell, argv: readonly string[], input?: string): Promise<string> => {
  const { code, stdout, stderr } = await shell.run(argv, input === undefined ? {} : { input })
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr.trim() || `exit code ${code}`}`)
  return stdout
}

interface LinkInfo {
  readonly address?: string
  readonly addr_info?: readonly { family: string; local: string; prefixlen: number }[]
}

/** Made before the first pod: the sysctls need it, and its hardware address must not follow whichever port is attached. */
const ensureBridge = async (shell: Shell, { bridgeName, podCidr, mtu }: CompletedNetworkConfig): Promise<void> => {
  const pods = parseCidr(podCidr)
  if (!pods) throw new Error(`pod CIDR ${podCidr}: not an IPv4 prefix`)
  const gateway = gatewayOf(pods).withLength
  const found = await shell.run(['ip', '-j', 'address', 'show', 'dev', bridgeName])
  if (found.code !== 0) {
    const hardware = [
      '0a',
      '58',
      ...gateway
        .split('/')[0]!
        .split('.')
        .map(part => Number(part).toString(16).padStart(2, '0')),
    ].join(':')
    await must(shell, ['ip', 'link', 'add', bridgeName, 'address', hardware, ...(mtu === undefined ? [] : ['mtu', String(mtu)]), 'type', 'bridge'])
  }
  const [link] = found.code === 0 ? (JSON.parse(found.stdout) as LinkInfo[]) : []
  const present = (link?.addr_info ?? []).filter(a => a.family === 'inet').map(a => `${a.local}/${a.prefixlen}`)
  for (const stale of present) if (stale !== gateway) await must(shell, ['ip', 'address', 'del', stale, 'dev', bridgeName])
  if (!present.includes(gateway)) await must(shell, ['ip', 'address', 'add', gateway, 'dev', bridgeName])
  await must(shell, ['ip', 'link', 'set', bridgeName, 'up'])
}

/** Through the shell, so that one thing decides in which network namespace all of this happens. */
const ensureSysctls = async (shell: Shell, wanted: ReadonlyMap<string, string>): Promise<void> => {
  const entries = [...wanted]
  const now = (await must(shell, ['cat', ...entries.map(([path]) => `/proc/sys/${path}`)])).split('\n')
  for (const [i, [path, value]] of entries.entries()) if (now[i] !== value) await must(shell, ['tee', `/proc/sys/${path}`], value)
}

/**
 * Idempotent; disturbs no running pod. Acts in the network namespace of the shell's programs. Throws one clear sentence.
 */
export const prepareHost = async (shell: Shell, config: NetworkConfig): Promise<void> => {
  const complete = completeNetworkConfig(config)
  await ensureBridge(shell, complete)
  await ensureSysctls(shell, toSysctls(complete.bridgeName))
  const listed = await shell.run(['nft', 'list', 'table', 'bridge', complete.tableName])
  if (listed.code === 0 && listed.stdout.includes(`arp saddr ip ${complete.podCidr} arp daddr ip ${complete.podCidr} drop`)) return
  await must(shell, ['nft', '-f', '-'], toIsolationTable(complete)).catch((cause: unknown) => {
    throw new Error(`pods cannot be made to reach each other through the host: this kernel's nftables lacks the bridge family (${String(cause)})`, { cause })
  })
}
