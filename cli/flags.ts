// The flags of all commands, as data: oclif explains them (command-flags.ts), and a plain command line is read by them without it (plain-flags.ts).
// What they come to: paths, options of the cluster.
import { resolve } from 'node:path'
import { toPaths, type Paths } from '../base/paths.ts'
import type { ClusterOptions } from './cluster/cluster-config.ts'

interface FlagText {
  readonly description: string
  readonly helpValue?: string
  /** A variable that stands for the flag where it is not given. */
  readonly env?: string
  readonly dependsOn?: readonly string[]
  readonly exclusive?: readonly string[]
}
export interface StringFlag extends FlagText {
  readonly type: 'string'
  readonly options?: readonly string[]
}
export interface IntegerFlag extends FlagText {
  readonly type: 'integer'
  readonly min: number
  readonly max: number
}
export interface BooleanFlag extends FlagText {
  readonly type: 'boolean'
  /** `--no-NAME` turns it off. */
  readonly allowNo?: boolean
}
export type Flag = StringFlag | IntegerFlag | BooleanFlag
export type Flags = Readonly<Record<string, Flag>>

type ValueOf<F extends Flag> = F extends IntegerFlag ? number : F extends BooleanFlag ? boolean : F extends { options: readonly (infer O)[] } ? O : string
/** What a command line gives; nothing stands in for what it does not say. */
export type FlagValues<F extends Flags> = { readonly [Name in keyof F]?: ValueOf<F[Name]> | undefined }

export const rootFlag = {
  root: {
    type: 'string',
    env: 'WHERRY_ROOT',
    helpValue: 'DIR',
    description: 'keep configuration, data and sockets under DIR instead of /etc, /var/lib and /run/wherry',
  },
} as const satisfies Flags

export const clusterFlags = {
  ...rootFlag,
  'node-name': { type: 'string', helpValue: 'NAME', description: 'name of the Node object [default: the host name]' },
  'node-ip': { type: 'string', helpValue: 'IP', description: 'address of this node [default: that of the default route]' },
  'bind-address': { type: 'string', helpValue: 'IP', description: 'address to listen on [default: 0.0.0.0]' },
  'api-port': { type: 'integer', min: 1, max: 65_535, helpValue: 'PORT', description: 'port of the API server [default: 6443]' },
  'agent-port': { type: 'integer', min: 1, max: 65_535, helpValue: 'PORT', description: 'port of the agent, for logs and exec [default: 10250]' },
  'etcd-port': {
    type: 'integer',
    min: 1,
    max: 65_534,
    helpValue: 'PORT',
    description: 'port of our own etcd on loopback; the next one is its peer port [default: 12379]',
  },
  'etcd-servers': { type: 'string', helpValue: 'URL,…', description: 'use this etcd instead of starting one' },
  'etcd-cafile': { type: 'string', helpValue: 'FILE', dependsOn: ['etcd-servers'], description: 'authority of that etcd' },
  'etcd-certfile': { type: 'string', helpValue: 'FILE', dependsOn: ['etcd-cafile', 'etcd-keyfile'], description: 'client certificate for that etcd' },
  'etcd-keyfile': { type: 'string', helpValue: 'FILE', dependsOn: ['etcd-cafile', 'etcd-certfile'], description: 'key of that certificate' },
  'encryption-provider-config': {
    type: 'string',
    helpValue: 'FILE',
    description: 'EncryptionConfiguration that says how objects are encrypted in etcd [default: etc/encryption.yaml, made at the first start]',
  },
  'audit-policy-file': {
    type: 'string',
    helpValue: 'FILE',
    dependsOn: ['audit-log-path'],
    description: 'record requests to the API server as this Policy of audit.k8s.io/v1 says',
  },
  'audit-log-path': { type: 'string', helpValue: 'FILE', dependsOn: ['audit-policy-file'], description: 'where they are recorded; - is the standard output' },
  'audit-log-maxsize': { type: 'integer', min: 1, max: 1_000_000, helpValue: 'MB', description: 'size at which that file is turned over [default: 100]' },
  'audit-log-maxbackup': { type: 'integer', min: 0, max: 1_000_000, helpValue: 'N', description: 'old files that are kept [default: all]' },
  'audit-log-maxage': { type: 'integer', min: 0, max: 1_000_000, helpValue: 'DAYS', description: 'how long they are kept [default: for ever]' },
  'token-auth-file': { type: 'string', helpValue: 'FILE', description: 'static tokens of the API server: lines of token,user,uid,"group,…"' },
  'containerd-socket': {
    type: 'string',
    helpValue: 'PATH',
    description: 'use this containerd instead of starting one; its sandbox image and runtimes are its own',
  },
  'cni-conf-dir': {
    type: 'string',
    helpValue: 'DIR',
    dependsOn: ['containerd-socket'],
    description: 'where that containerd reads its CNI configuration [default: /etc/cni/net.d]',
  },
  'pod-cidr': { type: 'string', helpValue: 'CIDR', description: 'addresses of pods [default: 10.42.0.0/16]' },
  'service-cidr': { type: 'string', helpValue: 'CIDR', description: 'addresses of Services [default: 10.43.0.0/16]' },
  'cluster-domain': { type: 'string', helpValue: 'DOMAIN', description: 'DNS domain of the cluster [default: cluster.local]' },
  'log-level': { type: 'string', options: ['debug', 'info', 'warn', 'error'], description: 'how much the processes log [default: info]' },
} as const satisfies Flags

export const apiserverFlags = {
  ...clusterFlags,
  store: { type: 'string', options: ['etcd', 'memory'], description: 'where objects are kept [default: etcd]' },
  ephemeral: {
    type: 'boolean',
    exclusive: ['root', 'etcd-servers', 'encryption-provider-config'],
    description: 'keep everything in memory, and print a kubeconfig',
  },
} as const satisfies Flags

export const upFlags = {
  ...clusterFlags,
  sample: { type: 'boolean', allowNo: true, description: 'run examples/hello.yaml when the cluster starts for the first time [default: yes]' },
} as const satisfies Flags

export const statusFlags = { ...rootFlag, json: { type: 'boolean', description: 'as JSON, for programs' } } as const satisfies Flags

export const toRoot = (flags: FlagValues<typeof rootFlag>): string | undefined => (flags.root ? resolve(flags.root) : undefined)
export const pathsOf = (flags: FlagValues<typeof rootFlag>): Paths => toPaths(toRoot(flags))

/** Only what was given; defaults are completeClusterConfig's. */
export const toClusterOptions = (flags: FlagValues<typeof clusterFlags>): ClusterOptions => {
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
    auditPolicyFile: flags['audit-policy-file'] && resolve(flags['audit-policy-file']),
    auditLogPath: flags['audit-log-path'] === '-' ? '-' : flags['audit-log-path'] && resolve(flags['audit-log-path']),
    auditLogMaxSize: flags['audit-log-maxsize'],
    auditLogMaxBackup: flags['audit-log-maxbackup'],
    auditLogMaxAge: flags['audit-log-maxage'],
    tokenAuthFile: flags['token-auth-file'] && resolve(flags['token-auth-file']),
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
