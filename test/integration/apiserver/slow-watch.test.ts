// A watcher that does not read is cut off with a bounded buffer, and others are not held up by it.
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import tls from 'node:tls'
import t from 'tap'
import { defaultLimits } from '../../../apiserver/config.ts'
import { startServer } from './start-server.ts'

const path = '/api/v1/namespaces/default/configmaps'

await t.test('a client that never reads', { timeout: 60_000 }, async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const { pki } = server
  const socket = tls.connect({
    host: '127.0.0.1',
    port: server.server.port,
    ca: await readFile(pki.ca.cert),
    cert: await readFile(pki.admin.cert),
    key: await readFile(pki.admin.key),
  })
  await once(socket, 'secureConnect')
  socket.write(`GET ${path}?watch=1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
  await once(socket, 'readable')
  socket.pause()
  await server.call('POST', path, { metadata: { name: 'big' }, data: {} })
  const before = process.memoryUsage().rss
  const value = 'x'.repeat(500_000)
  for (let i = 0; i < 60; i++) {
    const { status } = await server.call('PUT', `${path}/big`, { metadata: { name: 'big' }, data: { a: value, i: String(i) } })
    if (status !== 200) t.fail(`write ${i} answered ${status}`)
  }
  t.pass('writers were not held up')
  t.ok(process.memoryUsage().rss - before < 400 * 1024 * 1024, 'memory stays bounded')
  // What was let through ends with the end of the answer: the watch was closed, not left hanging.
  let size = 0
  let tail = ''
  socket.on('data', (chunk: Buffer) => {
    size += chunk.length
    tail = (tail + chunk.toString('latin1')).slice(-16)
  })
  socket.resume()
  while (!tail.endsWith('0\r\n\r\n')) await once(socket, 'data')
  t.ok(size < 60 * value.length, `it got ${size} bytes of ${60 * value.length}`)
  t.ok(size >= defaultLimits.watchBufferBytes, 'and not less than the buffer')
  socket.destroy()
})

await t.test('what is there at the start, however much, comes at the pace of its reader', { timeout: 60_000 }, async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const count = 40
  const value = 'x'.repeat(500_000)
  for (let i = 0; i < count; i++) await server.call('POST', path, { metadata: { name: `big-${i}` }, data: { value } })
  const { pki } = server
  const tlsFiles = { ca: await readFile(pki.ca.cert), cert: await readFile(pki.admin.cert), key: await readFile(pki.admin.key) }
  const socket = tls.connect({ host: '127.0.0.1', port: server.server.port, ...tlsFiles })
  t.teardown(() => socket.destroy())
  await once(socket, 'secureConnect')
  const query = 'watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
  socket.write(`GET ${path}?${query} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`)
  // Reads nothing for a while: the others go on, and the server keeps a little of it.
  await once(socket, 'readable')
  socket.pause()
  for (let i = 0; i < 20; i++) t.equal((await server.call('GET', `${path}/big-${i}`)).status, 200)
  // The values are left out of what is kept.
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1').replace(/x{3,}/g, '')))
  socket.resume()
  while (!text.includes('k8s.io/initial-events-end')) await once(socket, 'data')
  t.equal(text.match(/"type":"ADDED"/g)?.length, count)
  await server.call('POST', path, { metadata: { name: 'later' } })
  while (!text.includes('"name":"later"')) await once(socket, 'data')
  t.pass('and goes on with what comes')
})
