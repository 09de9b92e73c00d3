// Makes X.509 certificates (RFC 5280) with node:crypto alone: the few extensions that a cluster's certificates have, written as DER. Loads in
// no time, where a general library costs more than the rest of a start.
import { createHash, createPublicKey, randomBytes, sign, type KeyObject, type X509Certificate } from 'node:crypto'
import { isIPv4 } from 'node:net'

export interface CertificateFields {
  readonly commonName: string
  readonly organization?: string
  readonly notBefore: Date
  readonly notAfter: Date
  /** The subject's private key; only its public half goes into the certificate. */
  readonly key: KeyObject
  /** An authority; otherwise a leaf with `usages`. */
  readonly authority?: boolean
  readonly usages?: readonly ('server' | 'client')[]
  /** DNS names and IP addresses. */
  readonly sans?: readonly string[]
  /** Who signs; the subject itself when absent. */
  readonly issuer?: { readonly certificate: X509Certificate; readonly key: KeyObject }
}

const tags = { boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, utf8: 0x0c, utcTime: 0x17, generalTime: 0x18, sequence: 0x30, set: 0x31 }

const lengthOf = (length: number): Buffer => {
  if (length < 0x80) return Buffer.from([length])
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff]
  return Buffer.from([0x80 | bytes.length, ...bytes])
}
const tlv = (tag: number, ...content: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body])
}
const sequence = (...content: readonly Buffer[]): Buffer => tlv(tags.sequence, ...content)
const bits = (bytes: Buffer, unused = 0): Buffer => tlv(tags.bits, Buffer.from([unused]), bytes)

const oid = (text: string): Buffer => {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  const arc = (n: number): number[] => {
    const groups = [n & 0x7f]
    for (let left = Math.floor(n / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left & 0x7f) | 0x80)
    return groups
  }
  return tlv(tags.oid, Buffer.from([first * 40 + second, ...rest.flatMap(arc)]))
}

/** UTCTime up to 2049, GeneralizedTime from then on (RFC 5280, 4.1.2.5). */
const time = (date: Date): Buffer => {
  const digits = date.toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '')
  return date.getUTCFullYear() < 2050 ? tlv(tags.utcTime, Buffer.from(digits.slice(2))) : tlv(tags.generalTime, Buffer.from(digits))
}

const attribute = (type: string, value: string): Buffer => tlv(tags.set, sequence(oid(type), tlv(tags.utf8, Buffer.from(value))))
const nameOf = ({ organization, commonName }: Pick<CertificateFields, 'organization' | 'commonName'>): Buffer =>
  sequence(...(organization === undefined ? [] : [attribute('2.5.4.10', organization)]), attribute('2.5.4.3', commonName))

const signatureOids: Readonly<Record<string, { oid: string; digest: string | null }>> = {
  ec: { oid: '1.2.840.10045.4.3.2', digest: 'sha256' },
  rsa: { oid: '1.2.840.113549.1.1.11', digest: 'sha256' },
  ed25519: { oid: '1.3.101.112', digest: null },
}

/** The element that starts at `at`, and where it ends. */
const elementAt = (der: Buffer, at: number): { contentAt: number; end: number } => {
  const first = der[at + 1]!
  const size = first & 0x80 ? first & 0x7f : 0
  const length = size ? der.readUIntBE(at + 2, size) : first
  return { contentAt: at + 2 + size, end: at + 2 + size + length }
}

/** The subject of a certificate, byte for byte: what its children must name as their issuer. */
const subjectBytes = ({ raw }: X509Certificate): Buffer => {
  let at = elementAt(raw, elementAt(raw, 0).contentAt).contentAt
  // version, serial number, algorithm, issuer and validity come first.
  for (let field = 0; field < 5; field++) at = elementAt(raw, at).end
  return raw.subarray(at, elementAt(raw, at).end)
}

/** Tells addresses from DNS names, which have no colons. Node's own check compiles a regular expression that takes 10 ms. */
export const isAddress = (name: string): boolean => name.includes(':') || isIPv4(name)

const addressBytes = (address: string): Buffer => {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const words = (text: string | undefined): number[] => (text ? text.split(':').map(word => parseInt(word, 16)) : [])
  const [before, after] = [words(head), words(tail)]
  const all = [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
  return Buffer.from(all.flatMap(word => [word >> 8, word & 0xff]))
}

const extension = (type: string, critical: boolean, value: Buffer): Buffer =>
  sequence(oid(type), ...(critical ? [tlv(tags.boolean, Buffer.from([0xff]))] : []), tlv(tags.octets, value))

/** The public key's bits within its SubjectPublicKeyInfo: algorithm, then a bit string. */
const bitStringOf = (spki: Buffer): Buffer => {
  const { contentAt } = elementAt(spki, 0)
  const key = elementAt(spki, elementAt(spki, contentAt).end)
  return spki.subarray(key.contentAt + 1, key.end)
}

/** RFC 5280, 4.2.1.2, method 1; a name for the key, no protection of it. */
const keyIdentifier = (key: KeyObject): Buffer =>
  createHash('sha1')
    .update(bitStringOf(createPublicKey(key).export({ type: 'spki', format: 'der' })))
    .digest()

/** What the issuer's certificate calls its key, which may have been named by another method; nothing when it has no name. */
const issuerKeyIdentifier = ({ raw }: X509Certificate): Buffer | undefined => {
  const type = oid('2.5.29.14')
  const at = raw.indexOf(type)
  if (at < 0) return undefined
  const { contentAt } = elementAt(raw, at + type.length)
  const name = elementAt(raw, contentAt)
  return raw.subarray(name.contentAt, name.end)
}

const usageOids = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' }
/** The bits of KeyUsage, from the left: 0 digital signature, 5 certificate signing, 6 CRL signing. */
const authorityUsage = { bytes: [0b1000_0110], unused: 1 }
const leafUsage = { bytes: [0b1000_0000], unused: 7 }

const extensionsOf = ({ authority = false, usages = [], sans = [], key, issuer }: CertificateFields): Buffer => {
  const signedBy = issuer ? issuerKeyIdentifier(issuer.certificate) : keyIdentifier(key)
  const keyUsage = authority ? authorityUsage : leafUsage
  const names = [...new Set(sans)].map(name => (isAddress(name) ? tlv(0x87, addressBytes(name)) : tlv(0x82, Buffer.from(name))))
  return sequence(
    extension('2.5.29.19', true, authority ? sequence(tlv(tags.boolean, Buffer.from([0xff]))) : sequence()),
    extension('2.5.29.15', true, bits(Buffer.from(keyUsage.bytes), keyUsage.unused)),
    ...(usages.length ? [extension('2.5.29.37', false, sequence(...usages.map(usage => oid(usageOids[usage]))))] : []),
    extension('2.5.29.14', false, tlv(tags.octets, keyIdentifier(key))),
    ...(signedBy ? [extension('2.5.29.35', false, sequence(tlv(0x80, signedBy)))] : []),
    ...(names.length ? [extension('2.5.29.17', false, sequence(...names))] : []),
  )
}

/** A positive serial number of 127 random bits, as CA/Browser rules want at least 64. */
const newSerial = (): Buffer => {
  const bytes = randomBytes(16)
  bytes[0] = (bytes[0]! & 0x7f) | 0x40
  return tlv(tags.integer, bytes)
}

/** The certificate as PEM. */
export const createCertificate = (fields: CertificateFields): string => {
  const signer = fields.issuer?.key ?? fields.key
  const signature = signatureOids[signer.asymmetricKeyType ?? '']
  if (!signature) throw new TypeError(`a key of type ${signer.asymmetricKeyType ?? 'unknown'} cannot sign certificates here`)
  // RSA's algorithm identifier has an explicit NULL, the others have no parameters.
  const algorithm = sequence(oid(signature.oid), ...(signer.asymmetricKeyType === 'rsa' ? [Buffer.from([0x05, 0x00])] : []))
  const version3 = tlv(0xa0, tlv(tags.integer, Buffer.from([2])))
  const toBeSigned = sequence(
    version3,
    newSerial(),
    algorithm,
    fields.issuer ? subjectBytes(fields.issuer.certificate) : nameOf(fields),
    sequence(time(fields.notBefore), time(fields.notAfter)),
    nameOf(fields),
    createPublicKey(fields.key).export({ type: 'spki', format: 'der' }),
    tlv(0xa3, extensionsOf(fields)),
  )
  const der = sequence(toBeSigned, algorithm, bits(sign(signature.digest, toBeSigned, signer)))
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/(.{64})(?=.)/g, '$1\n')}\n-----END CERTIFICATE-----\n`
}
