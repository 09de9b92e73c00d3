// Answers load balancers on a Service's healthCheckNodePort: 200 while this node has an endpoint of its own, else 503.
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Logger } from '../base/log.ts'
import type { ServicePort } from './rules/model.ts'

export interface HealthServers {
  /** `port` undefined: the Service has none (any more). */
  update(key: string, port: number | undefined, ports: readonly ServicePort[]): void
  stop(): Promise<void>
}

interface Health {
  readonly server: Server
  readonly port: number
  local: number
}

export const createHealthServers = ({ log }: { log: Logger }): HealthServers => {
  const byService = new Map<string, Health>()
  const end = (key: string): void => {
    byService.get(key)?.server.close()
    byService.delete(key)
  }
  return {
    update: (key, port, ports) => {
      const local = new Set(ports.flatMap(p => p.localEndpoints.map(target => target.split(' . ')[0]))).size
      const known = byService.get(key)
      if (known && known.port === port) {
        known.local = local
        return
      }
      end(key)
      if (!port) return
      const [namespace = '', name = ''] = key.split('/')
      const server = createServer((_request, response) => {
        response.writeHead(health.local > 0 ? 200 : 503, { 'content-type': 'application/json', 'x-load-balancing-endpoint-weight': String(health.local) })
        response.end(JSON.stringify({ service: { namespace, name }, localEndpoints: health.local, serviceProxyHealthy: true }))
      })
      const health: Health = { server, port, local }
      server.on('error', error => log.error({ err: error, service: key, port }, 'cannot serve the health check port'))
      server.listen(port).unref()
      byService.set(key, health)
    },
    stop: () => {
      for (const key of [...byService.keys()]) end(key)
      return Promise.resolve()
    },
  }
}
