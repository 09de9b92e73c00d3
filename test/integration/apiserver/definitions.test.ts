// CustomResourceDefinitions over a real server: served once Established, by every server on the same store and after a restart, changed
// without disturbing watches, gone with their objects.
import t from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import type { Backend } from '../../../store/backend.ts'
import { CachedStore, defaultCachedStoreConfig } from '../../../store/cached-store.ts'
import { MemoryBackend } from '../../../store/memory-backend.ts'
import type { Store } from '../../../store/store.ts'
import { identityTransformer } from '../../../store/transformer.ts'
import { eventually } from '../../harness/eventually.ts'
import { startServer, type TestServer } from './start-server.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

type Json = Record<string, unknown>
const definition = (group: string, schema: Json, version: Json = {}, spec: Json = {}): Json => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `berths.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'berths', kind: 'Berth', shortNames: ['bt'], categories: ['harbour'] },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, ...version }],
    ...spec,
  },
})
const withSpec = (properties: Json, more: Json = {}): Json => ({ type: 'object', properties: { spec: { type: 'object', properties, ...more } } })
const berth = (group: string, name: string, spec: Json = {}): Json => ({ apiVersion: `${group}/v1`, kind: 'Berth', metadata: { name }, spec })
const objects = (group: string, version = 'v1'): string => `/apis/${group}/${version}/namespaces/default/berths`

const isEstablished = (object: any): boolean => object.status?.conditions?.some((c: any) => c.type === 'Established' && c.status === 'True') === true
const established = async (server: TestServer, name: string): Promise<void> => {
  await eventually(async () => isEstablished((await server.call('GET', `${definitions}/${name}`)).body))
}
const define = async (server: TestServer, body: Json): Promise<void> => {
  const { status, text } = await server.call('POST', definitions, body)
  if (status !== 201) throw new Error(text)
  await established(server, (body['metadata'] as { name: string }).name)
}

/** A backend that outlives the servers on it. */
const lasting = (backend: Backend): Backend => ({
  start: signal => backend.start(signal),
  stop: () => Promise.resolve(),
  snapshot: (prefix, onPage, signal) => backend.snapshot(prefix, onPage, signal),
  watch: (after, handler) => backend.watch(after, handler),
  putIf: (key, value, expected, options) => backend.putIf(key, value, expected, options),
  deleteIf: (key, expected, options) => backend.deleteIf(key, expected, options),
  revision: signal => backend.revision(signal),
  putIfVersion: (key, value, version) => backend.putIfVersion(key, value, version),
  tidy: () => backend.tidy(),
  databaseBytes: 0,
  compact: revision => backend.compact(revision),
  health: signal => backend.health(signal),
})
const openOn =
  (backend: Backend): (() => Store) =>
  () =>
    new CachedStore(defaultCachedStoreConfig, { backend: lasting(backend), transformer: identityTransformer, log: createLogger('silent'), clock: systemClock })

await t.test('one server', async t => {
  const server = await startServer()
  t.teardown(() => server.close())

  await t.test('answers as soon as the condition says Established', async t => {
    const group = 'early.example.com'
    // The watch starts before the definition is made, and its event is acted on at once.
    const answered = new Promise<number>((resolve, reject) => {
      const transport = server.server.inProcess({ name: 'test', groups: ['system:masters'] })
      void (async () => {
        const { direct } = await transport.request({ method: 'GET', path: `${definitions}?watch=1&resourceVersion=0` })
        for await (const batch of direct!.events!)
          for (const { object } of batch)
            if (isEstablished(object)) {
              resolve((await server.call('GET', objects(group))).status)
              return
            }
      })().catch(reject)
    })
    t.equal((await server.call('POST', definitions, definition(group, { type: 'object' }))).status, 201)
    t.equal(await answered, 200)
    t.match((await server.call('GET', `/apis/${group}/v1`)).body, { resources: [{ name: 'berths', shortNames: ['bt'], categories: ['harbour'] }] })
  })

  await t.test('a new schema holds from then on, and watches go on', async t => {
    const group = 'change.example.com'
    await define(server, definition(group, withSpec({ a: { type: 'string' } })))
    await server.call('POST', objects(group), berth(group, 'old', { a: 'x' }))
    const seen: string[] = []
    const { direct } = await server.server.inProcess({ name: 'test', groups: ['system:masters'] }).request({ method: 'GET', path: `${objects(group)}?watch=1` })
    const watching = (async () => {
      for await (const batch of direct!.events!) for (const { type, object } of batch) seen.push(`${type} ${(object as any).metadata.name}`)
    })()
    const changed = withSpec({ a: { type: 'string' }, b: { type: 'integer', default: 7 } })
    const patch = [{ op: 'replace', path: '/spec/versions/0/schema/openAPIV3Schema', value: changed }]
    t.equal((await server.call('PATCH', `${definitions}/berths.${group}`, patch, { 'content-type': 'application/json-patch+json' })).status, 200)
    // Stored before there was a default, read after.
    await eventually(async () => (await server.call('GET', `${objects(group)}/old`)).body.spec.b === 7)
    t.match((await server.call('GET', objects(group))).body.items, [{ kind: 'Berth', spec: { a: 'x', b: 7 } }])
    t.match((await server.call('POST', objects(group), berth(group, 'new', { b: 'x' }))).body, { code: 422, details: { causes: [{ field: 'spec.b' }] } })
    await server.call('POST', objects(group), berth(group, 'new', { a: 'y' }))
    await eventually(() => seen.includes('ADDED new'))
    t.same(seen, ['ADDED old', 'ADDED new'], 'by the watch from before')
    await server.call('DELETE', `${definitions}/berths.${group}`)
    await watching
  })

  await t.test('there is no protobuf of it', async t => {
    const group = 'text.example.com'
    await define(server, definition(group, { type: 'object' }))
    const protobuf = 'application/vnd.kubernetes.protobuf'
    for (const query of ['', '?watch=1&timeoutSeconds=1']) {
      t.equal(
        (await server.call('GET', objects(group) + query, undefined, { accept: `${protobuf},application/json` })).headers['content-type'],
        'application/json',
      )
      t.equal((await server.call('GET', objects(group) + query, undefined, { accept: protobuf })).status, 406)
    }
    t.equal((await server.call('POST', objects(group), 'k8s', { 'content-type': protobuf })).status, 415)
  })

  await t.test('selectable fields select, in lists and watches', async t => {
    const group = 'select.example.com'
    await define(
      server,
      definition(group, withSpec({ dock: { type: 'string' }, n: { type: 'integer' } }), {
        selectableFields: [{ jsonPath: '.spec.dock' }, { jsonPath: '.spec.n' }],
      }),
    )
    for (const [name, dock, n] of [
      ['a', 'north', 1],
      ['b', 'south', 1],
      ['c', 'north', 2],
    ] as const)
      await server.call('POST', objects(group), berth(group, name, { dock, n }))
    const names = async (query: string): Promise<string[]> =>
      (await server.call('GET', `${objects(group)}?fieldSelector=${query}`)).body.items.map((o: any) => o.metadata.name)
    t.same(await names('spec.dock=north'), ['a', 'c'])
    t.same(await names('spec.dock=north,spec.n!=1'), ['c'])
    t.equal((await server.call('GET', `${objects(group)}?fieldSelector=spec.other=1`)).status, 400)
  })

  await t.test('is gone with its objects, once those are', async t => {
    const group = 'gone.example.com'
    await define(server, definition(group, { type: 'object' }))
    const held = { ...berth(group, 'held'), metadata: { name: 'held', finalizers: ['example.com/hold'] } }
    for (const body of [held, berth(group, 'free')]) t.equal((await server.call('POST', objects(group), body)).status, 201)
    const { status, body } = await server.call('DELETE', `${definitions}/berths.${group}`)
    t.equal(status, 200)
    t.same(body.metadata.finalizers, ['customresourcecleanup.apiextensions.k8s.io'])
    await eventually(async () => (await server.call('GET', objects(group))).body.items.length === 1)
    t.equal((await server.call('POST', objects(group), berth(group, 'late'))).status, 403)
    t.match((await server.call('GET', `${definitions}/berths.${group}`)).body.status.conditions.at(-1), {
      type: 'Terminating',
      reason: 'InstanceDeletionInProgress',
    })
    await server.call('PATCH', `${objects(group)}/held`, { metadata: { finalizers: null } }, { 'content-type': 'application/merge-patch+json' })
    await eventually(async () => (await server.call('GET', `${definitions}/berths.${group}`)).status === 404)
    await eventually(async () => (await server.call('GET', objects(group))).status === 404)
    // Made anew it knows nothing of what was.
    await define(server, definition(group, { type: 'object' }))
    t.same((await server.call('GET', objects(group))).body.items, [])
  })

  await t.test('names are had by one', async t => {
    const group = 'names.example.com'
    await define(server, definition(group, { type: 'object' }))
    const rival = definition(group, { type: 'object' }, {}, { names: { plural: 'moorings', kind: 'Berth' } })
    rival['metadata'] = { name: `moorings.${group}` }
    await server.call('POST', definitions, rival)
    const conditions = await eventually<object | false>(
      async () => (await server.call('GET', `${definitions}/moorings.${group}`)).body.status.conditions ?? false,
    )
    t.match(conditions, [
      { type: 'NamesAccepted', status: 'False', reason: 'ListKindConflict' },
      { type: 'Established', status: 'False', reason: 'NotAccepted' },
    ])
    t.equal((await server.call('GET', `/apis/${group}/v1/namespaces/default/moorings`)).status, 404)
    await server.call('DELETE', `${definitions}/berths.${group}`)
    await established(server, `moorings.${group}`)
    t.equal((await server.call('GET', `/apis/${group}/v1/namespaces/default/moorings`)).status, 200)
  })
})

await t.test('several servers on one store, and one after another', async t => {
  const group = 'shared.example.com'
  const backend = new MemoryBackend(systemClock)
  const first = await startServer({}, systemClock, openOn(backend))
  const second = await startServer({}, systemClock, openOn(backend))
  t.teardown(() => second.close())
  await define(first, definition(group, withSpec({ a: { type: 'string' } })))
  await eventually(async () => (await second.call('GET', objects(group))).status === 200)
  t.equal((await first.call('POST', objects(group), berth(group, 'one', { a: 'x' }))).status, 201)
  t.match((await second.call('GET', `${objects(group)}/one`)).body, { spec: { a: 'x' } })
  await first.close()
  const third = await startServer({}, systemClock, openOn(backend))
  t.teardown(() => third.close())
  t.match((await third.call('GET', `${objects(group)}/one`)).body, { spec: { a: 'x' } }, 'served from the first request on')
  await third.call('DELETE', `${definitions}/berths.${group}`)
  await eventually(async () => (await second.call('GET', objects(group))).status === 404)
})
