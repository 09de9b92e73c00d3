// PEM blocks, and whether what they hold has the form of a certificate or of a request for one. Signatures and contents are the signers' to
// judge; here it is enough that X.509 could be read.

export interface PemBlock {
  readonly type: string
  readonly hasHeaders: boolean
  /** undefined: no base64. */
  readonly der: Uint8Array | undefined
}

const toBytes = (base64: string): Uint8Array | undefined => {
  const packed = base64.replace(/\s/g, '')
  return /^[A-Za-z0-9+/]*={0,2}$/.test(packed) && packed.length % 4 === 0 ? Uint8Array.from(atob(packed), c => c.charCodeAt(0)) : undefined
}

/** All blocks of a text that came as base64; what stands between them does not matter. */
export const readPem = (base64: string): PemBlock[] =>
  [...atob(base64).matchAll(/-----BEGIN ([^-\r\n]*)-----\r?\n([\s\S]*?)-----END \1-----/g)].map(([, type = '', body = '']) => {
    const hasHeaders = body.includes(':')
    return { type, hasHeaders, der: hasHeaders ? undefined : toBytes(body) }
  })

interface Element {
  readonly tag: number
  readonly content: Uint8Array
}
const sequence = 0x30
const integer = 0x02
const bitString = 0x03

/** The elements that lie side by side in `bytes`, or undefined where they do not fill it exactly. */
const readElements = (bytes: Uint8Array): Element[] | undefined => {
  const elements: Element[] = []
  for (let at = 0; at < bytes.length;) {
    const tag = bytes[at]!
    let length = bytes[at + 1] ?? Infinity
    at += 2
    if (length > 0x80) {
      const octets = length & 0x7f
      length = bytes.subarray(at, at + octets).reduce((sum, octet) => sum * 256 + octet, 0)
      at += octets
    }
    if (length === 0x80 || at + length > bytes.length) return undefined
    elements.push({ tag, content: bytes.subarray(at, at + length) })
    at += length
  }
  return elements
}

/** The first part of SEQUENCE { SEQUENCE …, SEQUENCE algorithm, BIT STRING signature }. */
const signedPart = (der: Uint8Array | undefined): Element[] | undefined => {
  const outer = der && readElements(der)
  const parts = outer?.length === 1 && outer[0]!.tag === sequence ? readElements(outer[0]!.content) : undefined
  const fits = parts?.length === 3 && parts[0]!.tag === sequence && parts[1]!.tag === sequence && parts[2]!.tag === bitString
  return fits ? readElements(parts[0]!.content) : undefined
}

/** At least a serial number, an algorithm, an issuer, a validity, a subject and a key. */
export const isCertificate = (der: Uint8Array | undefined): boolean => {
  const parts = signedPart(der)
  return parts !== undefined && parts.filter(part => part.tag === sequence).length >= 5 && parts.some(part => part.tag === integer)
}

/** A version, a subject and a key, with or without attributes. */
export const isCertificateRequest = (der: Uint8Array | undefined): boolean => {
  const parts = signedPart(der)
  return parts !== undefined && parts.length >= 3 && parts[0]!.tag === integer && parts[1]!.tag === sequence && parts[2]!.tag === sequence
}
