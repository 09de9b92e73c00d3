// The server over real connections: both HTTP versions, verbs, watches, limits, and clients in the same process.
import http2 from 'node:http2'
import { readFile } from 'node:fs/promises'
import { once } from 'node:events'
import t from 'tap'
import { startServer, type TestServer } from './start-server.ts'

const configMap = (name: string, rest: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...(rest as any).metadata },
  data: (rest as any).data ?? {},
})
const path = '/api/v1/namespaces/default/configmaps'

const connect = async (server: TestServer): Promise<http2.ClientHttp2Session> => {
  const { pki, url } = server
  const session = http2.connect(url, { ca: await readFile(pki.ca.cert), cert: await readFile(pki.admin.cert), key: await readFile(pki.admin.key) })
  await once(session, 'connect')
  return session
}

/** Lines of a watch as they come. */
async function* lines(stream: AsyncIterable<Buffer>): AsyncGenerator<any> {
  let rest = ''
  for await (const chunk of stream) {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop()!
    for (const line of parts) yield JSON.parse(line)
  }
}

const take = async (from: AsyncGenerator<any>, n: number): Promise<any[]> => {
  const items = []
  for (let i = 0; i < n; i++) {
    const next = await from.next()
    if (next.done) break
    items.push(next.value)
  }
  return items
}

await t.test('requests', async t => {
  const server = await startServer()
  t.teardown(() => server.close())

  await t.test('the life of an object', async t => {
    const created = await server.call('POST', path, configMap('life', { data: { a: '1' } }))
    t.equal(created.status, 201)
    t.match(created.body, {
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'life', namespace: 'default', uid: /^[0-9a-f-]{36}$/, resourceVersion: /^\d+$/ },
      data: { a: '1' },
    })
    t.ok(created.text.startsWith('{"kind":"ConfigMap","apiVersion":"v1",'), 'kind and apiVersion come first')
    t.equal((await server.call('POST', path, configMap('life'))).body.reason, 'AlreadyExists')
    const stale = created.body.metadata.resourceVersion
    const patched = await server.call('PATCH', `${path}/life`, { data: { b: '2' } }, { 'content-type': 'application/merge-patch+json' })
    t.same(patched.body.data, { a: '1', b: '2' })
    const lost = await server.call('PUT', `${path}/life`, { ...configMap('life'), metadata: { name: 'life', resourceVersion: stale } })
    t.match(lost, { status: 409, body: { reason: 'Conflict' } })
    const same = await server.call('PATCH', `${path}/life`, {}, { 'content-type': 'application/merge-patch+json' })
    t.equal(same.body.metadata.resourceVersion, patched.body.metadata.resourceVersion, 'what changes nothing writes nothing')
    t.match((await server.call('DELETE', `${path}/life`)).body, { kind: 'Status', status: 'Success', details: { name: 'life', kind: 'configmaps' } })
    t.match(await server.call('GET', `${path}/life`), { status: 404, body: { reason: 'NotFound', details: { name: 'life', kind: 'configmaps' } } })
  })

  await t.test('concurrent patches of one object all count', async t => {
    await server.call('POST', path, configMap('many'))
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        server.call('PATCH', `${path}/many`, { data: { [`k${i}`]: 'x' } }, { 'content-type': 'application/merge-patch+json' }),
      ),
    )
    t.ok(answers.every(a => a.status === 200))
    t.equal(Object.keys((await server.call('GET', `${path}/many`)).body.data).length, 20)
  })

  await t.test('pages show one snapshot', async t => {
    for (const name of ['p1', 'p2', 'p3', 'p4', 'p5']) await server.call('POST', path, configMap(name, { metadata: { labels: { page: 'y' } } }))
    const first = await server.call('GET', `${path}?limit=2&fieldSelector=metadata.name!=life&labelSelector=page`)
    t.equal(first.body.items.length, 2)
    await server.call('DELETE', `${path}/p4`)
    const names = []
    for (let token = first.body.metadata.continue; token;) {
      const { body } = await server.call('GET', `${path}?limit=2&labelSelector=page&continue=${token}`)
      t.equal(body.metadata.resourceVersion, first.body.metadata.resourceVersion)
      names.push(...body.items.map((i: any) => i.metadata.name))
      token = body.metadata.continue
    }
    t.same(names, ['p3', 'p4', 'p5'], 'what was deleted in between is still there')
    t.match(await server.call('GET', `${path}?continue=bm9uc2Vuc2U`), { status: 400 })
  })

  await t.test('a watch over HTTP/2 sees objects enter and leave its selection, and resumes exactly', async t => {
    const {
      body: {
        metadata: { resourceVersion },
      },
    } = await server.call('GET', path)
    const session = await connect(server)
    t.teardown(() => session.destroy())
    const open = (from: string): AsyncGenerator<any> =>
      lines(session.request({ ':path': `${path}?watch=1&labelSelector=color%3Dred&resourceVersion=${from}` }) as unknown as AsyncIterable<Buffer>)
    const watch = open(resourceVersion)
    await server.call('POST', path, configMap('w', { metadata: { labels: { color: 'blue' } } }))
    const labels = (color: string): Promise<unknown> =>
      server.call('PATCH', `${path}/w`, { metadata: { labels: { color } } }, { 'content-type': 'application/merge-patch+json' })
    await labels('red')
    await server.call('PATCH', `${path}/w`, { data: { x: 'y' } }, { 'content-type': 'application/merge-patch+json' })
    await labels('green')
    await labels('red')
    await server.call('DELETE', `${path}/w`)
    const events = await take(watch, 5)
    t.same(
      events.map(e => e.type),
      ['ADDED', 'MODIFIED', 'DELETED', 'ADDED', 'DELETED'],
    )
    const versions = events.map(e => Number(e.object.metadata.resourceVersion))
    t.same(
      versions,
      [...versions].sort((a, b) => a - b),
      'revisions rise, those of leaving included',
    )
    t.equal(events[2].object.metadata.labels.color, 'red', 'leaving shows the last state that was selected')
    const again = await take(open(String(versions[1])), 3)
    t.same(
      again.map(e => [e.type, e.object.metadata.resourceVersion]),
      events.slice(2).map(e => [e.type, e.object.metadata.resourceVersion]),
    )
  })

  await t.test('initial events end with a bookmark', async t => {
    const answer = await server.call(
      'GET',
      `${path}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&labelSelector=page&timeoutSeconds=1`,
    )
    const events = answer.text
      .trim()
      .split('\n')
      .map(l => JSON.parse(l))
    t.same(
      events.map(e => e.type),
      ['ADDED', 'ADDED', 'ADDED', 'ADDED', 'BOOKMARK'],
    )
    t.equal(events.at(-1).object.metadata.annotations['k8s.io/initial-events-end'], 'true')
    t.equal(events.at(-1).object.kind, 'ConfigMap')
  })

  await t.test('bodies that are wrong', async t => {
    const cases: [string, unknown, number][] = [
      ['half a document', '{"metadata":', 400],
      ['no UTF-8', Buffer.from([0x7b, 0xff]).toString('latin1'), 400],
      ['a wrong type', { metadata: { name: 'x' }, data: { a: 1 } }, 400],
      ['a wrong kind', { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'x' } }, 400],
      ['no name', {}, 422],
      ['a bad name', configMap('Bad_Name'), 422],
      ['another namespace', { metadata: { name: 'x', namespace: 'kube-system' } }, 400],
      ['too much', configMap('big', { data: { a: 'x'.repeat(3 * 1024 * 1024) } }), 413],
      ['deep nesting', '['.repeat(200_000), 400],
      ['a prototype', '{"__proto__":{"polluted":true},"metadata":{"name":"proto"}}', 201],
    ]
    for (const [what, body, status] of cases) t.equal((await server.call('POST', path, body)).status, status, what)
    t.equal(({} as any).polluted, undefined)
    t.equal((await server.call('POST', path, 'x', { 'content-type': 'application/nonsense' })).status, 415)
    t.equal((await server.call('POST', '/api/v1/namespaces/none/configmaps', configMap('x'))).status, 404)
    t.equal((await server.call('GET', '/readyz')).text, 'ok', 'none of it hurt')
  })

  await t.test('unknown fields warn, or refuse when asked to', async t => {
    const body = { ...configMap('warn'), bogus: 1 }
    t.equal((await server.call('POST', `${path}?fieldValidation=Strict`, body)).status, 400)
    t.match((await server.call('POST', path, body)).headers['warning'], /unknown field/)
    t.equal((await server.call('PUT', `${path}/warn?fieldValidation=Ignore`, body)).headers['warning'], undefined)
  })

  await t.test('who may what', async t => {
    t.equal((await server.anonymous('GET', '/healthz')).status, 200)
    t.equal((await server.anonymous('GET', '/version')).status, 200)
    for (const p of ['/api', path, '/metrics', '/openapi/v3']) t.equal((await server.anonymous('GET', p)).status, 403, p)
    const { status, body } = await server.call('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {})
    t.equal(status, 201)
    t.ok(body.status.userInfo.groups.includes('system:masters'))
    t.match(await server.call('GET', path, undefined, { 'impersonate-user': 'jane' }), {
      status: 403,
      body: { reason: 'Forbidden', message: /User "jane" cannot list resource "configmaps"/ },
    })
  })

  await t.test('discovery in protobuf, as clients before 1.26 ask for it', async t => {
    for (const path of ['/api', '/api/v1', '/apis', '/apis/apps', '/apis/apps/v1'])
      t.match(
        await server.call('GET', path, undefined, { accept: 'application/vnd.kubernetes.protobuf, */*' }),
        { status: 200, headers: { 'content-type': 'application/vnd.kubernetes.protobuf' }, text: /^k8s\0/ },
        path,
      )
  })

  await t.test('OpenAPI v2 in the form that client-go reads', async t => {
    const json = await server.call('GET', '/openapi/v2')
    t.match(json, { status: 200, headers: { 'content-type': 'application/json' }, body: { swagger: '2.0' } })
    const packed = await server.call('GET', '/openapi/v2', undefined, { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' })
    t.match(packed, { status: 200, headers: { 'content-type': 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf' } })
    t.equal(packed.text.slice(0, 5), '\n\x032.0', 'field 1, swagger, is written first')
    t.not(packed.headers['etag'], json.headers['etag'])
  })

  await t.test('a large list is compressed for who takes it, and the same without', async t => {
    for (let i = 0; i < 10; i++) await server.call('POST', '/api/v1/namespaces/kube-public/configmaps', configMap(`l${i}`, { data: { a: 'x'.repeat(50_000) } }))
    const plain = await server.call('GET', '/api/v1/namespaces/kube-public/configmaps')
    t.equal(plain.headers['content-encoding'], undefined)
    const packed = await server.call('GET', '/api/v1/namespaces/kube-public/configmaps', undefined, { 'accept-encoding': 'gzip' })
    t.equal(packed.headers['content-encoding'], 'gzip')
    t.equal(plain.body.items.length, 10)
  })

  await t.test('a client in the same process gets the same answers, as shared objects', async t => {
    const transport = server.server.inProcess({ name: 'system:kube-controller-manager', groups: [] })
    t.teardown(() => transport.close())
    const denied = await transport.request({ method: 'POST', path, body: JSON.stringify(configMap('no')), headers: { 'content-type': 'application/json' } })
    t.equal(denied.status, 403, 'it has the rights of its user and no more')
    const listed = await transport.request({ method: 'GET', path })
    t.ok(Object.isFrozen(listed.direct!.items![0]))
    let text = ''
    for await (const chunk of listed.body) text += Buffer.from(chunk).toString()
    const bytes = JSON.parse(text)
    t.equal(bytes.metadata.resourceVersion, listed.direct!.resourceVersion)
    t.same(
      bytes.items,
      listed.direct!.items!.map(({ kind: _k, apiVersion: _a, ...rest }: any) => rest),
      'bytes and objects say the same',
    )
    const watch = await transport.request({ method: 'GET', path: `${path}?watch=1&resourceVersion=${listed.direct!.resourceVersion}` })
    const seen = (async () => {
      for await (const batch of watch.direct!.events!) return batch[0]
      return undefined
    })()
    await server.call('POST', path, configMap('direct'))
    const event: any = await seen
    t.equal(event.type, 'ADDED')
    t.equal(event.object.metadata.name, 'direct')
    t.ok(Object.isFrozen(event.object))
  })
})

await t.test('stopping ends watches cleanly and closes connections', async t => {
  const server = await startServer()
  const session = await connect(server)
  const goaway = once(session, 'goaway')
  const stream = session.request({ ':path': `${path}?watch=1` })
  stream.resume()
  await once(stream, 'response')
  const ended = once(stream, 'end')
  const started = performance.now()
  await Promise.all([server.close(), ended, goaway])
  t.ok(performance.now() - started < 5_000)
})
