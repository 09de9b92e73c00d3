// What `import … from 'wherry'` offers: a real Kubernetes API server in this process, for the tests of whoever talks to one. It keeps
// everything in memory, needs no root, no etcd, no files, and is ready in some hundred milliseconds.
//
//   const api = await startApiServer()
//   … new KubeConfig().loadFromString(api.kubeconfig) …
//   await api.stop()
import { generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto'
import { createApiServer } from './apiserver/main.ts'
import { systemClock } from './base/clock.ts'
import { createLogger, type LogLevel } from './base/log.ts'
import { toKubeconfig } from './base/tls.ts'
import { createCertificate } from './base/x509.ts'
import { createMemoryStore } from './store/memory-store.ts'

export interface StartApiServerOptions {
  /** Where to listen; 127.0.0.1 by default. */
  readonly bindAddress?: string
  /** 0, the default, takes a free port. */
  readonly port?: number
  /** Addresses of Services; 10.43.0.0/16 by default. */
  readonly serviceCidr?: string
  /** What is logged, as JSON lines on standard error; `silent` by default. */
  readonly logLevel?: LogLevel
  /** Gives up starting when it is aborted. */
  readonly signal?: AbortSignal
}

export interface RunningApiServer {
  /** YAML with everything inside it, for an administrator (group system:masters). */
  readonly kubeconfig: string
  /** https://HOST:PORT */
  readonly url: string
  /** The authority of the server's certificate, and the administrator's certificate and key: PEM texts. */
  readonly ca: string
  readonly cert: string
  readonly key: string
  /** Ends all requests and forgets everything. Idempotent. */
  stop(): Promise<void>
}

const dayMs = 24 * 3600 * 1000

interface Issued {
  readonly cert: string
  readonly key: string
}

/** Certificates that live as long as the process: an authority, the server's, an administrator's. */
const issueCertificates = (address: string, serviceIp: string): { ca: string; server: Issued; admin: Issued } => {
  const times = { notBefore: new Date(Date.now() - 3600_000), notAfter: new Date(Date.now() + 365 * dayMs) }
  const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const authorityKey = newKey()
  const ca = createCertificate({ commonName: 'wherry-ca', key: authorityKey, authority: true, ...times })
  const issuer = { certificate: new X509Certificate(ca), key: authorityKey }
  const issue = (fields: Pick<Parameters<typeof createCertificate>[0], 'commonName' | 'organization' | 'usages' | 'sans'>): Issued => {
    const key = newKey()
    return { cert: createCertificate({ ...fields, ...times, key, issuer }), key: key.export({ type: 'pkcs8', format: 'pem' }) }
  }
  const names = ['localhost', '127.0.0.1', '::1', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local']
  const any = address === '0.0.0.0' || address === '::'
  return {
    ca,
    server: issue({ commonName: 'kube-apiserver', usages: ['server'], sans: [...names, serviceIp, ...(any ? [] : [address])] }),
    admin: issue({ commonName: 'kubernetes-admin', organization: 'system:masters', usages: ['client'] }),
  }
}

const firstAddress = (cidr: string): string => cidr.replace(/\.\d+\/\d+$/, '.1')

/**
 * Starts a server. There are no controllers, as with upstream's envtest: no ServiceAccount `default` appears, and pods need none. Rejects when
 * it cannot listen. Several may run in one process.
 */
export const startApiServer = async ({
  bindAddress = '127.0.0.1',
  port = 0,
  serviceCidr = '10.43.0.0/16',
  logLevel = 'silent',
  signal,
}: StartApiServerOptions = {}): Promise<RunningApiServer> => {
  const { ca, server: serving, admin } = issueCertificates(bindAddress, firstAddress(serviceCidr))
  const log = createLogger(logLevel)
  const store = createMemoryStore({ log, clock: systemClock })
  const server = createApiServer({ bindAddress, port, serviceCidr, tls: serving, clientCa: ca }, { log, store })
  try {
    await server.start(signal ?? new AbortController().signal)
  } catch (error) {
    await server.stop()
    throw error
  }
  const host = bindAddress === '0.0.0.0' || bindAddress === '::' ? '127.0.0.1' : bindAddress
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${server.port}`
  const kubeconfig = toKubeconfig({ server: url, caPem: ca, certPem: admin.cert, keyPem: admin.key })
  return { kubeconfig, url, ca, ...admin, stop: () => server.stop() }
}
