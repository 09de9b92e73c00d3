// Where the server itself reaches a Service of the cluster: under its cluster address, or the external name.
import type { Service } from '../../api/types/core-v1.ts'

/** Throws one sentence when it cannot be reached. */
export const serviceEndpoint = ({ spec }: Service, port: number, name: string): { host: string; port: number } => {
  const { type, externalName = '', clusterIP, ports } = spec
  if (type === 'ExternalName') return { host: externalName, port }
  if (!ports?.some(p => p.port === port)) throw new Error(`no service port ${port} found for service ${JSON.stringify(name)}`)
  if (!clusterIP || clusterIP === 'None') throw new Error(`service ${JSON.stringify(name)} has no cluster IP to be reached at`)
  return { host: clusterIP, port }
}
