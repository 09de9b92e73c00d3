import { execFileSync } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import t from 'tap'
import { createCertificate } from '../../../base/x509.ts'

const ecKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const times = { notBefore: new Date('2026-01-01T00:00:00Z'), notAfter: new Date('2055-06-07T08:09:10Z') }

const authorities: readonly (readonly [string, KeyObject])[] = [
  ['EC', ecKey()],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
  ['Ed25519', generateKeyPairSync('ed25519').privateKey],
]

for (const [kind, key] of authorities) {
  await t.test(`an authority with a key of type ${kind} and what it signs`, async t => {
    const ca = new X509Certificate(createCertificate({ commonName: `ca of ${kind}`, key, authority: true, ...times }))
    t.ok(ca.ca)
    t.equal(ca.subject, `CN=ca of ${kind}`)
    t.equal(ca.issuer, ca.subject)
    t.ok(ca.verify(ca.publicKey))
    t.equal(new Date(ca.validFrom).toISOString(), times.notBefore.toISOString().replace('.000', '.000'))
    t.equal(new Date(ca.validTo).toISOString(), times.notAfter.toISOString())
    const leafKey = ecKey()
    const pem = createCertificate({
      commonName: 'system:node:n1',
      organization: 'system:nodes',
      key: leafKey,
      usages: ['server', 'client'],
      sans: ['n1', 'localhost', '127.0.0.1', '::1', 'fd00::1:0:2', 'n1'],
      issuer: { certificate: ca, key },
      ...times,
    })
    const leaf = new X509Certificate(pem)
    t.notOk(leaf.ca)
    t.equal(leaf.subject, 'O=system:nodes\nCN=system:node:n1')
    t.ok(leaf.checkIssued(ca))
    t.ok(leaf.verify(ca.publicKey))
    t.ok(leaf.checkPrivateKey(leafKey))
    t.equal(leaf.subjectAltName, 'DNS:n1, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:FD00:0:0:0:0:1:0:2')
    t.same(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'])
    t.equal(leaf.checkIP('127.0.0.1'), '127.0.0.1')
    t.match(leaf.serialNumber, /^[4-7][0-9A-F]{31}$/)
    t.not(new X509Certificate(createCertificate({ commonName: 'x', key: leafKey, ...times })).serialNumber, leaf.serialNumber)

    const folder = mkdtempSync(join(tmpdir(), 'x509-test-'))
    t.teardown(() => rmSync(folder, { recursive: true }))
    writeFileSync(join(folder, 'ca.pem'), ca.toString())
    writeFileSync(join(folder, 'leaf.pem'), pem)
    const verified = execFileSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', 'ca.pem', 'leaf.pem'], { cwd: folder })
    t.match(verified.toString(), /OK/, 'openssl agrees, strictly')
  })
}

await t.test('an authority that was named by another method, or has no name, signs as well', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'x509-test-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const name of ['subjectKeyIdentifier=01020304', 'subjectKeyIdentifier=none']) {
    const openssl = (...args: string[]): string => execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] }).toString()
    const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/O=Org/CN=foreign', '-days', '999']
    openssl(...request, '-addext', name)
    const certificate = new X509Certificate(readFileSync(join(folder, 'ca.pem')))
    const key = createPrivateKey(readFileSync(join(folder, 'ca.key')))
    const leaf = createCertificate({ commonName: 'leaf', key: ecKey(), usages: ['client'], issuer: { certificate, key }, ...times })
    t.ok(new X509Certificate(leaf).checkIssued(certificate), name)
    writeFileSync(join(folder, 'leaf.pem'), leaf)
    t.match(openssl('verify', '-partial_chain', '-CAfile', 'ca.pem', 'leaf.pem'), /OK/)
  }
})

await t.test('both ends of a TLS connection believe them', async t => {
  const key = ecKey()
  const ca = createCertificate({ commonName: 'ca', key, authority: true, ...times })
  const issuer = { certificate: new X509Certificate(ca), key }
  const end = (commonName: string, usage: 'server' | 'client'): { ca: string; cert: string; key: string } => {
    const own = ecKey()
    const cert = createCertificate({ commonName, key: own, usages: [usage], sans: ['127.0.0.1'], issuer, ...times })
    return { ca, cert, key: own.export({ type: 'pkcs8', format: 'pem' }) }
  }
  const server = createServer({ ...end('server', 'server'), requestCert: true }).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>
  const client = connect({ ...end('client', 'client'), host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  t.teardown(() => client.destroy())
  await once(client, 'secureConnect')
  t.ok(client.authorized)
  const [peer] = await accepted
  t.ok(peer.authorized)
  t.equal(peer.getPeerCertificate().subject.CN, 'client')
})
