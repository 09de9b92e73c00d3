// `wherry apiserver --ephemeral` as a user has it: from the built package, with the real kubectl; and the same as a library.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import t, { type Test } from 'tap'
import { eventually } from '../../harness/eventually.ts'
import { startApiServer as startFromSource } from '../../../index.ts'

type Server = Awaited<ReturnType<typeof startFromSource>>

const root = join(import.meta.dirname, '..', '..', '..')
const kubectl = join(root, 'node_modules/.cache/kubectl-1.35/kubectl')
const skip = existsSync(kubectl) ? false : 'kubectl is not unpacked (scripts/test.sh does it)'
const run = promisify(execFile)

const folder = await mkdtemp(join(tmpdir(), 'wherry-ephemeral-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))

/** Starts the command; answers its kubeconfig's text, and how long that took. */
const start = async (script: string): Promise<{ child: ChildProcess; kubeconfig: string; ms: number }> => {
  const began = performance.now()
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, 'apiserver', '--ephemeral'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // What others have compiled is not what this one leaves behind.
    env: { ...process.env, HOME: folder, NODE_COMPILE_CACHE: undefined },
  })
  let errors = ''
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  let text = ''
  for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false })) {
    text += String(chunk)
    if (text.includes('current-context:') && text.endsWith('\n')) return { child, kubeconfig: text, ms: performance.now() - began }
  }
  throw new Error(`the command ended: ${errors}`)
}

const exercise = async (t: Test, kubeconfig: string, name: string): Promise<void> => {
  const file = join(folder, name)
  await writeFile(file, kubeconfig)
  const kube = async (...args: string[]): Promise<string> => (await run(kubectl, ['--kubeconfig', file, ...args])).stdout
  t.match(await kube('create', 'configmap', 'c', '--from-literal=a=b'), 'configmap/c created')
  t.equal(await kube('get', 'configmap', 'c', '-o', 'jsonpath={.data.a}'), 'b')
  t.match(await kube('run', 'p', '--image=example/i'), 'pod/p created')
  t.match(await kube('get', 'pods'), /p +0\/1 +Pending/)
  t.match(await kube('auth', 'whoami'), /system:masters/)
  t.match(await kube('create', 'token', 'default', '--namespace', 'default').catch((error: unknown) => String(error)), /not found|eyJ/)
}

/** Whom it asks, and whose certificate it reads, with packages in CommonJS that the bundle loads late. */
const useLatePackages = async (t: Test, { url, ca, cert, key }: Pick<Server, 'url' | 'ca' | 'cert' | 'key'>): Promise<void> => {
  const { Agent, request } = await import('undici')
  const dispatcher = new Agent({ connect: { ca, cert, key } })
  t.teardown(() => dispatcher.destroy())
  const create = async (path: string, object: object): Promise<{ status: number; message: string }> => {
    const { statusCode, body } = await request(url + path, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(object),
    })
    return { status: statusCode, message: String(((await body.json()) as { message?: string }).message) }
  }
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  const asked = await Pkcs10CertificateRequestGenerator.create({ name: 'CN=ada,O=system:masters', keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } })
  const spec = { request: Buffer.from(asked.toString('pem')).toString('base64'), signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] }
  const refused = await create('/apis/certificates.k8s.io/v1/certificatesigningrequests', { metadata: { name: 'ada' }, spec })
  t.match(refused, { status: 403, message: /system:masters/ }, 'what a certificate request asks for is read')

  const rules = [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'] }]
  const hook = { name: 'nobody.example.com', rules, clientConfig: { url: 'https://127.0.0.1:1/' }, sideEffects: 'None', admissionReviewVersions: ['v1'] }
  t.match(await create('/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations', { metadata: { name: 'nobody' }, webhooks: [hook] }), {
    status: 201,
  })
  const unasked = await create('/api/v1/namespaces/default/configmaps', { metadata: { name: 'd' } })
  t.match(unasked, { status: 500, message: /failed calling webhook "nobody\.example\.com".*ECONNREFUSED/ }, 'a webhook is called')
}

await t.test('the built command', { skip, timeout: 120_000 }, async t => {
  const dist = join(folder, 'dist')
  await run(process.execPath, ['--no-warnings', join(root, 'scripts/build.ts'), dist])
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const { child, kubeconfig, ms } = await start(join(dist, 'cli/main.js'))
  t.teardown(() => child.kill('SIGKILL'))
  t.comment(`ready after ${Math.round(ms)} ms`)
  t.match(kubeconfig, /^apiVersion: v1\nkind: Config\n/)
  t.match(kubeconfig, /server: https:\/\/127\.0\.0\.1:\d+\n/)
  await exercise(t, kubeconfig, 'built')
  // Here while it runs: it may be killed.
  await eventually(() => readdirSync(join(folder, '.cache/wherry/compile'), { recursive: true }).length > 20)
  child.kill('SIGTERM')
  const [code] = (await once(child, 'exit')) as [number | null]
  t.equal(code, 0, 'it ends by itself when asked to')

  await t.test('what cannot be read plainly is explained by the parser', async t => {
    const wrong = ['apiserver', '--ephemeral', '--root', '/nowhere']
    const failure: unknown = await run(process.execPath, ['--no-warnings', join(dist, 'cli/main.js'), ...wrong]).catch((error: unknown) => error)
    t.match(failure, { stderr: /--root=\/nowhere cannot also be provided/ })
    const { stdout } = await run(process.execPath, ['--no-warnings', join(dist, 'cli/main.js'), 'apiserver', '--help'])
    t.match(stdout, /--ephemeral +keep everything in memory/)
  })

  await t.test('the built library is the same server, with types', async t => {
    const { startApiServer } = (await import(join(dist, 'index.js'))) as { startApiServer: typeof startFromSource }
    const server = await startApiServer()
    t.teardown(() => server.stop())
    await exercise(t, server.kubeconfig, 'library')
    t.ok(existsSync(join(dist, 'index.d.ts')))
    await useLatePackages(t, server)
  })

  await t.test('and so is the one for require, which is bundled apart', async t => {
    const { startApiServer } = createRequire(import.meta.url)(join(dist, 'index.cjs')) as { startApiServer: typeof startFromSource }
    const server = await startApiServer()
    t.teardown(() => server.stop())
    await exercise(t, server.kubeconfig, 'required')
    const lines = Array.from({ length: 5_000 }, (_, i) => `  key-${i}: "${'v'.repeat(20)}"`)
    const body = ['apiVersion: v1', 'kind: ConfigMap', 'metadata: {name: large}', 'data:', ...lines].join('\n')
    const { Agent, request } = await import('undici')
    const dispatcher = new Agent({ connect: { ca: server.ca, cert: server.cert, key: server.key } })
    t.teardown(() => dispatcher.destroy())
    const path = '/api/v1/namespaces/default/configmaps'
    const headers = { 'content-type': 'application/yaml', accept: 'application/json' }
    const made = await request(server.url + path, { dispatcher, method: 'POST', headers, body })
    t.equal(made.statusCode, 201, 'its thread for large YAML is found')
    t.ok(existsSync(join(dist, 'index.d.cts')))
  })
})

await t.test('the library: several at a time, each its own, and gone when stopped', { timeout: 60_000 }, async t => {
  const [one, two] = await Promise.all([startFromSource(), startFromSource()])
  t.not(one.url, two.url)
  t.not(one.ca, two.ca)
  const { Agent, request } = await import('undici')
  const dispatcher = new Agent({ connect: { ca: one.ca, cert: one.cert, key: one.key } })
  t.teardown(() => dispatcher.destroy())
  const made = await request(`${one.url}/api/v1/namespaces/default/configmaps`, {
    dispatcher,
    method: 'POST',
    body: JSON.stringify({ metadata: { name: 'c' } }),
    headers: { 'content-type': 'application/json' },
  })
  t.equal(made.statusCode, 201)
  await made.body.dump()
  await t.rejects(request(two.url, { dispatcher }), { code: /CERT|SIGNATURE|UNABLE/ }, 'the other has an authority of its own')
  await Promise.all([one.stop(), two.stop(), one.stop()])
  await t.rejects(request(one.url, { dispatcher }), { code: /ECONNREFUSED|SOCKET|CONNRESET/ })
})

await t.test('a port that is taken', async t => {
  const one = await startFromSource()
  t.teardown(() => one.stop())
  await t.rejects(startFromSource({ port: Number(new URL(one.url).port) }), { message: /cannot listen on 127\.0\.0\.1:\d+: EADDRINUSE/ })
})
