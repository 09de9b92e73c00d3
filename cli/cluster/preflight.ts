// What must hold before a cluster is started here. Every check gives one sentence that says what is wrong and how to mend it, and all of
// them are gathered, so that one run shows all there is to do. Changes nothing.
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { Paths } from '../../base/paths.ts'
import { readKeeper, readProgram } from '../supervise/kept.ts'
import type { ClusterConfig } from './cluster-config.ts'
import { findProgram, readCgroupFacts } from './machine.ts'

/** Raised whenever what lies under Paths.lib can no longer be read by the version before. */
export const dataVersion = 1

const packages: Readonly<Record<string, string>> = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  etcd: 'etcd-server',
  nft: 'nftables',
  conntrack: 'conntrack',
  ip: 'iproute2',
  busybox: 'busybox-static',
  setsid: 'util-linux',
  setpriv: 'util-linux',
}

const checkRoot = (): string[] => (process.getuid?.() === 0 ? [] : ['a cluster needs root (network namespaces, mounts, cgroups): run it with sudo'])

const checkPrograms = async (config: ClusterConfig): Promise<string[]> => {
  const wanted = Object.keys(packages).filter(
    program => (config.etcd.own || program !== 'etcd') && (config.containerd.own || !['containerd', 'runc'].includes(program)),
  )
  const missing = await Promise.all(wanted.map(async program => ((await findProgram(program)) ? [] : [program])))
  return missing.flat().map(program => `the program "${program}" is missing: install it with "apt-get install ${packages[program]}"`)
}

const checkCgroups = async (): Promise<string[]> =>
  (await readCgroupFacts()).memory
    ? []
    : [
        'the kernel offers no cgroup memory controller, so no pod could be held to its limits: boot with "cgroup_enable=memory" (Raspberry Pi: in cmdline.txt), or mount /sys/fs/cgroup',
      ]

const checkVersion = async (paths: Paths): Promise<string[]> => {
  const text = await readFile(join(paths.lib, 'version'), 'utf8').catch(() => undefined)
  if (text === undefined || Number(text) === dataVersion) return []
  return [
    `the data in ${paths.lib} has format ${text.trim()}, this version of Wherry reads format ${dataVersion}: use the version that made it, or remove it with "npm run down"`,
  ]
}

/** The process that listens on a TCP port, as "name (pid N)", found by its socket's inode. */
const findListener = async (port: number): Promise<string> => {
  const { readdir, readlink } = await import('node:fs/promises')
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map(file => readFile(file, 'utf8').catch(() => '')))
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const inodes = new Set(
    tables
      .flatMap(table => table.split('\n'))
      .map(line => line.trim().split(/\s+/))
      .filter(fields => fields[1]?.endsWith(suffix) && fields[3] === '0A')
      .map(fields => `socket:[${fields[9]}]`),
  )
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => [])
    for (const descriptor of descriptors) {
      const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '')
      if (inodes.has(target)) return `${(await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a process')).trim()} (pid ${pid})`
    }
  }
  return 'another process'
}

const bindError = (host: string, port: number): Promise<string | undefined> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', error => resolve((error as NodeJS.ErrnoException).code))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })

const checkPort = async (host: string, port: number, what: string, flag: string): Promise<string[]> => {
  const code = await bindError(host, port)
  if (code === undefined) return []
  if (code === 'EADDRNOTAVAIL')
    return [`${host} is no address of this machine, so the ${what} cannot listen there: choose another with --bind-address or --node-ip`]
  if (code !== 'EADDRINUSE') return [`the ${what} cannot listen on ${host}:${port} (${code}): choose another port with ${flag}`]
  return [`port ${port}, wanted by the ${what}, is in use by ${await findListener(port)}: stop that, or choose another port with ${flag}`]
}

/** Ports count only where nothing of this cluster holds them already. */
const checkPorts = async (config: ClusterConfig, paths: Paths): Promise<string[]> => {
  const runs = async (name: string): Promise<boolean> => Boolean((await readKeeper({ name, run: paths.run })) ?? (await readProgram({ name, run: paths.run })))
  const found: string[] = []
  if (!(await runs('server'))) found.push(...(await checkPort(config.bindAddress, config.apiPort, 'API server', '--api-port')))
  if (!(await runs('agent'))) found.push(...(await checkPort(config.bindAddress, config.agentPort, 'agent', '--agent-port')))
  if (config.etcd.own && !(await runs('etcd'))) {
    found.push(
      ...(await checkPort('127.0.0.1', config.etcd.port, 'etcd', '--etcd-port')),
      ...(await checkPort('127.0.0.1', config.etcd.port + 1, 'etcd (peers)', '--etcd-port')),
    )
  }
  return found
}

const checkLocalhost = async (): Promise<string[]> => {
  const { lookup } = await import('node:dns/promises')
  const addresses = await lookup('localhost', { all: true }).catch(() => [])
  return addresses.some(({ address }) => address === '127.0.0.1')
    ? []
    : ['"localhost" does not resolve to 127.0.0.1, where etcd listens: add the line "127.0.0.1 localhost" to /etc/hosts']
}

/** The longest path that a Unix socket can be bound to (unix(7)), with room for ".ttrpc". */
const checkSocketPath = (paths: Paths): string[] =>
  paths.containerd.socket.length + 6 <= 107
    ? []
    : [`the directory ${paths.run} is too long a path for a socket: choose a --root of at most ${107 - 6 - '/run/containerd.sock'.length} characters`]

/** All sentences; empty when the cluster can be started. */
export const preflight = async (config: ClusterConfig, paths: Paths): Promise<string[]> => {
  const root = checkRoot()
  if (root.length > 0) return root
  const found = await Promise.all([checkPrograms(config), checkCgroups(), checkVersion(paths), checkPorts(config, paths), checkLocalhost()])
  return [...found.flat(), ...checkSocketPath(paths)]
}
