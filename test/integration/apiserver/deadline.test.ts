// A client that does not send the rest of its body gets an answer when its time is up, and is cut off.
import { readFile } from 'node:fs/promises'
import { connect } from 'node:tls'
import t from 'tap'
import { startServer } from './start-server.ts'

await t.test('a half-sent body', async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const { ca, admin } = server.pki
  const socket = connect({
    port: Number(new URL(server.url).port),
    host: '127.0.0.1',
    ca: await readFile(ca.cert),
    cert: await readFile(admin.cert),
    key: await readFile(admin.key),
  })
  t.teardown(() => socket.destroy())
  const received: Buffer[] = []
  const ended = new Promise<void>(resolve => {
    socket.on('data', (chunk: Buffer) => received.push(chunk))
    socket.on('close', () => resolve())
    socket.on('error', () => resolve())
  })
  socket.write(
    'POST /api/v1/namespaces/default/configmaps?timeout=200ms HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"metadata":',
  )
  await ended
  const text = Buffer.concat(received).toString()
  t.match(text, /^HTTP\/1\.1 504 /)
  t.match(text, /"reason":"Timeout"/)
  t.equal((await server.call('GET', '/readyz')).status, 200)
})
