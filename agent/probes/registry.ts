// The probe types. One more = one file and one line here.
import type { Probe } from '../../api/types/core-v1.ts'
import { execProbe } from './exec.ts'
import { grpcProbe } from './grpc.ts'
import { httpGetProbe } from './http-get.ts'
import { tcpSocketProbe } from './tcp-socket.ts'
import type { ProbeType } from './types.ts'

export const probeTypes: readonly ProbeType[] = [execProbe, httpGetProbe, tcpSocketProbe, grpcProbe]

export const findProbeType = (probe: Probe): ProbeType | undefined => probeTypes.find(({ field }) => probe[field])
