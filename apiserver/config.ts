// The API server's configuration: what the composer may set, and the values that stand where it does not.

import type { PodSecurityConfig } from './admission/pod-security/pod-security.ts'
import { type AuthenticationConfig, completeAuthentication, type CompletedAuthentication } from './authentication/authentication-config.ts'
import type { ComponentRole } from './bootstrap/policy.ts'

export interface AuditConfig {
  /** Text of a Policy of audit.k8s.io/v1. */
  readonly policy: string
  /** Where events go, one a line; `-` is the standard output. */
  readonly logPath: string
  /** A file larger than this is turned over. Default 100. */
  readonly logMaxSizeMb?: number
  /** How many old files are kept and for how many days; 0 (default): all, for ever. */
  readonly logMaxBackups?: number
  readonly logMaxAgeDays?: number
}

export interface ApiServerConfig {
  /** Default 127.0.0.1. */
  readonly bindAddress?: string
  /** 0 (default) takes a free port. */
  readonly port?: number
  /** PEM texts. */
  readonly tls: { readonly cert: string; readonly key: string }
  /** PEM of the authority that signs client certificates. */
  readonly clientCa: string
  /** Address that clients and pods reach the server at; endpoint of the `kubernetes` Service. Default: bindAddress. */
  readonly advertiseAddress?: string
  /** Default 10.43.0.0/16. */
  readonly serviceCidr?: string
  /** Default 30000-32767. */
  readonly nodePortRange?: string
  /** Client certificate for the agents' HTTPS endpoints, and the authority that signs theirs (default: their certificates are not verified, as upstream without --kubelet-certificate-authority). */
  readonly agentClient?: { readonly cert: string; readonly key: string; readonly ca?: string }
  readonly authentication?: AuthenticationConfig
  /** Default: nothing is recorded. */
  readonly audit?: AuditConfig
  /** ClusterRoles of the composer's own components, each with a binding of its name; the default ones of Kubernetes are always there. */
  readonly roles?: readonly ComponentRole[]
  readonly admission?: {
    /** Mount a token into pods as upstream does (needs an agent that projects tokens). Default false. */
    readonly mountServiceAccountTokens?: boolean
    /** Refuse pods whose ServiceAccount `default` does not exist (yet). Default false; any other missing account is always refused. */
    readonly requireDefaultServiceAccount?: boolean
    /** Pod Security where a namespace's labels say nothing, and who is exempt. Default: privileged, nobody. */
    readonly podSecurity?: Partial<PodSecurityConfig>
    /** Names of plugins to have beside, and to do without, those that are on by default. */
    readonly enable?: readonly string[]
    readonly disable?: readonly string[]
  }
}

export interface CompletedConfig {
  readonly bindAddress: string
  readonly port: number
  readonly tls: { readonly cert: string; readonly key: string }
  readonly clientCa: string
  readonly advertiseAddress: string
  readonly serviceCidr: string
  readonly nodePorts: { readonly first: number; readonly last: number }
  readonly agentClient: { readonly cert: string; readonly key: string; readonly ca?: string } | undefined
  readonly authentication: CompletedAuthentication
  readonly audit: Required<AuditConfig> | undefined
  readonly roles: readonly ComponentRole[]
  readonly admission: {
    readonly mountServiceAccountTokens: boolean
    readonly requireDefaultServiceAccount: boolean
    readonly podSecurity: PodSecurityConfig
    readonly enable: readonly string[]
    readonly disable: readonly string[]
  }
  readonly limits: typeof defaultLimits
}

export const defaultLimits = {
  /** Upstream's limit of a request body. */
  bodyBytes: 3 * 1024 * 1024,
  /** A watch whose client lets this much pile up is ended; the client resumes from the last event it read. */
  watchBufferBytes: 4 * 1024 * 1024,
  concurrentStreams: 250,
  /** Seats that the priority levels divide: upstream's 400 for reading and 200 for writing. */
  seats: 600,
  /** How long a request may wait for its turn: a quarter of its time, as upstream. */
  seatWaitMs: 15_000,
  /** How long a request may take that is neither watch nor stream. */
  requestMs: 60_000,
  gzipFromBytes: 128 * 1024,
  bookmarkMs: 60_000,
  /** How long stop() waits for requests that are under way. */
  drainMs: 2_000,
} as const

const lenient = { level: 'privileged', version: 'latest' } as const
const defaultPodSecurity: PodSecurityConfig = {
  defaults: { enforce: lenient, audit: lenient, warn: lenient },
  exemptions: { usernames: [], runtimeClasses: [], namespaces: [] },
}

const parseRange = (text: string): { first: number; last: number } => {
  const match = /^(\d+)-(\d+)$/.exec(text)
  const [first, last] = [Number(match?.[1]), Number(match?.[2])]
  if (!match || first < 1 || last > 65_535 || first > last) throw new Error(`node port range "${text}" is not of the form 30000-32767`)
  return { first, last }
}

export const completeConfig = (c: ApiServerConfig): CompletedConfig => ({
  bindAddress: c.bindAddress ?? '127.0.0.1',
  port: c.port ?? 0,
  tls: c.tls,
  clientCa: c.clientCa,
  advertiseAddress: c.advertiseAddress ?? (c.bindAddress && c.bindAddress !== '0.0.0.0' && c.bindAddress !== '::' ? c.bindAddress : '127.0.0.1'),
  serviceCidr: c.serviceCidr ?? '10.43.0.0/16',
  nodePorts: parseRange(c.nodePortRange ?? '30000-32767'),
  agentClient: c.agentClient,
  authentication: completeAuthentication(c.authentication),
  audit: c.audit && { logMaxSizeMb: 100, logMaxBackups: 0, logMaxAgeDays: 0, ...c.audit },
  roles: c.roles ?? [],
  admission: {
    mountServiceAccountTokens: c.admission?.mountServiceAccountTokens ?? false,
    requireDefaultServiceAccount: c.admission?.requireDefaultServiceAccount ?? false,
    podSecurity: { ...defaultPodSecurity, ...c.admission?.podSecurity },
    enable: c.admission?.enable ?? [],
    disable: c.admission?.disable ?? [],
  },
  limits: defaultLimits,
})
