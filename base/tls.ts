// The cluster's certificates: three authorities (cluster, front proxies, etcd) and what they sign, as files under Paths.pki, and kubeconfigs that use them.
// Idempotent: what is valid stays byte for byte; what is missing, expires soon, or no longer fits its names is made anew.
import { X509Certificate, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Paths } from './paths.ts'
import { createCertificate, isAddress } from './x509.ts'

export interface PkiNames {
  readonly nodeName: string
  readonly nodeIp: string
  /** The first address of the service network: what `kubernetes.default` resolves to. */
  readonly serviceIp: string
  readonly clusterDomain?: string
  /** More names or addresses under which the API server is reached. */
  readonly extraSans?: readonly string[]
}

export interface KeyPairFiles {
  readonly cert: string
  readonly key: string
}
/** An authority, and one end of a connection that it signed for. */
export interface TlsFiles extends KeyPairFiles {
  readonly ca: string
}

export interface Pki {
  readonly ca: KeyPairFiles
  readonly etcdCa: KeyPairFiles
  /** Signs for those who may say who their client is: our API server before aggregated ones. */
  readonly frontProxyCa: KeyPairFiles
  /** Signs and verifies service account tokens (EC P-256). */
  readonly serviceAccount: { readonly key: string; readonly publicKey: string }
  readonly apiserver: TlsFiles
  readonly apiserverAgentClient: TlsFiles
  readonly admin: TlsFiles
  readonly scheduler: TlsFiles
  readonly controllerManager: TlsFiles
  readonly agentServer: TlsFiles
  readonly agentClient: TlsFiles
  readonly kubeProxy: TlsFiles
  readonly dns: TlsFiles
  readonly etcdServer: TlsFiles
  readonly etcdClient: TlsFiles
  readonly frontProxyClient: TlsFiles
  /** Names (as in this record) of what this call made or renewed; empty when all was valid. */
  readonly made: readonly string[]
}

const dayMs = 24 * 3600 * 1000
const renewWithinMs = 30 * dayMs
const caDays = 3650
const leafDays = 365

interface Authority {
  readonly certPem: string
  readonly keyPem: string
  readonly certificate: X509Certificate
}
type AuthorityName = 'ca' | 'frontProxyCa' | 'etcdCa'
interface Leaf {
  readonly name: Exclude<keyof Pki, AuthorityName | 'serviceAccount' | 'made'>
  readonly file: string
  readonly authority: AuthorityName
  readonly commonName: string
  readonly organization?: string
  readonly usage: readonly ('server' | 'client')[]
  readonly sans?: readonly string[]
}

const toLeaves = ({ nodeName, nodeIp, serviceIp, clusterDomain = 'cluster.local', extraSans = [] }: PkiNames): Leaf[] => {
  const services = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', `kubernetes.default.svc.${clusterDomain}`]
  const client = { authority: 'ca', usage: ['client'] } as const
  return [
    {
      name: 'apiserver',
      file: 'apiserver',
      authority: 'ca',
      commonName: 'kube-apiserver',
      usage: ['server'],
      sans: [...services, 'localhost', nodeName, '127.0.0.1', '::1', nodeIp, serviceIp, ...extraSans],
    },
    { ...client, name: 'apiserverAgentClient', file: 'apiserver-agent-client', commonName: 'kube-apiserver-kubelet-client', organization: 'system:masters' },
    { ...client, name: 'admin', file: 'admin', commonName: 'kubernetes-admin', organization: 'system:masters' },
    { ...client, name: 'scheduler', file: 'scheduler', commonName: 'system:kube-scheduler' },
    { ...client, name: 'controllerManager', file: 'controller-manager', commonName: 'system:kube-controller-manager' },
    { ...client, name: 'agentClient', file: 'agent-client', commonName: `system:node:${nodeName}`, organization: 'system:nodes' },
    { ...client, name: 'kubeProxy', file: 'kube-proxy', commonName: 'system:kube-proxy' },
    { ...client, name: 'dns', file: 'dns', commonName: 'system:dns' },
    {
      name: 'agentServer',
      file: 'agent-server',
      authority: 'ca',
      commonName: `system:node:${nodeName}`,
      organization: 'system:nodes',
      usage: ['server'],
      sans: [nodeName, 'localhost', '127.0.0.1', nodeIp],
    },
    { name: 'frontProxyClient', file: 'front-proxy-client', authority: 'frontProxyCa', commonName: 'front-proxy-client', usage: ['client'] },
    { name: 'etcdServer', file: 'etcd/server', authority: 'etcdCa', commonName: 'etcd', usage: ['server', 'client'], sans: ['localhost', '127.0.0.1'] },
    { name: 'etcdClient', file: 'etcd/client', authority: 'etcdCa', commonName: 'wherry-apiserver', usage: ['client'] },
  ]
}

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Replaces `file` in one step: readers see the old bytes or the new ones, also after a power loss. Makes its directory. */
export const writeAtomically = async (file: string, data: string | Uint8Array, mode = 0o600): Promise<void> => {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  const handle = await open(temporary, 'wx', mode)
  try {
    await handle.writeFile(data)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

const parse = (certPem: string | undefined, keyPem: string | undefined): X509Certificate | undefined => {
  if (certPem === undefined || keyPem === undefined) return undefined
  try {
    const certificate = new X509Certificate(certPem)
    return certificate.checkPrivateKey(createPrivateKey(keyPem)) ? certificate : undefined
  } catch {
    return undefined // cut short or overwritten: as good as missing
  }
}

const isFresh = (certificate: X509Certificate, nowMs: number): boolean =>
  Date.parse(certificate.validTo) - nowMs > renewWithinMs && Date.parse(certificate.validFrom) <= nowMs

const canonicalAddress = (address: string): string => (address.includes(':') ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address)
const toSanList = (names: readonly string[]): string =>
  [...new Set(names.map(name => (isAddress(name) ? `IP Address:${canonicalAddress(name)}` : `DNS:${name}`)))].sort().join(', ')
const sansOf = (certificate: X509Certificate): string =>
  toSanList(
    (certificate.subjectAltName ?? '')
      .split(', ')
      .filter(Boolean)
      .map(san => san.replace(/^(IP Address|DNS):/, '')),
  )
const subjectOf = (leaf: Leaf): string => [...(leaf.organization ? [`O=${leaf.organization}`] : []), `CN=${leaf.commonName}`].join('\n')

const newKeyPem = (): string => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })

const signAuthority = (commonName: string, keyPem: string, nowMs: number): string =>
  createCertificate({
    commonName,
    key: createPrivateKey(keyPem),
    authority: true,
    notBefore: new Date(nowMs - 60_000),
    notAfter: new Date(nowMs + caDays * dayMs),
  })

const signLeaf = ({ commonName, organization, usage, sans }: Leaf, keyPem: string, authority: Authority, nowMs: number): string =>
  createCertificate({
    commonName,
    ...(organization !== undefined && { organization }),
    key: createPrivateKey(keyPem),
    usages: usage,
    ...(sans && { sans }),
    issuer: { certificate: authority.certificate, key: createPrivateKey(authority.keyPem) },
    notBefore: new Date(nowMs - 60_000),
    notAfter: new Date(Math.min(nowMs + leafDays * dayMs, Date.parse(authority.certificate.validTo))),
  })

const ensureAuthority = async (files: KeyPairFiles, commonName: string, nowMs: number): Promise<{ authority: Authority; made: boolean }> => {
  const [certPem, oldKey] = await Promise.all([readIfThere(files.cert), readIfThere(files.key)])
  const certificate = parse(certPem, oldKey)
  if (certificate && isFresh(certificate, nowMs)) return { authority: { certPem: certPem!, keyPem: oldKey!, certificate }, made: false }
  // A renewal keeps the key, so that what the old certificate signed stays valid.
  const keyPem = certificate ? oldKey! : newKeyPem()
  if (!certificate) await writeAtomically(files.key, keyPem)
  const newPem = signAuthority(commonName, keyPem, nowMs)
  await writeAtomically(files.cert, newPem)
  return { authority: { certPem: newPem, keyPem, certificate: new X509Certificate(newPem) }, made: true }
}

const ensureLeaf = async (leaf: Leaf, files: KeyPairFiles, authority: Authority, nowMs: number): Promise<boolean> => {
  const [certPem, oldKey] = await Promise.all([readIfThere(files.cert), readIfThere(files.key)])
  const certificate = parse(certPem, oldKey)
  const fits =
    certificate &&
    isFresh(certificate, nowMs) &&
    certificate.verify(authority.certificate.publicKey) &&
    certificate.subject === subjectOf(leaf) &&
    sansOf(certificate) === toSanList(leaf.sans ?? [])
  if (fits) return false
  const keyPem = newKeyPem()
  const newPem = signLeaf(leaf, keyPem, authority, nowMs)
  await writeAtomically(files.key, keyPem)
  await writeAtomically(files.cert, newPem)
  return true
}

const ensureServiceAccountKey = async (files: { key: string; publicKey: string }): Promise<boolean> => {
  const existing = await readIfThere(files.key)
  const keyPem = existing ?? newKeyPem()
  const publicPem = createPublicKey(keyPem).export({ type: 'spki', format: 'pem' })
  if (existing === undefined) await writeAtomically(files.key, keyPem)
  if (existing === undefined || (await readIfThere(files.publicKey)) !== publicPem) await writeAtomically(files.publicKey, publicPem)
  return existing === undefined
}

const pair = (base: string): KeyPairFiles => ({ cert: `${base}.crt`, key: `${base}.key` })

/** Where the files of a cluster lie, whether or not they exist. */
export const toPki = (pki: string, names: PkiNames, made: readonly string[] = []): Pki => {
  const authorities: Record<AuthorityName, KeyPairFiles> = {
    ca: pair(join(pki, 'ca')),
    frontProxyCa: pair(join(pki, 'front-proxy-ca')),
    etcdCa: pair(join(pki, 'etcd/ca')),
  }
  const leaves = Object.fromEntries(
    toLeaves(names).map(leaf => [leaf.name, { ...pair(join(pki, leaf.file)), ca: authorities[leaf.authority].cert }]),
  ) as Record<Leaf['name'], TlsFiles>
  return { ...authorities, serviceAccount: { key: join(pki, 'sa.key'), publicKey: join(pki, 'sa.pub') }, ...leaves, made }
}

/** Makes what is missing or unfit under `paths.pki`. Idempotent; not to be called concurrently for one directory. `nowMs` is for tests. */
export const ensurePki = async (paths: Pick<Paths, 'pki'>, names: PkiNames, nowMs = Date.now()): Promise<Pki> => {
  const files = toPki(paths.pki, names)
  const authorities = {
    ca: await ensureAuthority(files.ca, 'wherry-ca', nowMs),
    frontProxyCa: await ensureAuthority(files.frontProxyCa, 'wherry-front-proxy-ca', nowMs),
    etcdCa: await ensureAuthority(files.etcdCa, 'wherry-etcd-ca', nowMs),
  }
  const made: string[] = (['ca', 'frontProxyCa', 'etcdCa'] as const).filter(name => authorities[name].made)
  if (await ensureServiceAccountKey(files.serviceAccount)) made.push('serviceAccount')
  for (const leaf of toLeaves(names)) {
    if (await ensureLeaf(leaf, files[leaf.name], authorities[leaf.authority].authority, nowMs)) made.push(leaf.name)
  }
  return { ...files, made }
}

export interface KubeconfigOptions {
  /** https://HOST:PORT */
  readonly server: string
  readonly caPem: string
  readonly certPem: string
  readonly keyPem: string
  readonly cluster?: string
  readonly user?: string
  readonly namespace?: string
}

/** A kubeconfig with everything inside it, so that the file can be carried elsewhere. */
export const toKubeconfig = ({ server, caPem, certPem, keyPem, cluster = 'wherry', user = 'admin', namespace }: KubeconfigOptions): string => {
  const data = (pem: string): string => Buffer.from(pem).toString('base64')
  return `apiVersion: v1
kind: Config
clusters:
- name: ${cluster}
  cluster:
    server: ${server}
    certificate-authority-data: ${data(caPem)}
users:
- name: ${user}
  user:
    client-certificate-data: ${data(certPem)}
    client-key-data: ${data(keyPem)}
contexts:
- name: ${cluster}
  context:
    cluster: ${cluster}
    user: ${user}
${namespace === undefined ? '' : `    namespace: ${namespace}\n`}current-context: ${cluster}
`
}

/** Writes a kubeconfig for one of the client certificates, only when its content changes. */
export const ensureKubeconfig = async (file: string, server: string, tls: TlsFiles, user = 'admin'): Promise<void> => {
  const [caPem, certPem, keyPem] = await Promise.all([readFile(tls.ca, 'utf8'), readFile(tls.cert, 'utf8'), readFile(tls.key, 'utf8')])
  const text = toKubeconfig({ server, caPem, certPem, keyPem, user })
  if ((await readIfThere(file)) !== text) await writeAtomically(file, text)
}
