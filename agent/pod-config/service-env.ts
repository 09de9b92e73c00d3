// The variables that tell a container where Services are: pure. Services of the pod's namespace, and always the API server's own.
import type { Service } from '../../api/types/core-v1.ts'

const toName = (text: string): string => text.toUpperCase().replaceAll('-', '_')

export const toServiceEnv = (services: readonly Service[], namespace: string, links: boolean): Map<string, string> => {
  const env = new Map<string, string>()
  const isMaster = (s: Service): boolean => s.metadata.namespace === 'default' && s.metadata.name === 'kubernetes'
  // The pod's own namespace wins over `kubernetes` in default.
  const chosen = [...services.filter(isMaster), ...(links ? services.filter(s => s.metadata.namespace === namespace && !isMaster(s)) : [])]
  for (const { metadata, spec } of chosen) {
    const ip = spec.clusterIP
    const ports = spec.ports ?? []
    const first = ports[0]
    if (!ip || ip === 'None' || !first) continue
    const prefix = toName(metadata.name ?? '')
    env.set(`${prefix}_SERVICE_HOST`, ip)
    env.set(`${prefix}_SERVICE_PORT`, String(first.port))
    for (const port of ports) if (port.name) env.set(`${prefix}_SERVICE_PORT_${toName(port.name)}`, String(port.port))
    const host = ip.includes(':') ? `[${ip}]` : ip
    for (const port of ports) {
      const protocol = (port.protocol ?? 'TCP').toLowerCase()
      const url = `${protocol}://${host}:${port.port}`
      if (port === first) env.set(`${prefix}_PORT`, url)
      const stem = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`
      env.set(stem, url)
      env.set(`${stem}_PROTO`, protocol)
      env.set(`${stem}_PORT`, String(port.port))
      env.set(`${stem}_ADDR`, ip)
    }
  }
  return env
}
