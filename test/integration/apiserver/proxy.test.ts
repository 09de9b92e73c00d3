// pods/proxy, services/proxy and nodes/proxy before a real HTTP server: methods, paths, bodies, headers, links back, WebSocket, refusals.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { machineAddress, startServer } from './start-server.ts'

const address = machineAddress()

await t.test('proxy', { skip: address === undefined && 'this machine has no address but loopback' }, async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const seen: { method?: string | undefined; url?: string | undefined; headers: http.IncomingHttpHeaders; body: string }[] = []
  const answer = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    const hash = createHash('sha256')
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      hash.update(chunk)
    })
    request.on('end', () => {
      seen.push({ method: request.method, url: request.url, headers: request.headers, body: `${size} ${hash.digest('hex')}` })
      if (request.url === '/away') response.writeHead(302, { location: '/login?next=1' }).end()
      else if (request.url === '/elsewhere') response.writeHead(302, { location: 'https://example.com/x' }).end()
      else if (request.url === '/teapot') response.writeHead(418, { 'x-tea': 'green', 'set-cookie': ['a=1', 'b=2'] }).end('short and stout')
      else response.writeHead(200, { 'content-type': 'text/plain' }).end(`hello from ${request.url}`)
    })
  }
  const backend = http.createServer(answer)
  const sockets = new WebSocketServer({ server: backend, handleProtocols: protocols => [...protocols][0]! })
  sockets.on('connection', socket => socket.on('message', (data: Buffer) => socket.send(`echo ${data.toString()}`)))
  backend.listen(0, address)
  await once(backend, 'listening')
  const { port } = backend.address() as AddressInfo
  const secure = https.createServer({ cert: await readFile(server.pki.agentServer.cert), key: await readFile(server.pki.agentServer.key) }, answer)
  secure.listen(0, address)
  await once(secure, 'listening')
  const securePort = (secure.address() as AddressInfo).port
  t.teardown(() => {
    sockets.close()
    backend.closeAllConnections()
    backend.close()
    secure.closeAllConnections()
    secure.close()
  })

  const core = '/api/v1/namespaces/default'
  await server.call('POST', `${core}/pods`, { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: port }] }] } })
  const merge = { 'content-type': 'application/merge-patch+json' }
  await server.call('PATCH', `${core}/pods/p/status`, { status: { podIP: address, podIPs: [{ ip: address }] } }, merge)
  const pod = `${core}/pods/p/proxy`

  await t.test('methods, paths and queries', async t => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const { status, text } = await server.call(method, `${pod}/a%2Fb/c%20d/?x=1&x=2&path=%2Fother`)
      t.equal(status, 200)
      t.equal(text, 'hello from /a%2Fb/c%20d/?x=1&x=2&path=%2Fother')
      t.equal(seen.at(-1)!.method, method)
    }
    t.match(await server.call('GET', `${pod}?x=1`), { status: 301, headers: { location: `${pod}/?x=1` } }, 'a root without a slash is completed')
    t.match(await server.call('POST', pod, 'x'), { status: 200, text: 'hello from /' })
    t.equal((await server.call('HEAD', `${pod}/x`)).status, 200)
    t.match(await server.call('GET', `${core}/pods/https:p:${securePort}/proxy/x`), { status: 200, text: 'hello from /x' })
    t.match(await server.call('GET', `${core}/pods/p:${port}/proxy/x`), { status: 200 })
  })

  await t.test('large bodies go through whole', async t => {
    const body = 'x'.repeat(8 * 1024 * 1024)
    t.equal((await server.call('POST', `${pod}/upload`, body)).status, 200)
    t.equal(seen.at(-1)!.body, `${body.length} ${createHash('sha256').update(body).digest('hex')}`)
  })

  await t.test('headers', async t => {
    const sent = { 'authorization': 'Bearer secret', 'x-mine': 'yes', 'cookie': 'theirs=1', 'x-remote-user': 'admin', 'impersonate-user': 'kubernetes-admin' }
    await server.call('GET', `${pod}/h`, undefined, { ...sent, 'impersonate-group': 'system:masters' })
    const { headers } = seen.at(-1)!
    t.match(headers, { 'x-mine': 'yes', 'cookie': 'theirs=1', 'x-forwarded-proto': 'https', 'x-forwarded-uri': `${pod}/h`, 'host': `${address}:${port}` })
    for (const name of ['authorization', 'x-remote-user', 'impersonate-user', 'impersonate-group']) t.notOk(name in headers, `${name} is not passed on`)
    t.match(await server.call('GET', `${pod}/teapot`), { status: 418, headers: { 'x-tea': 'green', 'set-cookie': ['a=1', 'b=2'] }, text: 'short and stout' })
  })

  await t.test('links back lead through the proxy', async t => {
    const host = new URL(server.url).host
    t.match(await server.call('GET', `${pod}/away`), { status: 302, headers: { location: `https://${host}${pod}/login?next=1` } })
    t.match(await server.call('GET', `${pod}/elsewhere`), { status: 302, headers: { location: 'https://example.com/x' } })
  })

  await t.test('WebSocket', async t => {
    const socket = new WebSocket(`${server.url.replace('https', 'wss')}${pod}/ws`, ['chat'], {
      ca: await readFile(server.pki.ca.cert),
      cert: await readFile(server.pki.admin.cert),
      key: await readFile(server.pki.admin.key),
    })
    await once(socket, 'open')
    socket.send('ahoy')
    const [data] = await once(socket, 'message')
    t.equal(String(data), 'echo ahoy')
    t.equal(socket.protocol, 'chat')
    const closed = once(socket, 'close')
    socket.close()
    await closed
  })

  await t.test('services, by slices', async t => {
    const service = (name: string): string => `${core}/services/${name}/proxy/x`
    await server.call('POST', `${core}/services`, {
      metadata: { name: 's' },
      spec: {
        ports: [
          { name: 'web', port: 80 },
          { name: 'other', port: 81 },
        ],
      },
    })
    t.match(await server.call('GET', service('s:web')), { status: 404, body: { details: { kind: 'services', name: 's' } } }, 'no slices')
    const slice = (ref: object | undefined): object => ({
      metadata: { name: 's-1', labels: { 'kubernetes.io/service-name': 's' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true }, ...(ref && { targetRef: ref }) }],
      ports: [{ name: 'web', port }],
    })
    const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices'
    await server.call('POST', slices, slice(undefined))
    t.match(await server.call('GET', service('s:web')), { status: 503 }, 'an endpoint that is no pod is not visited')
    await server.call('DELETE', `${slices}/s-1`)
    await server.call('POST', slices, slice({ kind: 'Pod', namespace: 'default', name: 'p' }))
    for (const name of ['s:web', 's:80', 'http:s:web']) t.match(await server.call('GET', service(name)), { status: 200, text: 'hello from /x' }, name)
    for (const name of ['s', 's:81', 's:82', 's:nope'])
      t.match(await server.call('GET', service(name)), { status: 503, body: { reason: 'ServiceUnavailable' } }, name)
  })

  await t.test('nodes: the agent, with our certificate', async t => {
    await server.call('POST', '/api/v1/nodes', { metadata: { name: 'n1' } })
    const status = { addresses: [{ type: 'InternalIP', address }], daemonEndpoints: { kubeletEndpoint: { Port: securePort } } }
    await server.call('PATCH', '/api/v1/nodes/n1/status', { status }, merge)
    t.match(await server.call('GET', '/api/v1/nodes/n1/proxy/metrics'), { status: 200, text: 'hello from /metrics' })
    t.match(await server.call('GET', `/api/v1/nodes/n1:${port}/proxy/y`), { status: 200, text: 'hello from /y' }, 'another port of it')
    t.match(await server.call('GET', '/api/v1/nodes/n2/proxy/'), { status: 404, body: { details: { kind: 'nodes' } } })
  })

  await t.test('nobody there', async t => {
    t.match(await server.call('GET', `${core}/pods/p:1/proxy/`), {
      status: 503,
      body: { reason: 'ServiceUnavailable', message: /error trying to reach service/ },
    })
    await server.call('PATCH', `${core}/pods/p/status`, { status: { podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }] } }, merge)
    t.match(await server.call('GET', `${pod}/`), { status: 400, body: { message: 'address not allowed' } })
  })
})
