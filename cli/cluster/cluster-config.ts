// What a one-node cluster is made of, as one readonly value: flags over defaults over what the machine says. Pure. `up` writes it to
// etc/cluster.json, and every Wherry process of the cluster reads it there.
import { createHash } from 'node:crypto'

export interface ClusterOptions {
  readonly root?: string
  readonly nodeName?: string
  readonly nodeIp?: string
  readonly bindAddress?: string
  readonly apiPort?: number
  readonly agentPort?: number
  readonly etcdPort?: number
  /** Use this etcd instead of starting one. */
  readonly etcdServers?: readonly string[]
  readonly etcdTls?: { readonly ca: string; readonly cert: string; readonly key: string }
  /** File of an EncryptionConfiguration, in the place of the one that is made with the cluster. */
  readonly encryptionConfig?: string
  /** Files of a Policy of audit.k8s.io/v1 and of the log that it fills; `-` is the standard output. */
  readonly auditPolicyFile?: string
  readonly auditLogPath?: string
  /** Megabytes, number and days of old audit logs; 0: no limit. */
  readonly auditLogMaxSize?: number
  readonly auditLogMaxBackup?: number
  readonly auditLogMaxAge?: number
  /** File of static tokens: lines of token,user,uid,"group,…". */
  readonly tokenAuthFile?: string
  /** Use this containerd instead of starting one. */
  readonly containerdSocket?: string
  /** Where that containerd reads its CNI configuration. */
  readonly cniConfDir?: string
  readonly podCidr?: string
  readonly serviceCidr?: string
  readonly clusterDomain?: string
  readonly sample?: boolean
  readonly logLevel?: LogLevel
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

export interface ClusterConfig {
  readonly version: 'wherry/v1'
  readonly root?: string
  readonly nodeName: string
  readonly nodeIp: string
  readonly bindAddress: string
  readonly apiPort: number
  readonly agentPort: number
  readonly etcd: {
    readonly own: boolean
    readonly servers: readonly string[]
    readonly port: number
    /** Files of an existing etcd's certificates; our own etcd's are in pki/etcd. */
    readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string }
  }
  /** File of an EncryptionConfiguration; without it Paths.encryption. */
  readonly encryptionConfig?: string
  readonly audit?: { readonly policyFile: string; readonly logPath: string; readonly maxSize?: number; readonly maxBackup?: number; readonly maxAge?: number }
  /** File of static tokens. */
  readonly tokenAuthFile?: string
  /** `cniConfDir` only for an existing containerd; ours reads Paths.cni.conf. */
  readonly containerd: { readonly own: boolean; readonly socket?: string; readonly cniConfDir?: string }
  readonly podCidr: string
  readonly serviceCidr: string
  /** First and tenth address of serviceCidr: the API server's Service, and cluster DNS. */
  readonly serviceIp: string
  readonly dnsIp: string
  readonly clusterDomain: string
  /** Cgroup under which all pods lie, so that clusters on one host stay apart. */
  readonly cgroupParent: string
  readonly sample: boolean
  readonly logLevel: LogLevel
}

export interface MachineFacts {
  readonly hostname: string
  readonly address: string | undefined
}

/** The address `index` places after the network address of an IPv4 range. */
export const addressIn = (cidr: string, index: number): string => {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(cidr)
  const octets = match?.slice(1, 5).map(Number) ?? []
  const bits = Number(match?.[5])
  if (octets.length !== 4 || octets.some(octet => octet > 255) || bits > 30) throw new Error(`"${cidr}" is not an IPv4 range such as 10.43.0.0/16`)
  const address = (octets.reduce((sum, octet) => sum * 256 + octet, 0) & (bits === 0 ? 0 : -1 << (32 - bits))) + index
  return [24, 16, 8, 0].map(shift => (address >>> shift) & 255).join('.')
}

const toNodeName = (hostname: string): string =>
  hostname
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '') || 'node'

const toAudit = ({ auditPolicyFile, auditLogPath, auditLogMaxSize, auditLogMaxBackup, auditLogMaxAge }: ClusterOptions): ClusterConfig['audit'] => {
  if (auditPolicyFile === undefined || auditLogPath === undefined) return undefined
  return {
    policyFile: auditPolicyFile,
    logPath: auditLogPath,
    ...(auditLogMaxSize !== undefined && { maxSize: auditLogMaxSize }),
    ...(auditLogMaxBackup !== undefined && { maxBackup: auditLogMaxBackup }),
    ...(auditLogMaxAge !== undefined && { maxAge: auditLogMaxAge }),
  }
}

/** Throws one sentence for a combination that cannot work. */
export const completeClusterConfig = (options: ClusterOptions, machine: MachineFacts): ClusterConfig => {
  const nodeIp = options.nodeIp ?? machine.address
  if (nodeIp === undefined) throw new Error('this machine has no address but loopback: give one with --node-ip')
  const etcdPort = options.etcdPort ?? 12379
  const [podCidr, serviceCidr] = [options.podCidr ?? '10.42.0.0/16', options.serviceCidr ?? '10.43.0.0/16']
  addressIn(podCidr, 1)
  const audit = toAudit(options)
  const suffix = options.root === undefined ? '' : `-${createHash('sha256').update(options.root).digest('hex').slice(0, 8)}`
  return {
    version: 'wherry/v1',
    ...(options.root !== undefined && { root: options.root }),
    nodeName: options.nodeName ?? toNodeName(machine.hostname),
    nodeIp,
    bindAddress: options.bindAddress ?? '0.0.0.0',
    apiPort: options.apiPort ?? 6443,
    agentPort: options.agentPort ?? 10250,
    etcd: {
      own: options.etcdServers === undefined,
      port: etcdPort,
      servers: options.etcdServers ?? [`https://127.0.0.1:${etcdPort}`],
      ...(options.etcdTls && { tls: options.etcdTls }),
    },
    ...(options.encryptionConfig !== undefined && { encryptionConfig: options.encryptionConfig }),
    ...(audit && { audit }),
    ...(options.tokenAuthFile !== undefined && { tokenAuthFile: options.tokenAuthFile }),
    containerd:
      options.containerdSocket === undefined
        ? { own: true }
        : { own: false, socket: options.containerdSocket, cniConfDir: options.cniConfDir ?? '/etc/cni/net.d' },
    podCidr,
    serviceCidr,
    serviceIp: addressIn(serviceCidr, 1),
    dnsIp: addressIn(serviceCidr, 10),
    clusterDomain: options.clusterDomain ?? 'cluster.local',
    cgroupParent: `/wherry${suffix}`,
    sample: options.sample ?? true,
    logLevel: options.logLevel ?? 'info',
  }
}
