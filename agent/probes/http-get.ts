// httpGet probe: any answer from 200 to 399.
import { httpGet } from '../hooks/http-get.ts'
import { resolvePort } from '../hooks/run-hook.ts'
import type { ProbeType } from './types.ts'

export const httpGetProbe: ProbeType = {
  field: 'httpGet',
  async ask({ httpGet: action }, { container, podIp }, timeoutMs) {
    const port = resolvePort(container, action!.port)
    const host = action!.host || podIp
    if (port === undefined || !host) return { ok: false, output: `invalid port ${action!.port} or no address` }
    try {
      const { status } = await httpGet(action!, host, port, timeoutMs, 'kube-probe/1.36')
      const ok = status >= 200 && status < 400
      return { ok, output: ok ? '' : `HTTP probe failed with statuscode: ${status}` }
    } catch (error) {
      return { ok: false, output: (error as Error).message }
    }
  },
}
