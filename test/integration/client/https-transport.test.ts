// The transport and the API client against a real TLS server on the loopback, over HTTP/2 and HTTP/1.1.
import { X509Certificate } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createSecureServer, type Http2SecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import t from 'tap'
import { defineResource } from '../../../api/resource.ts'
import { StatusError } from '../../../api/status.ts'
import { createApiClient } from '../../../client/api-client.ts'
import { createHttpsTransport } from '../../../client/https-transport.ts'
import { TransportError } from '../../../client/transport-error.ts'

const dir = mkdtempSync(join(tmpdir(), 'wherry-transport-'))
t.teardown(() => rmSync(dir, { recursive: true, force: true }))
const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
for (const name of ['server', 'client']) {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.crt`,
    '-subj',
    `/CN=${name}`,
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  )
}
const pem = (name: string): string => readFileSync(join(dir, name), 'utf8')
const identity = {
  get ca() {
    return pem('server.crt')
  },
  get cert() {
    return pem('client.crt')
  },
  get key() {
    return pem('client.key')
  },
}

const configMaps = defineResource<any>({ group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true })

interface Seen {
  method: string
  url: string
  version: string
  type?: string
  body: string
  peer?: string
  closed: Promise<void>
}

const startServer = async (
  h2: boolean,
  answer: (seen: Seen, response: Http2ServerResponse) => void,
): Promise<{ url: string; seen: Seen[]; sockets: Set<unknown> }> => {
  const seen: Seen[] = []
  const sockets = new Set<unknown>()
  const tls = { key: pem('server.key'), cert: pem('server.crt'), ca: pem('client.crt'), requestCert: true }
  const onRequest = (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    const parts: Buffer[] = []
    sockets.add(request.httpVersion === '2.0' ? request.stream.session : request.socket)
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    response.on('close', () => resolve())
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const raw = (request.socket as TLSSocket).getPeerCertificate().raw
      const one: Seen = {
        method: request.method,
        url: request.url,
        version: request.httpVersion,
        type: request.headers['content-type'],
        body: Buffer.concat(parts).toString(),
        peer: (raw as Buffer | undefined) && new X509Certificate(raw).subject,
        closed,
      }
      seen.push(one)
      answer(one, response)
    })
  }
  const server = (h2 ? createSecureServer({ ...tls, allowHTTP1: true }, onRequest) : createServer(tls, onRequest as never)) as Http2SecureServer
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(
    () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        for (const s of sockets) (s as { destroy(): void }).destroy()
      }),
  )
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, seen, sockets }
}

for (const h2 of [true, false]) {
  await t.test(h2 ? 'HTTP/2' : 'HTTP/1.1', async t => {
    const { url, seen, sockets } = await startServer(h2, (request, response) => {
      if (request.url.includes('watch=true')) {
        response.writeHead(200)
        response.write('{"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"5"}}}\n{"type":"MODI')
        setTimeout(() => response.write('FIED","object":{"metadata":{"name":"ä","resourceVersion":"6"}}}\n'), 10)
      } else if (request.url.includes('missing')) {
        response.writeHead(404, { 'content-type': 'application/json' })
        response.end(
          JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'NotFound', message: 'no such thing', code: 404 }),
        )
      } else if (request.method === 'GET' && request.url.startsWith('/api/v1/namespaces/x/configmaps')) {
        response.writeHead(200)
        response.end('{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"4"},"items":[{"metadata":{"name":"a"}}]}')
      } else {
        response.writeHead(200)
        response.end(request.body || '{}')
      }
    })
    const transport = createHttpsTransport({ server: url, ca: pem('server.crt'), cert: pem('client.crt'), key: pem('client.key') })
    t.teardown(() => transport.close())
    const client = createApiClient(transport, { userAgent: 'wherry-test/1' }).of(configMaps, 'x')

    const list = await client.list({ labelSelector: 'a in (b,c)' })
    t.match(list, { metadata: { resourceVersion: '4' }, items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }] }, 'items get their kind')
    t.equal(seen[0]?.url, '/api/v1/namespaces/x/configmaps?labelSelector=a%20in%20(b%2Cc)')
    t.equal(seen[0]?.version, h2 ? '2.0' : '1.1')
    t.match(seen[0]?.peer, 'CN=client', 'the client certificate was shown')

    await t.rejects(client.get('missing'), { name: 'StatusError', code: 404, reason: 'NotFound', message: 'no such thing' })
    const made = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } }
    t.same(await client.create(made), made)
    await client.patch('b', 'strategic', { data: { k: 'v' } }, { subresource: 'status' })
    t.match(seen.at(-1), {
      method: 'PATCH',
      type: 'application/strategic-merge-patch+json',
      url: '/api/v1/namespaces/x/configmaps/b/status?fieldManager=wherry-test',
    })
    await client.delete('b', { gracePeriodSeconds: 1, preconditions: { uid: 'u' } })
    t.match(JSON.parse(seen.at(-1)!.body), { kind: 'DeleteOptions', gracePeriodSeconds: 1, preconditions: { uid: 'u' } })

    const names: string[] = []
    for await (const event of client.watch({ resourceVersion: '4' })) {
      names.push((event.object as any).metadata.name)
      if (names.length === 2) break
    }
    t.same(names, ['a', 'ä'], 'a frame split over two chunks')
    await seen.at(-1)!.closed
    t.pass('leaving the iteration ended the request')

    const abort = new AbortController()
    const frames = client.watch({ resourceVersion: '4', signal: abort.signal })[Symbol.asyncIterator]()
    await frames.next()
    const next = frames.next().then(() => frames.next())
    const reason = new Error('enough')
    abort.abort(reason)
    await t.rejects(next, reason, 'an abort surfaces with its reason')
    await seen.at(-1)!.closed

    const started = sockets.size
    await Promise.all(Array.from({ length: 20 }, () => client.list()))
    if (h2) t.equal(sockets.size, started, 'all requests share one connection')
  })
}

await t.test('failures of the connection', async t => {
  const { url } = await startServer(true, (_, response) => response.stream.session?.destroy())
  const refused = createHttpsTransport({ server: 'https://127.0.0.1:1', ca: pem('server.crt') })
  t.teardown(() => refused.close())
  await t.rejects(refused.request({ method: 'GET', path: '/x' }), TransportError)
  const cut = createHttpsTransport({ server: url, ...identity })
  t.teardown(() => cut.close())
  await t.rejects(cut.request({ method: 'GET', path: '/x' }), TransportError)
  const untrusted = createHttpsTransport({ server: url })
  t.teardown(() => untrusted.close())
  await t.rejects(untrusted.request({ method: 'GET', path: '/x' }), { name: 'TransportError', code: /CERT/ })
})

await t.test('an answer that asks to come again is tried again; others are not', async t => {
  let calls = 0
  const { url } = await startServer(true, (request, response) => {
    calls++
    if (request.url.endsWith('/busy') && calls < 3) response.writeHead(429, { 'retry-after': '0' })
    else if (request.url.endsWith('/plain')) response.writeHead(502, { 'content-type': 'text/plain' })
    else response.writeHead(200)
    response.end(request.url.endsWith('/plain') ? 'bad gateway' : '{}')
  })
  const transport = createHttpsTransport({ server: url, ...identity })
  t.teardown(() => transport.close())
  const client = createApiClient(transport, { userAgent: 'test' })
  await client.raw('GET', '/busy')
  t.equal(calls, 3)
  await t.rejects(client.raw('GET', '/plain'), new StatusError(502, 'Unknown', 'GET /plain was answered with 502: bad gateway'))
  t.equal(calls, 4)
})
