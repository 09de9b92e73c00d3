// Logs, exec and upgrades through the server to a node's agent: here a bare TLS listener that shows what it was sent.
import https from 'node:https'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import t from 'tap'
import { ensurePki } from '../../../base/tls.ts'
import { join } from 'node:path'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { startServer, type TestServer } from './start-server.ts'

interface Agent {
  server: https.Server
  port: number
  seen: { url: string; headers: Record<string, unknown>; client: string | undefined }[]
}

const peerName = (socket: unknown): string => String((socket as TLSSocket).getPeerCertificate().subject.CN)

const startAgent = async (cert: string, key: string, ca: string): Promise<Agent> => {
  const seen: Agent['seen'] = []
  const server = https.createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    seen.push({ url: request.url!, headers: request.headers, client: peerName(request.socket) })
    if (request.url!.includes('/refuse')) {
      response.writeHead(404)
      response.end('no such container')
      return
    }
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.write('line 1\n')
    setImmediate(() => response.end('line 2\n'))
  })
  server.on('upgrade', (request, socket: Duplex, head) => {
    seen.push({ url: request.url!, headers: request.headers, client: peerName(request.socket) })
    if (String(request.headers.upgrade).includes('websocket')) {
      socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno')
      return
    }
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\nhello ')
    if (head.length) socket.write(head)
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port, seen }
}

const upgrade = async (
  server: TestServer,
  path: string,
  protocol: string,
  first: string,
): Promise<{ status: number; headers: Record<string, unknown>; socket?: Duplex; text: string }> => {
  const { pki, url } = server
  const request = https.request(url + path, {
    method: 'POST',
    ca: await readFile(pki.ca.cert),
    cert: await readFile(pki.admin.cert),
    key: await readFile(pki.admin.key),
    agent: false,
    headers: {
      'connection': 'Upgrade',
      'upgrade': protocol,
      'x-stream-protocol-version': 'v4.channel.k8s.io',
      'cookie': 'secret=1',
      'impersonate-user': 'admin-too',
      'impersonate-group': 'system:masters',
    },
  })
  const answered = new Promise<any>((resolve, reject) => {
    request.on('upgrade', (response, socket, head) => resolve({ status: response.statusCode, headers: response.headers, socket, text: head.toString() }))
    request.on('response', response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }))
    })
    request.on('error', reject)
  })
  request.end()
  const answer = await answered
  answer.socket?.write(first)
  return answer
}

await t.test('streams', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'apiserver-agent-'))
  const pki = await ensurePki({ pki: join(folder, 'pki') }, { nodeName: 'n1', nodeIp: '127.0.0.1', serviceIp: '10.43.0.1' })
  const read = (file: string): Promise<string> => readFile(file, 'utf8')
  const agent = await startAgent(await read(pki.agentServer.cert), await read(pki.agentServer.key), await read(pki.ca.cert))
  const server = await startServer({
    agentClient: { cert: await read(pki.apiserverAgentClient.cert), key: await read(pki.apiserverAgentClient.key), ca: await read(pki.ca.cert) },
  })
  t.teardown(async () => {
    await server.close()
    agent.server.closeAllConnections()
    agent.server.close()
    await rm(folder, { recursive: true, force: true })
  })
  const merge = { 'content-type': 'application/merge-patch+json' }
  await server.call('POST', '/api/v1/nodes', { metadata: { name: 'n1' } })
  const status = await server.call(
    'PATCH',
    '/api/v1/nodes/n1/status',
    { status: { addresses: [{ type: 'InternalIP', address: '127.0.0.1' }], daemonEndpoints: { kubeletEndpoint: { Port: agent.port } } } },
    merge,
  )
  t.equal(status.status, 200)
  const pods = '/api/v1/namespaces/default/pods'
  t.equal(
    (
      await server.call('POST', pods, {
        metadata: { name: 'p' },
        spec: {
          nodeName: 'n1',
          containers: [
            { name: 'c', image: 'i' },
            { name: 'refuse', image: 'i' },
          ],
        },
      })
    ).status,
    201,
  )

  await t.test('logs', async t => {
    const { status, text } = await server.call('GET', `${pods}/p/log?container=c&tailLines=5&follow=true`)
    t.equal(status, 200)
    t.equal(text, 'line 1\nline 2\n')
    t.match(agent.seen.at(-1), { url: '/containerLogs/default/p/c?follow=true&tailLines=5', client: /kube-apiserver|apiserver/ })
    t.match(await server.call('GET', `${pods}/p/log`), { status: 400, body: { message: /choose one of: \[c refuse\]/ } })
    t.match(await server.call('GET', `${pods}/p/log?container=none`), { status: 400 })
    t.match(
      await server.call('GET', `${pods}/p/log?container=refuse`),
      { status: 404, body: { message: 'no such container' } },
      "the agent's refusal is passed on",
    )
    t.match(await server.call('GET', `${pods}/none/log`), { status: 404 })
  })

  await t.test('an upgrade becomes one connection, without the headers that are ours', async t => {
    const { status, headers, socket, text } = await upgrade(
      server,
      `${pods}/p/exec?container=c&command=sh&command=-c&stdin=true&stdout=1&stderr=false`,
      'SPDY/3.1',
      'ping',
    )
    t.equal(status, 101)
    t.equal(headers['x-stream-protocol-version'], 'v4.channel.k8s.io')
    let received = text
    socket!.on('data', chunk => {
      received += String(chunk)
    })
    while (received !== 'hello ping') await once(socket!, 'data')
    t.equal(received, 'hello ping', 'what both sides sent first is not lost')
    const { url, headers: sent } = agent.seen.at(-1)!
    t.equal(url, '/exec/default/p/c?command=sh&command=-c&input=1&output=1')
    t.equal(sent['cookie'], undefined)
    t.equal(sent['impersonate-user'], undefined)
    const gone = once(socket!, 'close')
    socket!.destroy()
    await gone
  })

  await t.test('a refused upgrade is the answer, so that kubectl falls back', async t => {
    const { status, text } = await upgrade(server, `${pods}/p/exec?container=c&command=true&stdout=true`, 'websocket', '')
    t.equal(status, 403)
    t.equal(text, 'no')
  })

  await t.test('an agent that is away', async t => {
    await server.call('PATCH', '/api/v1/nodes/n1/status', { status: { daemonEndpoints: { kubeletEndpoint: { Port: 1 } } } }, merge)
    const { status, body } = await server.call('GET', `${pods}/p/log?container=c`)
    t.equal(status, 502)
    t.match(body.message, /agent of node n1 cannot be reached/)
  })
})
