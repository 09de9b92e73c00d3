// One group version that a Service behind serves: where it is, how it is asked, and who asks in the client's name.
import { Agent } from 'node:https'
import { request as httpsRequest } from 'node:https'
import type { APIService } from '../../api/types/apiregistration-v1.ts'
import type { Service } from '../../api/types/core-v1.ts'
import { lookUp } from '../admission/look-up.ts'
import type { Context, Parts } from '../context.ts'
import { forward, type Target } from '../http/forward.ts'
import { type Answer, textAnswer } from '../http/answer.ts'
import { serviceEndpoint } from '../services/service-endpoint.ts'
import type { UserInfo } from '../user.ts'

export interface RemoteService {
  readonly spec: APIService['spec']
  /** Passes the request on as it came; throws nothing: what is not there is a plain 503, as upstream has it. */
  forward(context: Context, user?: UserInfo): Promise<Answer>
  /** A document of the server behind, asked for in our own name. Throws what went wrong. */
  fetch(path: string, signal: AbortSignal): Promise<unknown>
  close(): void
}

/** Members of system:masters pass every check of a server behind. */
export const aggregatorUser: UserInfo = { name: 'system:kube-aggregator', groups: ['system:masters'] }
const maxDocumentBytes = 8 * 1024 * 1024

/** A header's name holds few characters; the others are percent-encoded. */
const escapeKey = (key: string): string =>
  [...Buffer.from(key)]
    .map(byte =>
      /[A-Za-z0-9!#$&'*+.^_`|~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`,
    )
    .join('')
/** Bytes of UTF-8, which is what others read. */
const toValue = (text: string): string => Buffer.from(text).toString('latin1')

export const toIdentityHeaders = ({ name, uid, groups, extra }: UserInfo): Record<string, string | string[]> => ({
  'x-remote-user': toValue(name),
  ...(uid && { 'x-remote-uid': toValue(uid) }),
  ...(groups.length && { 'x-remote-group': groups.map(toValue) }),
  ...Object.fromEntries(Object.entries(extra ?? {}).map(([key, values]) => [`x-remote-extra-${escapeKey(key)}`, values.map(toValue)])),
})

/** Where the Service is reached, under its cluster address. Throws one sentence when it cannot be. */
const locate = async (
  { store, table }: Pick<Parts, 'store' | 'table'>,
  { namespace = '', name = '', port = 443 }: NonNullable<APIService['spec']['service']>,
): Promise<{ host: string; port: number }> => {
  const service = await lookUp<Service>(store, table.stored('services').keyOf(namespace, name))
  if (!service) throw new Error(`service/${name} in ${JSON.stringify(namespace)} is not present`)
  return serviceEndpoint(service, port, name)
}

export const createRemoteService = (parts: Pick<Parts, 'store' | 'table' | 'config' | 'log'>, spec: APIService['spec']): RemoteService => {
  const service = spec.service ?? {}
  const { proxyClient, limits } = { ...parts.config, ...parts.config.authentication }
  const tls: NonNullable<Target['tls']> = {
    servername: `${service.name ?? ''}.${service.namespace ?? ''}.svc`,
    insecure: spec.insecureSkipTLSVerify ?? false,
    ...(spec.caBundle && { ca: Buffer.from(spec.caBundle, 'base64').toString() }),
    ...(proxyClient && { cert: proxyClient.cert, key: proxyClient.key }),
  }
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 8 })
  const unavailable = (): Answer => textAnswer(503, 'service unavailable\n')

  const fetch = async (path: string, signal: AbortSignal): Promise<unknown> => {
    const place = await locate(parts, service)
    const { insecure, ...pem } = tls
    const headers = { ...toIdentityHeaders(aggregatorUser), 'host': tls.servername, 'accept': 'application/json', 'user-agent': 'kube-aggregator' }
    const bytes = await new Promise<Buffer>((resolve, reject) => {
      const outgoing = httpsRequest({ ...place, ...pem, rejectUnauthorized: !insecure, agent, path, headers, signal }, response => {
        const chunks: Buffer[] = []
        let size = 0
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > maxDocumentBytes) response.destroy(new Error(`the answer is larger than ${maxDocumentBytes} bytes`))
          else chunks.push(chunk)
        })
        response.on('error', reject)
        response.on('end', () => {
          if (response.statusCode === 200) resolve(Buffer.concat(chunks))
          else reject(new Error(`bad status from https://${place.host}:${place.port}${path}: ${response.statusCode}`))
        })
      })
      outgoing.on('error', reject)
      outgoing.end()
    })
    return JSON.parse(bytes.toString())
  }

  return {
    spec,
    fetch,
    forward: async ({ request, user: client, audit }, user = client) => {
      const place = await locate(parts, service).catch(() => undefined)
      if (!place) return unavailable()
      const target: Target = {
        protocol: 'https:',
        ...place,
        path: request.url,
        tls,
        agent,
        // One name for what both servers record of it.
        headers: { ...toIdentityHeaders(user), 'host': tls.servername ?? '', 'audit-id': audit.id },
      }
      return forward(request, target, {
        unreachable: cause => new Error('the server behind cannot be reached', { cause }),
        noRedirects: true,
        bufferBytes: limits.watchBufferBytes,
        bodyLimit: limits.bodyBytes,
      }).catch((error: unknown) => {
        parts.log.warn({ err: error, apiService: `${spec.version ?? ''}.${spec.group ?? ''}` }, 'an aggregated API server did not answer')
        const { cause } = error as Error
        return textAnswer(503, `error trying to reach service: ${cause instanceof Error ? cause.message : String(cause)}\n`)
      })
    },
    close: () => agent.destroy(),
  }
}
