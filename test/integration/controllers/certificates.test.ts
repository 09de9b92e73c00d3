// Certificate requests on a real API server: approved by themselves where a role says so, signed by the cluster's authority, cleaned up.
import 'reflect-metadata'
import { createPrivateKey, createPublicKey, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509'
import t from 'tap'
import { Agent, request as send } from 'undici'
import { certificateSigningRequests } from '../../../api/kinds/certificates/certificate-signing-request.ts'
import type { CertificateSigningRequest } from '../../../api/types/certificates-v1.ts'
import { createCertificate } from '../../../base/x509.ts'
import { eventually } from '../../harness/eventually.ts'
import { startControlPlane } from './control-plane.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const day = 24 * 3_600_000
const ca = createCertificate({ commonName: 'cluster-ca', authority: true, key: privateKey, notBefore: new Date(), notAfter: new Date(Date.now() + 100 * day) })
const signing = { cert: ca, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) }

const plane = await startControlPlane({ scheduler: false, server: { clientCa: ca }, controllers: { signing } })
t.teardown(() => plane.close())
const requests = plane.client.of(certificateSigningRequests)
const path = '/apis/certificates.k8s.io/v1/certificatesigningrequests'

interface Wanted {
  name: string
  subject: string
  signer: string
  usages?: string[]
  names?: { type: 'dns' | 'ip' | 'email'; value: string }[]
  seconds?: number
}
const pair = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])

const ask = async ({ name, subject, signer, usages = ['digital signature', 'client auth'], names, seconds }: Wanted): Promise<void> => {
  const made = await Pkcs10CertificateRequestGenerator.create({
    name: subject,
    keys: pair,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: names ? [new SubjectAlternativeNameExtension(names)] : [],
  })
  await requests.create({
    kind: 'CertificateSigningRequest',
    apiVersion: 'certificates.k8s.io/v1',
    metadata: { name },
    spec: {
      request: Buffer.from(made.toString('pem')).toString('base64'),
      signerName: `kubernetes.io/${signer}`,
      usages,
      ...(seconds !== undefined && { expirationSeconds: seconds }),
    },
  })
}
const answered = async (name: string, type: string): Promise<CertificateSigningRequest> => {
  let found: CertificateSigningRequest | undefined
  await eventually(async () => {
    found = await requests.get(name)
    const { conditions, certificate } = found.status ?? {}
    if (type === 'Issued' ? !certificate : !conditions?.some(c => c.type === type)) throw new Error(JSON.stringify(found.status))
  })
  return found!
}
const approve = async (name: string): Promise<void> => {
  const found = await requests.get(name)
  await plane.client.raw('PUT', `${path}/${name}/approval`, {
    ...found,
    status: { conditions: [{ type: 'Approved', status: 'True', reason: 'Test', message: '' }] },
  })
}
const certificateOf = ({ status }: CertificateSigningRequest): X509Certificate => new X509Certificate(Buffer.from(status?.certificate ?? '', 'base64'))
const usages = (certificate: X509Certificate): readonly string[] => certificate.keyUsage ?? []

await t.test('a client certificate is a way in', async t => {
  await ask({ name: 'jane', subject: 'O=devs,O=ops,CN=jane', signer: 'kube-apiserver-client', seconds: 3_600 })
  t.equal((await requests.get('jane')).status?.certificate, undefined, 'nobody approved it')
  await approve('jane')
  const request = await answered('jane', 'Issued')
  const certificate = certificateOf(request)
  t.ok(certificate.verify(createPublicKey(createPrivateKey(signing.key))))
  t.equal(certificate.checkIssued(new X509Certificate(ca)), true)
  t.notOk(certificate.ca)
  t.same(usages(certificate), ['1.3.6.1.5.5.7.3.2'])
  const [from, to] = [certificate.validFrom, certificate.validTo].map(text => Date.parse(text))
  t.ok(Math.abs(to! - Date.now() - 3_600_000) < 60_000 && from! < Date.now() - 4 * 60_000, `${certificate.validFrom} to ${certificate.validTo}`)

  const key = createPrivateKey({ key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey)), format: 'der', type: 'pkcs8' })
  const serverCa = await readFile(plane.test.pki.ca.cert, 'utf8')
  const jane = new Agent({ connect: { ca: serverCa, cert: certificate.toString(), key: key.export({ type: 'pkcs8', format: 'pem' }) } })
  t.teardown(() => jane.destroy())
  const who = await send(`${plane.test.url}/apis/authentication.k8s.io/v1/selfsubjectreviews`, {
    dispatcher: jane,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  const { status } = (await who.body.json()) as any
  t.match(status.userInfo, { username: 'jane', groups: ['devs', 'ops', 'system:authenticated'] })
})

await t.test("a kubelet's serving certificate has its names", async t => {
  const names = [
    { type: 'dns', value: 'n1.example.com' },
    { type: 'ip', value: '192.0.2.9' },
  ] as const
  await ask({
    name: 'serving',
    subject: 'O=system:nodes,CN=system:node:n1',
    signer: 'kubelet-serving',
    usages: ['digital signature', 'server auth'],
    names: [...names],
  })
  await approve('serving')
  t.match(certificateOf(await answered('serving', 'Issued')).subjectAltName, /DNS:n1.example.com, IP Address:192.0.2.9/)
})

await t.test('what a signer does not sign fails, and says why', async t => {
  const fails = async (wanted: Wanted, why: RegExp): Promise<void> => {
    await ask(wanted)
    await approve(wanted.name)
    const { status } = await answered(wanted.name, 'Failed')
    t.match(
      status?.conditions?.find(c => c.type === 'Failed'),
      { reason: 'SignerValidationFailure', message: why },
      wanted.name,
    )
    t.equal(status?.certificate, undefined)
  }
  const node = { subject: 'O=system:nodes,CN=system:node:n1' }
  await fails({ name: 'f1', subject: 'CN=jane', signer: 'kubelet-serving', usages: ['digital signature', 'server auth'] }, /organization is not system:nodes/)
  await fails({ name: 'f2', ...node, signer: 'kubelet-serving', usages: ['digital signature', 'server auth'] }, /DNS or IP subjectAltName is required/)
  await fails({ name: 'f3', ...node, signer: 'kube-apiserver-client-kubelet', usages: ['digital signature', 'server auth'] }, /usages did not match/)
  await fails({ name: 'f4', ...node, signer: 'kube-apiserver-client-kubelet', names: [{ type: 'dns', value: 'x' }] }, /DNS subjectAltNames are not allowed/)
  await fails({ name: 'f5', subject: 'CN=jane', signer: 'kube-apiserver-client', usages: ['client auth', 'server auth'] }, /invalid usage/)
  await fails({ name: 'f6', subject: 'O=system:nodes,CN=n1', signer: 'kube-apiserver-client-kubelet' }, /common name does not begin/)
})

await t.test("a node's own certificate is approved by itself where a role says so", async t => {
  const wanted = { subject: 'O=system:nodes,CN=system:node:n2', signer: 'kube-apiserver-client-kubelet' }
  const joiner = { name: 'system:bootstrap:abcdef', groups: ['system:bootstrappers', 'system:authenticated'] }
  const askAs = async (user: { name: string; groups: string[] }, name: string): Promise<void> => {
    const made = await Pkcs10CertificateRequestGenerator.create({ name: wanted.subject, keys: pair, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } })
    const body = {
      metadata: { name },
      spec: {
        request: Buffer.from(made.toString('pem')).toString('base64'),
        signerName: `kubernetes.io/${wanted.signer}`,
        usages: ['digital signature', 'client auth'],
      },
    }
    const answer = await plane.test.server
      .inProcess(user)
      .request({ method: 'POST', path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    if (answer.status !== 201) throw new Error(`${answer.status}`)
  }
  const bind = (name: string, group: string): Promise<unknown> =>
    plane.client.raw('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'Group', name: group, apiGroup: 'rbac.authorization.k8s.io' }],
    })
  await bind('system:node-bootstrapper', 'system:bootstrappers')
  await bind('system:certificates.k8s.io:certificatesigningrequests:nodeclient', 'system:bootstrappers')
  await eventually(async () => {
    // A binding reaches the authorizer a moment after it is written.
    await askAs(joiner, `joins-${Date.now()}`)
    const issued = (await requests.list()).items.find(r => r.metadata.name?.startsWith('joins-') && r.status?.certificate)
    if (!issued) throw new Error('none is approved')
    t.match(issued.status?.conditions, [{ type: 'Approved', reason: 'AutoApproved' }])
  })
})
