// grpc probe: grpc.health.v1.Health/Check answers SERVING. The two messages are one field each, written and read by hand.
import { Client, credentials, status as Code, type ServiceError } from '@grpc/grpc-js'
import type { ProbeAnswer, ProbeType } from './types.ts'

const method = '/grpc.health.v1.Health/Check'
const statusNames = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN']

/** HealthCheckRequest: field 1, string. */
const encodeRequest = (service: string): Buffer => {
  const bytes = Buffer.from(service)
  const length: number[] = []
  for (let n = bytes.length; ; n >>>= 7) {
    length.push(n > 0x7f ? (n & 0x7f) | 0x80 : n)
    if (n <= 0x7f) break
  }
  return bytes.length ? Buffer.concat([Buffer.from([0x0a, ...length]), bytes]) : Buffer.alloc(0)
}
/** HealthCheckResponse: field 1, enum. */
const decodeStatus = (bytes: Buffer): number => (bytes[0] === 0x08 ? (bytes[1] ?? 0) : 0)

export const grpcProbe: ProbeType = {
  field: 'grpc',
  ask({ grpc }, { podIp }, timeoutMs) {
    if (!podIp) return Promise.resolve({ ok: false, output: 'no address' })
    const address = `${podIp.includes(':') ? `[${podIp}]` : podIp}:${grpc!.port}`
    const client = new Client(address, credentials.createInsecure(), {
      'grpc.enable_http_proxy': 0,
      'grpc.primary_user_agent': 'kube-probe/1.36',
      'grpc.use_local_subchannel_pool': 1,
    })
    return new Promise<ProbeAnswer>(resolve => {
      const finish = (error: ServiceError | null, answer?: Buffer): void => {
        client.close()
        if (error?.code === Code.DEADLINE_EXCEEDED)
          resolve({ ok: false, output: `timeout: failed to connect service ${JSON.stringify(address)} within ${timeoutMs}ms: context deadline exceeded` })
        else if (error) resolve({ ok: false, output: `error: health rpc probe failed: ${error.message}` })
        else {
          const status = decodeStatus(answer ?? Buffer.alloc(0))
          resolve({ ok: status === 1, output: status === 1 ? '' : `service unhealthy (responded with ${JSON.stringify(statusNames[status] ?? status)})` })
        }
      }
      client.makeUnaryRequest(
        method,
        (service: string) => encodeRequest(service),
        (bytes: Buffer) => bytes,
        grpc!.service ?? '',
        { deadline: Date.now() + timeoutMs },
        finish,
      )
    })
  },
}
