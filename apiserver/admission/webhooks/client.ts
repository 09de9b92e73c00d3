// Calls webhooks over HTTPS: by URL, or by a Service's cluster address under the Service's name. Connections are kept per host and
// authority; answers are bounded.
import { isIP } from 'node:net'
import type { Agent, Dispatcher } from 'undici'
import { parseJson } from '../../../api/json.ts'
import type { WebhookClientConfig } from '../../../api/types/admissionregistration-v1.ts'
import type { Service } from '../../../api/types/core-v1.ts'
import { lookUp } from '../look-up.ts'
import { serviceEndpoint } from '../../services/service-endpoint.ts'
import type { AdmissionDeps } from '../registry.ts'

export interface WebhookClient {
  /** The answer's JSON. Throws for everything that is no answer. */
  call(target: WebhookClientConfig, body: string, timeoutSeconds: number, signal: AbortSignal): Promise<unknown>
  close(): Promise<void>
}

interface Endpoint {
  readonly origin: string
  readonly path: string
  readonly host: string
  readonly servername: string
}

/** The least recently used connection pool beyond these is closed. */
const maxPools = 64
const maxAnswerBytes = 3 * 1024 * 1024

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address)

export const createWebhookClient = ({ store, table }: Pick<AdmissionDeps, 'store' | 'table'>): WebhookClient => {
  const pools = new Map<string, Agent>()

  const locate = async ({ url, service }: WebhookClientConfig): Promise<Endpoint> => {
    if (!service) {
      const { origin, pathname, host, hostname } = new URL(url ?? '')
      return { origin, path: pathname, host, servername: hostname.replace(/^\[|\]$/g, '') }
    }
    const { namespace, name, port = 443, path = '/' } = service
    const found = await lookUp<Service>(store, table.stored('services').keyOf(namespace, name))
    if (!found) throw new Error(`service ${JSON.stringify(name)} not found`)
    const servername = `${name}.${namespace}.svc`
    const at = serviceEndpoint(found, port, name)
    return { origin: `https://${bracketed(at.host)}:${at.port}`, path: path.startsWith('/') ? path : `/${path}`, host: `${servername}:${port}`, servername }
  }

  const poolOf = async (servername: string, caBundle: string | undefined): Promise<Dispatcher> => {
    // Loaded with the first webhook: most servers never have one, and start sooner without it.
    const undici = await import('undici')
    const key = `${servername} ${caBundle ?? ''}`
    const known = pools.get(key)
    pools.delete(key)
    const pool =
      known ??
      new undici.Agent({
        connections: 32,
        maxResponseSize: maxAnswerBytes,
        // An address is no name to ask for, and is found in the certificate without.
        connect: { ...(isIP(servername) === 0 && { servername }), ...(caBundle && { ca: Buffer.from(caBundle, 'base64').toString() }) },
      })
    pools.set(key, pool)
    if (pools.size > maxPools) {
      const [oldest, idle] = pools.entries().next().value!
      pools.delete(oldest)
      void idle.close()
    }
    return pool
  }

  return {
    call: async (target, body, timeoutSeconds, signal) => {
      const { origin, path, host, servername } = await locate(target)
      const pool = await poolOf(servername, target.caBundle)
      const answer = await pool.request({
        origin,
        path: `${path}?timeout=${timeoutSeconds}s`,
        method: 'POST',
        headers: { host, 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'kube-apiserver-admission' },
        body,
        signal,
      })
      const bytes = Buffer.from(await answer.body.arrayBuffer())
      if (answer.statusCode < 200 || answer.statusCode > 299) throw new Error(`the server answered ${answer.statusCode}: ${bytes.subarray(0, 200).toString()}`)
      return parseJson(bytes).value
    },
    close: async () => {
      await Promise.all([...pools.values()].map(pool => pool.destroy()))
    },
  }
}
