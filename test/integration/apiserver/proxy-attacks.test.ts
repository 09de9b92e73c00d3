// Requests that go on to a server behind must arrive as one request each, with nobody's identity but the client's, and lead nowhere else.
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import https from 'node:https'
import http2 from 'node:http2'
import { type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import t from 'tap'
import { ensurePki } from '../../../base/tls.ts'
import { eventually } from '../../harness/eventually.ts'
import { startServer } from './start-server.ts'

const read = (file: string): Promise<string> => readFile(file, 'utf8')
const path = '/apis/tide.example.com/v1/namespaces/default/tides'
const smuggled = `GET ${path}/smuggled HTTP/1.1\r\nHost: x\r\nX-Remote-User: root\r\nX-Remote-Group: system:masters\r\n\r\n`

await t.test('what is sent through us', { timeout: 60_000 }, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'attacks-'))
  const pki = await ensurePki({ pki: join(folder, 'pki') }, { nodeName: 'ext.default.svc', nodeIp: '127.0.0.1', serviceIp: '10.43.0.1' })
  const seen: { method: string; url: string; user: unknown; other: unknown; body: string }[] = []
  let held: Socket | undefined
  const behind = https.createServer({ cert: await read(pki.agentServer.cert), key: await read(pki.agentServer.key) }, (incoming, response) => {
    const { method = '', url = '', headers } = incoming
    const record = { method, url, user: headers['x-remote-user'], other: headers['x-gate-user'], body: '' }
    // Noted at once: some backends answer before they have read a body.
    if (url.startsWith(path)) seen.push(record)
    incoming.on('data', chunk => {
      record.body += String(chunk)
    })
    const send = (status: number, value: unknown, more = {}): void => {
      response.writeHead(status, { 'content-type': 'application/json', ...more }).end(JSON.stringify(value))
    }
    if (url === '/apis/tide.example.com/v1')
      send(200, {
        kind: 'APIResourceList',
        apiVersion: 'v1',
        groupVersion: 'tide.example.com/v1',
        resources: [{ name: 'tides', namespaced: true, kind: 'Tide', verbs: ['get'] }],
      })
    else if (url.endsWith('/elsewhere')) send(302, {}, { location: 'https://evil.example.com/' })
    else if (url.endsWith('/cut')) {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"half":')
      setTimeout(() => response.destroy(), 50)
    } else incoming.on('end', () => send(200, { url }))
  })
  behind.on('upgrade', (incoming, socket: Socket) => {
    if (incoming.url?.endsWith('/hangs')) held = socket
    else if (incoming.url?.endsWith('/endless')) {
      socket.write('HTTP/1.1 400 No\r\nContent-Type: text/plain\r\n\r\n')
      const more = setInterval(() => socket.write('no '.repeat(20_000)), 5)
      socket.on('close', () => clearInterval(more)).on('error', () => clearInterval(more))
    } else socket.end('HTTP/1.1 302 Found\r\nLocation: https://evil.example.com/\r\nContent-Length: 0\r\n\r\n')
  })
  behind.listen(0, 'localhost')
  await once(behind, 'listening')
  const { port } = behind.address() as AddressInfo
  const server = await startServer({
    authentication: {
      requestHeader: {
        ca: await read(pki.frontProxyCa.cert),
        usernameHeaders: ['X-Gate-User'],
        groupHeaders: ['X-Gate-Group'],
        extraHeaderPrefixes: ['X-Gate-Extra-'],
      },
      proxyClient: { cert: await read(pki.frontProxyClient.cert), key: await read(pki.frontProxyClient.key) },
    },
  })
  t.teardown(async () => {
    await server.close()
    behind.closeAllConnections()
    behind.close()
    await rm(folder, { recursive: true, force: true })
  })
  const call = (...request: Parameters<typeof server.call>): ReturnType<typeof server.call> => server.call(...request)
  await call('POST', '/api/v1/namespaces/default/services', { metadata: { name: 'ext' }, spec: { type: 'ExternalName', externalName: 'localhost' } })
  await call('POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
    metadata: { name: 'v1.tide.example.com' },
    spec: {
      ...{ group: 'tide.example.com', version: 'v1', groupPriorityMinimum: 2000, versionPriority: 15 },
      service: { namespace: 'default', name: 'ext', port },
      caBundle: Buffer.from(await read(pki.ca.cert)).toString('base64'),
    },
  })
  await eventually(async () => {
    const { body } = await call('GET', '/apis/apiregistration.k8s.io/v1/apiservices/v1.tide.example.com')
    const condition = body.status?.conditions?.[0]
    if (condition?.status !== 'True') throw new Error(JSON.stringify(body.status))
  })
  const admin = { ca: await read(server.pki.ca.cert), cert: await read(server.pki.admin.cert), key: await read(server.pki.admin.key) }

  /** Raw bytes of HTTP/1.1; answers what came back until the connection ended or `enough` matched. */
  const raw = async (text: string, enough = /\r\n0\r\n\r\n|"url":"[^"]*"\}/): Promise<string> => {
    const socket: TLSSocket = connect({ host: '127.0.0.1', port: server.server.port, ALPNProtocols: ['http/1.1'], ...admin })
    await once(socket, 'secureConnect')
    socket.write(text)
    let got = ''
    return new Promise(resolve => {
      socket.on('data', chunk => {
        got += String(chunk)
        if (enough.test(got)) socket.destroy()
      })
      socket.on('error', () => undefined).on('close', () => resolve(got))
    })
  }
  const chunked = (body: string): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
  /** One more request on the connection that is kept to the server behind; it must be the only one beside the first. */
  const onlyOnce = async (t: Tap, method: string, body: string): Promise<void> => {
    await call('GET', `${path}/next`)
    await eventually(() => {
      if (!seen.some(s => s.url === `${path}/next`)) throw new Error('not yet')
    })
    t.same(
      seen.map(s => `${s.method} ${s.url.slice(path.length)} ${s.body}`),
      [`${method} /first ${body}`, 'GET /next '],
    )
    t.notOk(seen.some(s => s.user === 'root'))
    seen.length = 0
  }
  type Tap = Pick<typeof t, 'same' | 'notOk'>

  for (const method of ['GET', 'DELETE', 'POST', 'OPTIONS']) {
    await t.test(`${method} with a body is one request`, async t => {
      await raw(`${method} ${path}/first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(smuggled)}`)
      await onlyOnce(t, method, smuggled)
      await raw(`${method} ${path}/first HTTP/1.1\r\nHost: a\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`)
      await onlyOnce(t, method, smuggled)
      const session = http2.connect(server.url, admin)
      const stream = session.request({ ':method': method, ':path': `${path}/first` }, { endStream: false })
      stream.on('data', () => undefined)
      stream.end(smuggled)
      await once(stream, 'end')
      session.destroy()
      await onlyOnce(t, method, smuggled)
    })
  }

  await t.test('headers that end somewhere else', async t => {
    for (const framing of [
      `Transfer-Encoding: chunked\r\nContent-Length: 5`,
      'Transfer-Encoding: gzip, chunked, identity',
      'Content-Length: 5\r\nContent-Length: 6',
    ])
      t.match(await raw(`POST ${path}/first HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n${chunked(smuggled)}`), /^(HTTP\/1.1 400 .*)?$/s, framing)
    t.notOk(seen.some(s => s.user === 'root'))
    seen.length = 0
  })

  await t.test('an upgrade with a body takes nobody along', async t => {
    const answer = await raw(
      `GET ${path}/first HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
      /never/,
    )
    t.match(answer, /^HTTP\/1.1 502 /)
    await call('GET', `${path}/next`)
    t.same(
      seen.map(s => s.url.slice(path.length)),
      ['/next'],
    )
    seen.length = 0
  })

  await t.test('names of a front proxy are not the client to use, whatever they are called', async t => {
    await call('GET', `${path}/first`, undefined, { 'x-remote-user': 'root', 'x-gate-user': 'root', 'x-gate-group': 'system:masters', 'x-gate-extra-a': 'b' })
    t.match(seen, [{ user: 'kubernetes-admin', other: undefined }])
    seen.length = 0
  })

  await t.test('leads nowhere else', async t => {
    const redirected = await call('GET', `${path}/elsewhere`)
    t.equal(redirected.status, 502)
    t.equal(redirected.headers['location'], undefined)
    t.match(redirected.text, /attempted to redirect/)
    seen.length = 0
  })

  await t.test('what is cut off behind is cut off here', async t => {
    await t.rejects(call('GET', `${path}/cut`), 'and does not look whole')
    seen.length = 0
  })

  await t.test('an upgrade that hangs behind ends with its client; an endless refusal ends', async t => {
    const hanging = connect({ host: '127.0.0.1', port: server.server.port, ALPNProtocols: ['http/1.1'], ...admin })
    await once(hanging, 'secureConnect')
    hanging.on('error', () => undefined)
    hanging.write(`GET ${path}/hangs HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`)
    await eventually(() => {
      if (!held) throw new Error('not there yet')
    })
    const closed = once(held!, 'close')
    held!.resume()
    hanging.destroy()
    await closed
    t.match(await raw(`GET ${path}/endless HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`, /never/), /^HTTP\/1.1 400 /)
  })
})
