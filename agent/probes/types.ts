// What a probe type is. One file per type and one line in registry.ts.
import type { Container, Probe } from '../../api/types/core-v1.ts'
import type { Cri } from '../cri/client.ts'

export interface ProbeTarget {
  readonly container: Container
  readonly containerId: string
  readonly podIp: string | undefined
  readonly cri: Cri
}
export interface ProbeAnswer {
  readonly ok: boolean
  readonly output: string
}

export interface ProbeType {
  readonly field: 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'
  /** Asks once. A refusal is an answer; rejects only when it could not be asked, which counts for nothing. */
  ask(probe: Probe, target: ProbeTarget, timeoutMs: number): Promise<ProbeAnswer>
}
