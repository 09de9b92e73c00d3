// What a client certificate says, read once per connection, and which of our authorities vouches for it.
import { X509Certificate } from 'node:crypto'
import type { TLSSocket } from 'node:tls'

export type Authority = 'client' | 'front-proxy'

export interface Peer {
  readonly commonName: string
  readonly organizations: readonly string[]
  /** Of the subject, where the certificate carries one (KEP-5100). */
  readonly uid?: string
  /** SHA-256 of the certificate in hex. */
  readonly fingerprint: string
  /** When the certificate ends; a connection may last longer. */
  readonly validToMs: number
  /** Empty for a certificate that none of our authorities signed, or that has expired. */
  readonly trustedAs: readonly Authority[]
}

export interface Authorities {
  readonly client: readonly X509Certificate[]
  readonly frontProxy: readonly X509Certificate[]
}

const uidAttribute = '1.3.6.1.4.1.57683.2'

/** All certificates of a bundle; an empty text has none. */
export const parseBundle = (pem: string): X509Certificate[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(([text]) => new X509Certificate(text))

const signedByOneOf = (certificate: X509Certificate, authorities: readonly X509Certificate[]): boolean =>
  authorities.some(
    authority => authority.fingerprint256 === certificate.fingerprint256 || (certificate.checkIssued(authority) && certificate.verify(authority.publicKey)),
  )

/** TLS has verified the chain against all authorities together; here it shows which of them it ends at. */
const leadsTo = (leaf: X509Certificate, authorities: readonly X509Certificate[]): boolean => {
  let depth = 0
  for (let certificate: X509Certificate | undefined = leaf; certificate && depth < 10; certificate = certificate.issuerCertificate, depth++)
    if (signedByOneOf(certificate, authorities)) return true
  return false
}

export const readPeer = (socket: TLSSocket, { client, frontProxy }: Authorities): Peer | undefined => {
  const leaf = socket.getPeerX509Certificate()
  if (!leaf) return undefined
  const { subject } = socket.getPeerCertificate() as { subject?: Readonly<Record<string, string | string[] | undefined>> }
  const first = (key: string): string | undefined => [subject?.[key] ?? []].flat()[0]
  const uid = first(uidAttribute)
  const trustedAs: Authority[] = []
  if (socket.authorized) {
    if (leadsTo(leaf, client)) trustedAs.push('client')
    if (leadsTo(leaf, frontProxy)) trustedAs.push('front-proxy')
  }
  return {
    commonName: first('CN') ?? '',
    organizations: [subject?.['O'] ?? []].flat(),
    ...(uid && { uid }),
    validToMs: Date.parse(leaf.validTo),
    fingerprint: leaf.fingerprint256.replaceAll(':', '').toLowerCase(),
    trustedAs,
  }
}
