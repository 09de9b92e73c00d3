// What counts as a certificate, and as a request for one.
import 'reflect-metadata'
import { Pkcs10CertificateRequestGenerator, X509CertificateGenerator } from '@peculiar/x509'
import t from 'tap'
import { isCertificate, isCertificateRequest, readPem } from '../../../../api/validation/pem.ts'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
const certificate = (await X509CertificateGenerator.createSelfSigned({ name: 'CN=test', keys, signingAlgorithm: algorithm })).toString('pem')
const request = (await Pkcs10CertificateRequestGenerator.create({ name: 'CN=test', keys, signingAlgorithm: algorithm })).toString('pem')
const read = (text: string): ReturnType<typeof readPem> => readPem(btoa(text))

await t.test('blocks', t => {
  t.same(
    read(`before\n${certificate}\nbetween\n${request}\n`).map(b => b.type),
    ['CERTIFICATE', 'CERTIFICATE REQUEST'],
  )
  t.match(read('-----BEGIN X-----\nA: b\n\nAAAA\n-----END X-----'), [{ type: 'X', hasHeaders: true, der: undefined }])
  t.equal(read('-----BEGIN X-----\n!!!\n-----END X-----')[0]?.der, undefined)
  t.same(read('-----BEGIN X-----\nAAAA\n-----END Y-----'), [])
  t.end()
})

await t.test('their form', t => {
  const [ofCertificate] = read(certificate)
  const [ofRequest] = read(request)
  t.same([isCertificate(ofCertificate?.der), isCertificateRequest(ofCertificate?.der)], [true, false])
  t.same([isCertificate(ofRequest?.der), isCertificateRequest(ofRequest?.der)], [false, true])
  const der = ofRequest!.der!
  t.equal(isCertificateRequest(der.subarray(0, -1)), false, 'cut off')
  t.equal(isCertificateRequest(new Uint8Array([...der, 0])), false, 'with more behind it')
  for (const bytes of [[], [0x30], [0x30, 0x80], [0x30, 0xff, 1], [0x30, 0x00], [0x30, 0x84, 0xff, 0xff, 0xff, 0xff]])
    t.equal(isCertificateRequest(new Uint8Array(bytes)), false, String(bytes))
  t.equal(isCertificate(undefined), false)
  t.end()
})
