// What the agent needs to know about its node and its cluster.
import type { Paths } from '../base/paths.ts'

export interface AgentConfig {
  readonly nodeName: string
  readonly nodeIp: string
  /** containerd's socket. */
  readonly containerdSocket: string
  readonly paths: Paths
  /** The agent API: HTTPS, client certificates signed by `clientCa`. Port 0 picks one. */
  readonly apiAddress?: string
  readonly apiPort?: number
  /** Files, PEM. Without them the agent API is not served. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa: string }
  readonly clusterDns?: string
  readonly clusterDomain?: string
  /** What pods are told the API server's Service is, while the `kubernetes` Service is not known. */
  readonly sandboxImage?: string
  /** containerd's name of the OCI runtime, '' for its default. */
  readonly runtimeHandler?: string
  readonly cgroupDriver?: 'cgroupfs' | 'systemd'
  /** Where pod cgroups are made: `/` on a machine of our own; clusters side by side have one each. */
  readonly cgroupRoot?: string
  readonly maxPods?: number
  readonly nodeLabels?: Readonly<Record<string, string>>
  /** Kept from pods: allocatable is capacity without it. */
  readonly reserved?: { readonly cpu?: string; readonly memory?: string }
  /** The lease is renewed after a quarter of this. */
  readonly leaseDurationSeconds?: number
  readonly statusIntervalMs?: number
  readonly relistIntervalMs?: number
  readonly containerLogMaxBytes?: number
  readonly containerLogMaxFiles?: number
  /** How often the size of logs is looked at. */
  readonly containerLogIntervalMs?: number
  /** How often a pull that goes on is told of. */
  readonly pullProgressIntervalMs?: number
  /** False where no API server is: only static pods run. */
  readonly standalone?: boolean
  /** The version shown as kubeletVersion. */
  readonly version?: string
}

export type CompletedAgentConfig = Readonly<Required<Omit<AgentConfig, 'tls'>>> & Pick<AgentConfig, 'tls'>

export const completeAgentConfig = (config: AgentConfig): CompletedAgentConfig => ({
  apiAddress: '0.0.0.0',
  apiPort: 10250,
  clusterDns: '10.96.0.10',
  clusterDomain: 'cluster.local',
  sandboxImage: '',
  runtimeHandler: '',
  cgroupDriver: 'cgroupfs',
  cgroupRoot: '/',
  maxPods: 110,
  nodeLabels: {},
  reserved: {},
  leaseDurationSeconds: 40,
  statusIntervalMs: 300_000,
  relistIntervalMs: 60_000,
  containerLogMaxBytes: 10 * 1024 * 1024,
  containerLogMaxFiles: 5,
  containerLogIntervalMs: 10_000,
  pullProgressIntervalMs: 10_000,
  standalone: false,
  version: 'v1.36.0',
  ...config,
})
