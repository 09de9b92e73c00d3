// An API server behind: registered by an APIService, asked in the client's name with our certificate, seen in discovery and OpenAPI,
// unavailable when it does not answer. And a front proxy before us, which is believed in the same way.
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import https from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import t from 'tap'
import { Agent, request } from 'undici'
import { ensurePki } from '../../../base/tls.ts'
import { eventually } from '../../harness/eventually.ts'
import { startServer } from './start-server.ts'

const peerName = (socket: unknown): unknown => (socket as TLSSocket).getPeerCertificate().subject.CN
const read = (file: string): Promise<string> => readFile(file, 'utf8')
const apiServices = '/apis/apiregistration.k8s.io/v1/apiservices'
const list = {
  kind: 'APIResourceList',
  apiVersion: 'v1',
  groupVersion: 'tide.example.com/v1',
  resources: [
    { name: 'tides', singularName: 'tide', namespaced: true, kind: 'Tide', verbs: ['get', 'list'], shortNames: ['td'] },
    { name: 'tides/status', singularName: '', namespaced: true, kind: 'Tide', verbs: ['get'] },
  ],
}

await t.test('aggregation', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'aggregation-'))
  const pki = await ensurePki({ pki: join(folder, 'pki') }, { nodeName: 'ext.default.svc', nodeIp: '127.0.0.1', serviceIp: '10.43.0.1' })
  const seen: { method: string; url: string; headers: IncomingHttpHeaders; client: unknown; body: string }[] = []
  let healthy = true
  const behind = https.createServer(
    {
      cert: await read(pki.agentServer.cert),
      key: await read(pki.agentServer.key),
      ca: await read(pki.frontProxyCa.cert),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (incoming, response) => {
      let body = ''
      incoming.on('data', chunk => {
        body += String(chunk)
      })
      incoming.on('end', () => {
        const { method = '', url = '', headers } = incoming
        seen.push({ method, url, headers, client: peerName(incoming.socket), body })
        const send = (status: number, value: unknown): void => {
          response.writeHead(status, { 'content-type': 'application/json', 'audit-id': 'theirs' }).end(JSON.stringify(value))
        }
        if (!healthy) send(500, {})
        else if (url === '/apis/tide.example.com/v1') send(200, list)
        else if (url === '/openapi/v3')
          send(200, { paths: { 'apis/tide.example.com/v1': { serverRelativeURL: '/openapi/v3/apis/tide.example.com/v1?hash=AB' } } })
        else if (url.startsWith('/openapi/v3/apis/tide.example.com/v1')) send(200, { openapi: '3.0.0', paths: {} })
        else if (url === '/openapi/v2')
          send(200, {
            swagger: '2.0',
            paths: {
              '/apis/tide.example.com/v1/tides': { get: { responses: { 200: { schema: { $ref: '#/definitions/com.example.tide.v1.Tide' } } } } },
              '/apis/apps/v1/': {},
            },
            definitions: { 'com.example.tide.v1.Tide': { type: 'object', properties: { height: { type: 'integer' } } } },
          })
        else send(url.endsWith('/none') ? 404 : 200, { kind: 'Tide', url })
      })
    },
  )
  behind.listen(0, 'localhost')
  await once(behind, 'listening')
  const { port } = behind.address() as AddressInfo
  const server = await startServer({
    authentication: {
      requestHeader: { ca: await read(pki.frontProxyCa.cert) },
      proxyClient: { cert: await read(pki.frontProxyClient.cert), key: await read(pki.frontProxyClient.key) },
    },
  })
  t.teardown(async () => {
    await server.close()
    behind.closeAllConnections()
    behind.close()
    await rm(folder, { recursive: true, force: true })
  })
  const caBundle = Buffer.from(await read(pki.ca.cert)).toString('base64')
  const register = (more: object = {}): object => ({
    metadata: { name: 'v1.tide.example.com' },
    spec: {
      group: 'tide.example.com',
      version: 'v1',
      groupPriorityMinimum: 2000,
      versionPriority: 15,
      service: { namespace: 'default', name: 'ext', port },
      caBundle,
      ...more,
    },
  })
  const available = async (): Promise<any> =>
    (await server.call('GET', `${apiServices}/v1.tide.example.com`)).body.status?.conditions?.find((c: any) => c.type === 'Available')
  const until = (status: string, reason: string): Promise<object> =>
    eventually<object>(async () => {
      const condition = await available()
      if (condition?.status !== status || condition.reason !== reason) throw new Error(JSON.stringify(condition))
      return condition
    })

  await t.test('built-in groups have local APIServices', async t => {
    const { body } = await server.call('GET', apiServices)
    const byName = new Map<string, any>(body.items.map((i: any) => [i.metadata.name, i]))
    t.match(byName.get('v1.apps'), {
      metadata: { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } },
      spec: { group: 'apps', version: 'v1', groupPriorityMinimum: 17800, versionPriority: 15 },
      status: { conditions: [{ type: 'Available', status: 'True', reason: 'Local' }] },
    })
    t.match(byName.get('v1.').spec, { version: 'v1', groupPriorityMinimum: 18000, versionPriority: 1 })
    t.notOk(byName.has('v1.apiregistration.k8s.io'))
  })

  await t.test('without its Service it is unavailable, and says so', async t => {
    t.equal((await server.call('POST', apiServices, register())).status, 201)
    await until('False', 'ServiceNotFound')
    t.match(await server.call('GET', '/apis/tide.example.com/v1/tides'), { status: 503, text: 'service unavailable\n' })
    await server.call('POST', '/api/v1/namespaces/default/services', { metadata: { name: 'ext' }, spec: { type: 'ExternalName', externalName: 'localhost' } })
    await until('True', 'Passed')
  })

  await t.test('requests go through in the name of the client', async t => {
    const path = '/apis/tide.example.com/v1/namespaces/default/tides/neap?watch=0'
    const { status, body, headers } = await server.call(
      'PUT',
      path,
      { hello: 'there' },
      { 'impersonate-user': 'jane', 'impersonate-group': 'system:masters', 'impersonate-extra-example.com%2fkey': 'z' },
    )
    t.equal(status, 200)
    t.equal(body.url, path)
    const last = seen.at(-1)!
    t.equal(headers['audit-id'], last.headers['audit-id'], 'one name for both records of it')
    t.match(last, { method: 'PUT', client: 'front-proxy-client', body: '{"hello":"there"}' })
    t.match(last.headers, { 'x-remote-user': 'jane', 'x-remote-group': 'system:masters, system:authenticated', 'x-remote-extra-example.com%2fkey': 'z' })
    t.notOk('impersonate-user' in last.headers)
    t.equal((await server.call('GET', '/apis/tide.example.com/v1/none')).status, 404, 'their answers are the client’s')
    t.equal((await server.anonymous('GET', path)).status, 403, 'who may not, does not come that far')
  })

  await t.test('discovery and OpenAPI tell of it', async t => {
    const groups = (await server.call('GET', '/apis')).body.groups.map((g: any) => g.name)
    t.ok(groups.includes('tide.example.com'))
    t.equal(groups[0], 'apiregistration.k8s.io')
    t.match((await server.call('GET', '/apis/tide.example.com')).body, { kind: 'APIGroup', versions: [{ groupVersion: 'tide.example.com/v1' }] })
    t.same((await server.call('GET', '/apis/tide.example.com/v1')).body, list)
    const { body } = await server.call('GET', '/apis', undefined, { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' })
    const version = body.items.find((i: any) => i.metadata.name === 'tide.example.com').versions[0]
    t.match(version, {
      version: 'v1',
      freshness: 'Current',
      resources: [
        {
          resource: 'tides',
          scope: 'Namespaced',
          responseKind: { kind: 'Tide' },
          shortNames: ['td'],
          subresources: [{ subresource: 'status', verbs: ['get'] }],
        },
      ],
    })
    const index = (await server.call('GET', '/openapi/v3')).body.paths
    t.equal(index['apis/tide.example.com/v1'].serverRelativeURL, '/openapi/v3/apis/tide.example.com/v1?hash=AB')
    t.ok(index['apis/apps/v1'])
    t.match((await server.call('GET', '/openapi/v3/apis/tide.example.com/v1?hash=AB')).body, { openapi: '3.0.0' })
    const older = (await server.call('GET', '/openapi/v2')).body
    t.ok(older.paths['/apis/tide.example.com/v1/tides'].get)
    t.match(older.definitions['com.example.tide.v1.Tide'].properties, { height: { type: 'integer' } })
    t.ok(older.paths['/apis/apps/v1/'].get, 'what is ours is not theirs to publish')
    const protobuf = await server.call('GET', '/openapi/v2', undefined, { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' })
    t.match(protobuf.text, /com\.example\.tide\.v1\.Tide/)
  })

  await t.test('what fails shows, what comes back too, and its certificate counts', async t => {
    const change = (spec: object): Promise<unknown> =>
      server.call('PATCH', `${apiServices}/v1.tide.example.com`, { spec }, { 'content-type': 'application/merge-patch+json' })
    healthy = false
    await change({ versionPriority: 16 })
    await until('False', 'FailedDiscoveryCheck')
    const { body } = await server.call('GET', '/apis', undefined, { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' })
    t.match(body.items.find((i: any) => i.metadata.name === 'tide.example.com').versions[0], { freshness: 'Stale', resources: [{ resource: 'tides' }] })
    healthy = true
    await until('True', 'Passed')
    await change({ caBundle: Buffer.from(await read(pki.etcdCa.cert)).toString('base64') })
    await until('False', 'FailedDiscoveryCheck')
    await change({ caBundle: null, insecureSkipTLSVerify: true })
    await until('True', 'Passed')
    await server.call('DELETE', `${apiServices}/v1.tide.example.com`)
    await eventually(async () => (await server.call('GET', '/apis/tide.example.com/v1')).status === 404)
  })

  await t.test('a front proxy speaks for its clients', async t => {
    const proxy = new Agent({
      // undici joins repeated headers of HTTP/2 by itself.
      allowH2: false,
      connect: { ca: await read(server.pki.ca.cert), cert: await read(pki.frontProxyClient.cert), key: await read(pki.frontProxyClient.key) },
    })
    t.teardown(() => proxy.destroy())
    const who = async (headers: string[]): Promise<any> => {
      const answer = await request(`${server.url}/apis/authentication.k8s.io/v1/selfsubjectreviews`, {
        dispatcher: proxy,
        method: 'POST',
        headers: ['content-type', 'application/json', ...headers],
        body: '{}',
      })
      const body: any = await answer.body.json()
      return answer.statusCode === 201 ? body.status.userInfo : answer.statusCode
    }
    t.same(
      await who(['X-Remote-User', 'jane', 'X-Remote-Group', 'a,b', 'X-Remote-Group', 'c', 'X-Remote-Extra-example.com%2Fkey', 'z', 'X-Remote-Uid', 'u-1']),
      {
        username: 'jane',
        uid: 'u-1',
        groups: ['a,b', 'c', 'system:authenticated'],
        extra: { 'example.com/key': ['z'] },
      },
    )
    t.equal(await who([]), 401, 'its certificate alone is nobody')
    const { body } = await server.call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {}, { 'x-remote-user': 'jane' })
    t.equal(body.status.userInfo.username, 'kubernetes-admin', 'and nobody else may say such things')
  })
})
