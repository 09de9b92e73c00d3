// What one client may take of the server: streams, resets, headers, bodies, seats; and that the server goes politely.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect, constants, type ClientHttp2Session, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2'
import tls from 'node:tls'
import t, { type Test } from 'tap'
import { startServer, type TestServer } from './start-server.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'

const open = async (t: Test, server: TestServer): Promise<ClientHttp2Session> => {
  const { pki } = server
  const session = connect(server.url, { ca: await readFile(pki.ca.cert), cert: await readFile(pki.admin.cert), key: await readFile(pki.admin.key) })
  session.on('error', () => undefined)
  t.teardown(() => session.destroy())
  await once(session, 'remoteSettings')
  return session
}

type Headers = IncomingHttpHeaders & IncomingHttpStatusHeader

const get = async (session: ClientHttp2Session, path: string, headers: Record<string, string> = {}): Promise<number | undefined> => {
  const stream = session.request({ ':path': path, ...headers })
  stream.resume()
  const [answer] = (await once(stream, 'response')) as [Headers]
  await once(stream, 'close')
  return answer[':status']
}

await t.test('one connection has so many streams and no more', async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const session = await open(t, server)
  t.equal(session.remoteSettings.maxConcurrentStreams, 250)
})

await t.test('a flood of resets ends its connection, and nobody else suffers', { timeout: 60_000 }, async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const session = await open(t, server)
  let goaway: number | undefined
  session.on('goaway', code => (goaway = code))
  const closed = new Promise(resolve => session.on('close', resolve))
  let sent = 0
  while (!session.closed && !session.destroyed && sent < 20_000) {
    for (let i = 0; i < 100; i++, sent++) {
      const stream = session.request({ ':path': '/api/v1/nodes' })
      stream.on('error', () => undefined)
      stream.close(constants.NGHTTP2_CANCEL)
    }
    await new Promise(resolve => setImmediate(resolve))
    if (sent % 1000 === 0) t.equal((await server.call('GET', '/version')).status, 200)
  }
  await closed
  t.ok(sent < 20_000, `cut after ${sent} resets (GOAWAY ${goaway})`)
  t.equal((await server.call('GET', '/readyz')).status, 200)
})

await t.test('headers without end and bodies too large', async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const huge = { 'x-huge': 'x'.repeat(200_000) }
  const refused = await server.call('GET', '/version', undefined, huge).then(
    answer => answer.status,
    () => 'cut',
  )
  t.ok(refused === 431 || refused === 'cut', `HTTP/1.1: ${refused}`)
  const session = await open(t, server)
  const stream = session.request({ ':path': '/version', ...Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x-h${i}`, 'x'.repeat(1000)])) })
  stream.on('error', () => undefined)
  stream.resume()
  const status = await once(stream, 'response').then(
    ([headers]) => (headers as Headers)[':status'],
    () => 'cut',
  )
  t.ok(status === 431 || status === 'cut', `HTTP/2: ${status}`)
  const answer = await server.call('POST', configMaps, { metadata: { name: 'c' }, data: { a: 'x'.repeat(3 * 1024 * 1024) } })
  t.equal(answer.status, 413)
  t.match(answer.body, { kind: 'Status', reason: 'RequestEntityTooLarge' })
  const long = `${configMaps}?labelSelector=app in (${'value,'.repeat(8_000)}value)`.replaceAll(' ', '%20')
  t.equal((await server.call('GET', long)).status, 200, 'a long selector over HTTP/1.1')
  t.equal(await get(await open(t, server), long), 200, 'and over HTTP/2')
})

await t.test('a server that stops says goodbye: requests under way are answered, watches end, new ones go elsewhere', { timeout: 60_000 }, async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const session = await open(t, server)
  const watch = session.request({ ':path': `${configMaps}?watch=1` })
  watch.resume()
  await once(watch, 'response')
  const goaway = once(session, 'goaway')
  const ended = once(watch, 'end')
  const stopped = server.server.stop()
  const [code] = (await goaway) as [number]
  t.equal(code, constants.NGHTTP2_NO_ERROR)
  await ended
  t.equal(watch.rstCode, constants.NGHTTP2_NO_ERROR, 'the watch ends cleanly')
  await stopped
})

await t.test('a client that sends half of a request holds up nobody', { timeout: 60_000 }, async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const { pki } = server
  const files = { ca: await readFile(pki.ca.cert), cert: await readFile(pki.admin.cert), key: await readFile(pki.admin.key) }
  for (let i = 0; i < 50; i++) {
    const socket = tls.connect({ host: '127.0.0.1', port: server.server.port, ...files })
    t.teardown(() => socket.destroy())
    await once(socket, 'secureConnect')
    socket.write(`POST ${configMaps} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"meta`)
  }
  const session = await open(t, server)
  t.equal(await get(session, '/api/v1/nodes'), 200)
  t.equal((await server.call('POST', configMaps, { metadata: { name: 'c' } })).status, 201)
})
