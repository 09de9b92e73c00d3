// CRI v1 messages as base/grpc.ts hands them over (proto/cri-v1.proto): 64-bit integers are strings, enums their names.
// Everything optional in a request may be left out.

export interface Int64Value {
  value: string | number
}
export interface ImageSpec {
  image: string
  annotations?: Record<string, string>
  userSpecifiedImage?: string
  runtimeHandler?: string
}
export interface DnsConfig {
  servers: string[]
  searches: string[]
  options: string[]
}
export type NamespaceMode = 'POD' | 'CONTAINER' | 'NODE' | 'TARGET'
export interface NamespaceOption {
  network: NamespaceMode
  pid: NamespaceMode
  ipc: NamespaceMode
  targetId?: string
}
export interface SecurityProfile {
  profileType: 'RuntimeDefault' | 'Unconfined' | 'Localhost'
  localhostRef?: string
}
export interface SELinuxOption {
  user?: string
  role?: string
  type?: string
  level?: string
}

export interface CriLinuxResources {
  cpuPeriod?: number
  cpuQuota?: number
  cpuShares?: number
  memoryLimitInBytes?: number
  oomScoreAdj?: number
  hugepageLimits?: { pageSize: string; limit: number }[]
  unified?: Record<string, string>
}

export interface PodSandboxMetadata {
  name: string
  uid: string
  namespace: string
  attempt: number
}

export interface PodSandboxConfig {
  metadata: PodSandboxMetadata
  hostname?: string
  logDirectory: string
  dnsConfig?: DnsConfig
  portMappings?: { protocol: 'TCP' | 'UDP' | 'SCTP'; containerPort: number; hostPort?: number; hostIp?: string }[]
  labels: Record<string, string>
  annotations: Record<string, string>
  linux: {
    cgroupParent: string
    securityContext: {
      namespaceOptions: NamespaceOption
      runAsUser?: Int64Value
      runAsGroup?: Int64Value
      supplementalGroups?: number[]
      supplementalGroupsPolicy?: 'Merge' | 'Strict'
      privileged?: boolean
      seccomp?: SecurityProfile
      selinuxOptions?: SELinuxOption
    }
    sysctls?: Record<string, string>
    overhead?: CriLinuxResources
    resources?: CriLinuxResources
  }
}

export interface CriMount {
  containerPath: string
  hostPath: string
  readonly?: boolean
  recursiveReadOnly?: boolean
  selinuxRelabel?: boolean
  propagation?: 'PROPAGATION_PRIVATE' | 'PROPAGATION_HOST_TO_CONTAINER' | 'PROPAGATION_BIDIRECTIONAL'
}

export interface ContainerConfig {
  metadata: { name: string; attempt: number }
  image: ImageSpec
  command?: string[]
  args?: string[]
  workingDir?: string
  envs?: { key: string; value: string }[]
  mounts?: CriMount[]
  labels: Record<string, string>
  annotations: Record<string, string>
  logPath: string
  stdin?: boolean
  stdinOnce?: boolean
  tty?: boolean
  linux: {
    resources?: CriLinuxResources
    securityContext: {
      capabilities?: { addCapabilities: string[]; dropCapabilities: string[] }
      privileged?: boolean
      namespaceOptions: NamespaceOption
      runAsUser?: Int64Value
      runAsGroup?: Int64Value
      readonlyRootfs?: boolean
      supplementalGroups?: number[]
      supplementalGroupsPolicy?: 'Merge' | 'Strict'
      noNewPrivs?: boolean
      maskedPaths?: string[]
      readonlyPaths?: string[]
      seccomp?: SecurityProfile
      apparmor?: SecurityProfile
      selinuxOptions?: SELinuxOption
    }
  }
}

export interface PodSandbox {
  id: string
  metadata: PodSandboxMetadata
  state: 'SANDBOX_READY' | 'SANDBOX_NOTREADY'
  /** Nanoseconds since the epoch. */
  createdAt: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

export interface PodSandboxStatus extends PodSandbox {
  network: { ip: string; additionalIps: { ip: string }[] } | null
}

export type ContainerState = 'CONTAINER_CREATED' | 'CONTAINER_RUNNING' | 'CONTAINER_EXITED' | 'CONTAINER_UNKNOWN'

export interface CriContainer {
  id: string
  podSandboxId: string
  metadata: { name: string; attempt: number }
  image: ImageSpec | null
  imageRef: string
  state: ContainerState
  createdAt: string
  labels: Record<string, string>
  annotations: Record<string, string>
}

export interface CriContainerStatus {
  id: string
  metadata: { name: string; attempt: number }
  state: ContainerState
  createdAt: string
  startedAt: string
  finishedAt: string
  exitCode: number
  image: ImageSpec | null
  imageRef: string
  imageId: string
  reason: string
  message: string
  labels: Record<string, string>
  annotations: Record<string, string>
  logPath: string
}

export interface CriImage {
  id: string
  repoTags: string[]
  repoDigests: string[]
  size: string
  uid: Int64Value | null
  username: string
  pinned: boolean
}

export interface AuthConfig {
  username?: string
  password?: string
  auth?: string
  serverAddress?: string
  identityToken?: string
  registryToken?: string
}
export interface RuntimeCondition {
  type: string
  status: boolean
  reason: string
  message: string
}
export interface RuntimeVersion {
  runtimeName: string
  runtimeVersion: string
  runtimeApiVersion: string
}
export interface FilesystemUsage {
  timestamp: string
  fsId: { mountpoint: string } | null
  usedBytes: { value: string } | null
  inodesUsed: { value: string } | null
}

export interface ContainerStats {
  attributes: { id: string; metadata: { name: string; attempt: number }; labels: Record<string, string> }
  cpu: { timestamp: string; usageCoreNanoSeconds: { value: string } | null; usageNanoCores: { value: string } | null } | null
  memory: { timestamp: string; workingSetBytes: { value: string } | null; usageBytes: { value: string } | null; rssBytes: { value: string } | null } | null
  writableLayer: FilesystemUsage | null
}

/** CRI's nanoseconds as milliseconds; 0 stays 0 (not set). */
export const toMs = (nanoseconds: string): number => Number(BigInt(nanoseconds) / 1_000_000n)
