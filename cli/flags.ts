// Flags that several commands share, and what they come to: paths, options of the cluster.
import { resolve } from 'node:path'
import { Flags } from '@oclif/core'
import { toPaths, type Paths } from '../base/paths.ts'
import type { ClusterOptions, LogLevel } from './cluster/cluster-config.ts'

const logLevels = ['debug', 'info', 'warn', 'error'] as const

export const rootFlag = {
  root: Flags.string({
    env: 'WHERRY_ROOT',
    helpValue: 'DIR',
    description: 'keep configuration, data and sockets under DIR instead of /etc, /var/lib and /run/wherry',
  }),
}

export const clusterFlags = {
  ...rootFlag,
  'node-name': Flags.string({ helpValue: 'NAME', description: 'name of the Node object [default: the host name]' }),
  'node-ip': Flags.string({ helpValue: 'IP', description: 'address of this node [default: that of the default route]' }),
  'bind-address': Flags.string({ helpValue: 'IP', description: 'address to listen on [default: 0.0.0.0]' }),
  'api-port': Flags.integer({ min: 1, max: 65_535, helpValue: 'PORT', description: 'port of the API server [default: 6443]' }),
  'agent-port': Flags.integer({ min: 1, max: 65_535, helpValue: 'PORT', description: 'port of the agent, for logs and exec [default: 10250]' }),
  'etcd-port': Flags.integer({
    min: 1,
    max: 65_534,
    helpValue: 'PORT',
    description: 'port of our own etcd on loopback; the next one is its peer port [default: 12379]',
  }),
  'etcd-servers': Flags.string({ helpValue: 'URL,…', description: 'use this etcd instead of starting one' }),
  'etcd-cafile': Flags.string({ helpValue: 'FILE', dependsOn: ['etcd-servers'], description: 'authority of that etcd' }),
  'etcd-certfile': Flags.string({ helpValue: 'FILE', dependsOn: ['etcd-cafile', 'etcd-keyfile'], description: 'client certificate for that etcd' }),
  'etcd-keyfile': Flags.string({ helpValue: 'FILE', dependsOn: ['etcd-cafile', 'etcd-certfile'], description: 'key of that certificate' }),
  'encryption-provider-config': Flags.string({
    helpValue: 'FILE',
    description: 'EncryptionConfiguration that says how objects are encrypted in etcd [default: etc/encryption.yaml, made at the first start]',
  }),
  'containerd-socket': Flags.string({
    helpValue: 'PATH',
    description: 'use this containerd instead of starting one; its sandbox image and runtimes are its own',
  }),
  'cni-conf-dir': Flags.string({
    helpValue: 'DIR',
    dependsOn: ['containerd-socket'],
    description: 'where that containerd reads its CNI configuration [default: /etc/cni/net.d]',
  }),
  'pod-cidr': Flags.string({ helpValue: 'CIDR', description: 'addresses of pods [default: 10.42.0.0/16]' }),
  'service-cidr': Flags.string({ helpValue: 'CIDR', description: 'addresses of Services [default: 10.43.0.0/16]' }),
  'cluster-domain': Flags.string({ helpValue: 'DOMAIN', description: 'DNS domain of the cluster [default: cluster.local]' }),
  'log-level': Flags.option({ options: logLevels, description: 'how much the processes log [default: info]' })(),
}

/** What oclif makes of clusterFlags. */
export interface ClusterFlags {
  readonly root?: string | undefined
  readonly 'node-name'?: string | undefined
  readonly 'node-ip'?: string | undefined
  readonly 'bind-address'?: string | undefined
  readonly 'api-port'?: number | undefined
  readonly 'agent-port'?: number | undefined
  readonly 'etcd-port'?: number | undefined
  readonly 'etcd-servers'?: string | undefined
  readonly 'etcd-cafile'?: string | undefined
  readonly 'etcd-certfile'?: string | undefined
  readonly 'etcd-keyfile'?: string | undefined
  readonly 'encryption-provider-config'?: string | undefined
  readonly 'containerd-socket'?: string | undefined
  readonly 'cni-conf-dir'?: string | undefined
  readonly 'pod-cidr'?: string | undefined
  readonly 'service-cidr'?: string | undefined
  readonly 'cluster-domain'?: string | undefined
  readonly 'log-level'?: LogLevel | undefined
}

export const toRoot = (flags: { readonly root?: string | undefined }): string | undefined => (flags.root ? resolve(flags.root) : undefined)
export const pathsOf = (flags: { readonly root?: string | undefined }): Paths => toPaths(toRoot(flags))

/** Only what was given; defaults are completeClusterConfig's. */
export const toClusterOptions = (flags: ClusterFlags): ClusterOptions => {
  const [ca, cert, key] = [flags['etcd-cafile'], flags['etcd-certfile'], flags['etcd-keyfile']]
  const given = {
    root: toRoot(flags),
    nodeName: flags['node-name'],
    nodeIp: flags['node-ip'],
    bindAddress: flags['bind-address'],
    apiPort: flags['api-port'],
    agentPort: flags['agent-port'],
    etcdPort: flags['etcd-port'],
    etcdServers: flags['etcd-servers']?.split(',').map(url => url.replace(/\/$/, '')),
    encryptionConfig: flags['encryption-provider-config'] && resolve(flags['encryption-provider-config']),
    containerdSocket: flags['containerd-socket'],
    cniConfDir: flags['cni-conf-dir'],
    etcdTls: ca !== undefined && cert !== undefined && key !== undefined ? { ca: resolve(ca), cert: resolve(cert), key: resolve(key) } : undefined,
    podCidr: flags['pod-cidr'],
    serviceCidr: flags['service-cidr'],
    clusterDomain: flags['cluster-domain'],
    logLevel: flags['log-level'],
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}
