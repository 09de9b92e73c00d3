// The directories of a cluster and the settings kept in them. What `up` decided is in etc/cluster.json; the processes read it there.
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toPaths, type Paths } from '../../base/paths.ts'
import { ensureKubeconfig, ensurePki, writeAtomically, type Pki, type PkiNames } from '../../base/tls.ts'
import { StartError } from '../start-error.ts'
import { completeClusterConfig, type ClusterConfig, type ClusterOptions } from './cluster-config.ts'
import { ensureEncryption } from './encryption.ts'
import { readMachineFacts } from './machine.ts'
import { dataVersion } from './preflight.ts'

export const configFile = (paths: Pick<Paths, 'etc'>): string => join(paths.etc, 'cluster.json')

export const readClusterConfig = async (paths: Pick<Paths, 'etc'>): Promise<ClusterConfig | undefined> => {
  const text = await readFile(configFile(paths), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : (JSON.parse(text) as ClusterConfig)
}

/** Flags over defaults over the machine; for a process that is started alone, over what an `up` left. */
export const toClusterConfig = async (options: ClusterOptions): Promise<ClusterConfig> => completeClusterConfig(options, await readMachineFacts())

const toOptions = (config: ClusterConfig): ClusterOptions => ({
  ...config,
  etcdPort: config.etcd.port,
  ...(!config.etcd.own && { etcdServers: config.etcd.servers }),
  ...(config.etcd.tls && { etcdTls: config.etcd.tls }),
  ...(config.containerd.socket !== undefined && { containerdSocket: config.containerd.socket }),
  ...(config.containerd.cniConfDir !== undefined && { cniConfDir: config.containerd.cniConfDir }),
})

export const mergeClusterConfig = async (options: ClusterOptions): Promise<ClusterConfig> => {
  const before = await readClusterConfig(toPaths(options.root))
  return toClusterConfig({ ...(before && toOptions(before)), ...options })
}

export const toPkiNames = (config: ClusterConfig): PkiNames => ({
  nodeName: config.nodeName,
  nodeIp: config.nodeIp,
  serviceIp: config.serviceIp,
  clusterDomain: config.clusterDomain,
  extraSans: config.bindAddress === '0.0.0.0' || config.bindAddress === '::' ? [] : [config.bindAddress],
})

/** Where this machine reaches its API server. */
export const apiServerUrl = (config: ClusterConfig): string => `https://${config.nodeIp}:${config.apiPort}`

/** Directories, version stamp, certificates, kubeconfig and settings. Idempotent. */
export const ensureClusterFiles = async (config: ClusterConfig, paths: Paths): Promise<Pki> => {
  await mkdir(paths.etc, { recursive: true, mode: 0o700 })
  // Containers and shims pass through lib and run: searchable by all, listed by none.
  for (const directory of [paths.lib, paths.run]) await mkdir(directory, { recursive: true, mode: 0o711 })
  await mkdir(join(paths.lib, 'log'), { recursive: true, mode: 0o700 })
  await writeAtomically(join(paths.lib, 'version'), `${dataVersion}\n`, 0o644)
  const pki = await ensurePki(paths, toPkiNames(config))
  await ensureEncryption(config, paths).catch((error: unknown) => {
    throw new StartError([(error as Error).message])
  })
  await ensureKubeconfig(paths.adminKubeconfig, apiServerUrl(config), pki.admin)
  await writeAtomically(configFile(paths), `${JSON.stringify(config, undefined, 2)}\n`)
  return pki
}
