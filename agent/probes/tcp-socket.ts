// tcpSocket probe: the port accepts a connection.
import { connect } from 'node:net'
import { toGoError } from '../hooks/http-get.ts'
import { resolvePort } from '../hooks/run-hook.ts'
import type { ProbeAnswer, ProbeType } from './types.ts'

export const tcpSocketProbe: ProbeType = {
  field: 'tcpSocket',
  ask({ tcpSocket }, { container, podIp }, timeoutMs) {
    const port = resolvePort(container, tcpSocket!.port)
    const host = tcpSocket!.host || podIp
    if (port === undefined || !host) return Promise.resolve({ ok: false, output: `invalid port ${tcpSocket!.port} or no address` })
    return new Promise<ProbeAnswer>(resolve => {
      const socket = connect({ host, port })
      const end = (answer: ProbeAnswer): void => {
        socket.destroy()
        resolve(answer)
      }
      socket.setTimeout(timeoutMs, () => end({ ok: false, output: `dial tcp ${host}:${port}: i/o timeout` }))
      socket.once('connect', () => end({ ok: true, output: '' }))
      socket.once('error', error => end({ ok: false, output: toGoError(error, host, port) }))
    })
  },
}
