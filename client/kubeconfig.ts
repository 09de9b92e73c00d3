// Reads a kubeconfig file into what a transport needs. Certificates may be inline (base64) or files beside it. exec plugins are refused.
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { load } from 'js-yaml'
import type { HttpsTransportConfig } from './https-transport.ts'

export interface KubeconfigContext extends HttpsTransportConfig {
  readonly context: string
  readonly namespace: string
}

type Named<K extends string, V> = (Record<K, V> & { name: string })[]
interface Cluster {
  server?: string
  'certificate-authority'?: string
  'certificate-authority-data'?: string
  'tls-server-name'?: string
  'insecure-skip-tls-verify'?: boolean
}
interface User {
  'client-certificate'?: string
  'client-certificate-data'?: string
  'client-key'?: string
  'client-key-data'?: string
  token?: string
  tokenFile?: string
  exec?: unknown
  'auth-provider'?: unknown
}
interface Context {
  cluster?: string
  user?: string
  namespace?: string
}
interface Kubeconfig {
  'current-context'?: string
  clusters?: Named<'cluster', Cluster>
  users?: Named<'user', User>
  contexts?: Named<'context', Context>
}

const pem = async (data: string | undefined, file: string | undefined, dir: string): Promise<string | undefined> => {
  if (data) return Buffer.from(data, 'base64').toString('utf8')
  return file ? readFile(resolve(dir, file), 'utf8') : undefined
}

/** `context` defaults to the file's current one. Throws one sentence naming the file and what is missing in it. */
export const loadKubeconfig = async (path: string, context?: string): Promise<KubeconfigContext> => {
  const fail = (why: string): never => {
    throw new Error(`kubeconfig ${path}: ${why}`)
  }
  let config: Kubeconfig | undefined
  try {
    config = load(await readFile(path, 'utf8')) as Kubeconfig | undefined
  } catch (error) {
    throw new Error(`kubeconfig ${path} cannot be read: ${(error as Error).message}`, { cause: error })
  }
  if (typeof config !== 'object') return fail('is not a mapping')
  const contextName = context ?? config['current-context']
  if (!contextName) return fail('has no current-context')
  const chosen = config.contexts?.find(c => c.name === contextName)?.context ?? fail(`has no context "${contextName}"`)
  const cluster = config.clusters?.find(c => c.name === chosen.cluster)?.cluster ?? fail(`has no cluster "${chosen.cluster}"`)
  const user = chosen.user ? (config.users?.find(u => u.name === chosen.user)?.user ?? fail(`has no user "${chosen.user}"`)) : {}
  if (user.exec !== undefined || user['auth-provider'] !== undefined)
    fail(`user "${chosen.user}" signs in through a plugin, which is not supported; use a certificate or a token`)
  const server = cluster.server ?? fail(`cluster "${chosen.cluster}" has no server`)
  const dir = dirname(path)
  const [ca, cert, key, tokenFile] = await Promise.all([
    pem(cluster['certificate-authority-data'], cluster['certificate-authority'], dir),
    pem(user['client-certificate-data'], user['client-certificate'], dir),
    pem(user['client-key-data'], user['client-key'], dir),
    user.tokenFile ? readFile(resolve(dir, user.tokenFile), 'utf8') : undefined,
  ])
  const token = user.token ?? tokenFile?.trim()
  const tlsServerName = cluster['tls-server-name']
  return {
    context: contextName,
    namespace: chosen.namespace ?? 'default',
    server,
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(token && { token }),
    ...(tlsServerName && { tlsServerName }),
    ...(cluster['insecure-skip-tls-verify'] && { insecureSkipTlsVerify: true }),
  }
}
