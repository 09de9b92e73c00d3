// Reads certificate requests and signs them, with the library that is loaded at the first request: most clusters seldom see one.
import { createPrivateKey, type KeyObject, type webcrypto } from 'node:crypto'
import type { GeneralName, Pkcs10CertificateRequest, X509CertificateGenerator } from '@peculiar/x509'
import type { Asked } from './compute-faults.ts'

type Request = Pkcs10CertificateRequest
type Extensions = NonNullable<Parameters<typeof X509CertificateGenerator.create>[0]['extensions']>

const load = async () => {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

/** `request` is base64 of PEM, as spec.request has it. Throws for what is none, and for one whose signature does not hold. */
export const readRequest = async (request: string): Promise<Request> => {
  const { Pkcs10CertificateRequest: Pkcs10 } = await load()
  const parsed = new Pkcs10(Buffer.from(request, 'base64').toString())
  if (!(await parsed.verify())) throw new Error('the signature of the certificate request does not hold')
  return parsed
}

const alternativeNames = '2.5.29.17'

export const toAsked = async (request: Request): Promise<Asked> => {
  const { SubjectAlternativeNameExtension: Names } = await load()
  const names: readonly GeneralName[] = request.extensions.flatMap(extension => (extension instanceof Names ? [...extension.names.items] : []))
  const of = (type: GeneralName['type']): string[] => names.filter(name => name.type === type).map(name => name.value)
  return {
    commonName: request.subjectName.getField('CN').at(-1) ?? '',
    organizations: request.subjectName.getField('O'),
    dnsNames: of('dns'),
    addresses: of('ip'),
    emails: of('email'),
    uris: of('url'),
  }
}

/** Bits as KeyUsageFlags of the library, which are not there before it is loaded. */
const keyUsages: Readonly<Record<string, number>> = {
  'signing': 1,
  'digital signature': 1,
  'content commitment': 2,
  'key encipherment': 4,
  'data encipherment': 8,
  'key agreement': 16,
  'cert sign': 32,
  'crl sign': 64,
  'encipher only': 128,
  'decipher only': 256,
}
const extendedUsages: Readonly<Record<string, string>> = {
  'any': '2.5.29.37.0',
  'server auth': '1.3.6.1.5.5.7.3.1',
  'client auth': '1.3.6.1.5.5.7.3.2',
  'code signing': '1.3.6.1.5.5.7.3.3',
  'email protection': '1.3.6.1.5.5.7.3.4',
  's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5',
  'ipsec tunnel': '1.3.6.1.5.5.7.3.6',
  'ipsec user': '1.3.6.1.5.5.7.3.7',
  'timestamping': '1.3.6.1.5.5.7.3.8',
  'ocsp signing': '1.3.6.1.5.5.7.3.9',
  'microsoft sgc': '1.3.6.1.4.1.311.10.3.3',
  'netscape sgc': '2.16.840.1.113730.4.1',
}

const extensionsFor = async (request: Request, usages: readonly string[], authority: { keyId: string | undefined }): Promise<Extensions> => {
  const x509 = await load()
  const bits = usages.reduce((sum, usage) => sum | (keyUsages[usage] ?? 0), 0)
  const purposes = [...new Set(usages.flatMap(usage => extendedUsages[usage] ?? []))]
  const names = request.extensions.filter(extension => extension.type === alternativeNames)
  return [
    new x509.KeyUsagesExtension(bits, true),
    ...(purposes.length ? [new x509.ExtendedKeyUsageExtension(purposes)] : []),
    // Never an authority, whatever the request says.
    new x509.BasicConstraintsExtension(false, undefined, true),
    ...(authority.keyId === undefined ? [] : [new x509.AuthorityKeyIdentifierExtension(authority.keyId)]),
    ...names,
  ]
}

const algorithmOf = (key: KeyObject): webcrypto.EcKeyImportParams | webcrypto.RsaHashedImportParams => {
  if (key.asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const curves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }
  const namedCurve = curves[key.asymmetricKeyDetails?.namedCurve ?? '']
  if (!namedCurve) throw new Error(`the signing authority's key is RSA or on a NIST curve, not ${key.asymmetricKeyType ?? 'that'}`)
  return { name: 'ECDSA', namedCurve }
}

export interface SigningAuthority {
  /** When its own certificate ends. */
  readonly endsMs: number
  /** The certificate as PEM. */
  sign(request: Request, usages: readonly string[], validity: { notBefore: Date; notAfter: Date }): Promise<string>
}

export const openAuthority = async ({ cert, key }: { readonly cert: string; readonly key: string }): Promise<SigningAuthority> => {
  const x509 = await load()
  const certificate = new x509.X509Certificate(cert)
  const privateKey = createPrivateKey(key)
  const signingKey = privateKey.toCryptoKey(algorithmOf(privateKey), false, ['sign'])
  const keyId = certificate.getExtension(x509.SubjectKeyIdentifierExtension)?.keyId
  return {
    endsMs: certificate.notAfter.getTime(),
    sign: async (request, usages, validity) => {
      const made = await x509.X509CertificateGenerator.create({
        // Both names byte for byte: verifiers compare bytes.
        subject: request.subjectName,
        issuer: certificate.subjectName,
        publicKey: request.publicKey,
        signingKey,
        signingAlgorithm: { name: signingKey.algorithm.name, hash: 'SHA-256' },
        extensions: await extensionsFor(request, usages, { keyId }),
        ...validity,
      })
      return `${made.toString('pem')}\n`
    },
  }
}
