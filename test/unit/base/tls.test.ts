import t from 'tap'
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs'
import { connect, createServer } from 'node:tls'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import type { AddressInfo } from 'node:net'
import { ensureKubeconfig, ensurePki } from '../../../base/tls.ts'

const names = { nodeName: 'n1', nodeIp: '192.0.2.7', serviceIp: '10.43.0.1' }
const scratch = (t: { teardown(run: () => void): void }): { pki: string } => {
  const pki = mkdtempSync(join(tmpdir(), 'wherry-tls-'))
  t.teardown(() => rmSync(pki, { recursive: true, force: true }))
  return { pki }
}
const verify = (ca: string, cert: string, purpose: string): string =>
  execFileSync('openssl', ['verify', '-CAfile', ca, '-purpose', purpose, cert], { encoding: 'utf8', stdio: 'pipe' })

await t.test('makes every certificate once, private, and valid to openssl', async t => {
  const paths = scratch(t)
  const pki = await ensurePki(paths, names)
  t.equal(pki.made.length, 16)
  for (const name of readdirSync(paths.pki, { recursive: true, encoding: 'utf8' })) {
    const seen = statSync(join(paths.pki, name))
    if (seen.isFile()) t.equal(seen.mode & 0o777, 0o600, name)
  }
  t.match(verify(pki.ca.cert, pki.apiserver.cert, 'sslserver'), /OK/)
  t.match(verify(pki.ca.cert, pki.admin.cert, 'sslclient'), /OK/)
  t.match(verify(pki.etcdCa.cert, pki.etcdServer.cert, 'sslserver'), /OK/)
  t.throws(() => verify(pki.ca.cert, pki.etcdClient.cert, 'sslclient'), 'the cluster authority does not vouch for etcd clients')
  const admin = new X509Certificate(readFileSync(pki.admin.cert))
  t.equal(admin.subject, 'O=system:masters\nCN=kubernetes-admin')
  const sans = new X509Certificate(readFileSync(pki.apiserver.cert)).subjectAltName ?? ''
  for (const san of ['DNS:kubernetes.default.svc.cluster.local', 'IP Address:10.43.0.1', 'IP Address:192.0.2.7', 'IP Address:127.0.0.1']) t.match(sans, san)

  const before = readFileSync(pki.apiserver.cert, 'utf8')
  t.same((await ensurePki(paths, names)).made, [], 'the second call makes nothing')
  t.equal(readFileSync(pki.apiserver.cert, 'utf8'), before)
})

await t.test('a mutual TLS handshake works between two of them', async t => {
  const pki = await ensurePki(scratch(t), names)
  const read = (files: { cert: string; key: string; ca: string }) => ({
    cert: readFileSync(files.cert),
    key: readFileSync(files.key),
    ca: readFileSync(files.ca),
  })
  const server = createServer({ ...read(pki.apiserver), requestCert: true, rejectUnauthorized: true }, socket =>
    socket.end(socket.getPeerX509Certificate()?.subject ?? 'nobody'),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', ...read(pki.agentClient) })
  let heard = ''
  for await (const chunk of socket) heard += String(chunk)
  t.equal(heard, 'O=system:nodes\nCN=system:node:n1')
})

await t.test('remakes what no longer fits, and only that', async t => {
  const paths = scratch(t)
  const pki = await ensurePki(paths, names)
  t.same((await ensurePki(paths, { ...names, extraSans: ['api.example.org', 'fd00::0001'] })).made, ['apiserver'], 'other names')
  t.same((await ensurePki(paths, { ...names, extraSans: ['fd00::1', 'api.example.org'] })).made, [], 'the same names in other words')
  truncateSync(pki.dns.cert, 100)
  t.same((await ensurePki(paths, { ...names, extraSans: ['fd00::1', 'api.example.org'] })).made, ['dns'], 'a file cut short')
  const soon = Date.now() + 340 * 24 * 3600 * 1000
  const renewed = await ensurePki(paths, { ...names, extraSans: ['fd00::1', 'api.example.org'] }, soon)
  t.equal(renewed.made.length, 12, 'every leaf expires within 30 days, the authorities do not')
  t.notOk(renewed.made.includes('ca'))
  t.same((await ensurePki(paths, { ...names, extraSans: ['fd00::1', 'api.example.org'] }, soon)).made, [])
})

await t.test('a renewed authority still vouches for what it signed before', async t => {
  const paths = scratch(t)
  const pki = await ensurePki(paths, names)
  const old = readFileSync(pki.admin.cert)
  await ensurePki(paths, names, Date.now() + 3640 * 24 * 3600 * 1000)
  t.ok(new X509Certificate(old).verify(new X509Certificate(readFileSync(pki.ca.cert)).publicKey))
})

await t.test('the kubeconfig carries its certificates and is rewritten only on change', async t => {
  const paths = scratch(t)
  const pki = await ensurePki(paths, names)
  const file = join(paths.pki, 'admin.kubeconfig')
  await ensureKubeconfig(file, 'https://192.0.2.7:6443', pki.admin)
  const first = statSync(file)
  t.equal(first.mode & 0o777, 0o600)
  const text = readFileSync(file, 'utf8')
  t.match(text, 'server: https://192.0.2.7:6443')
  const data = /client-certificate-data: (\S+)/.exec(text)?.[1] ?? ''
  t.equal(Buffer.from(data, 'base64').toString(), readFileSync(pki.admin.cert, 'utf8'))
  await ensureKubeconfig(file, 'https://192.0.2.7:6443', pki.admin)
  t.equal(statSync(file).ino, first.ino)
})
