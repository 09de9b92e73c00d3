import t from 'tap'
import { decode } from '../../../../api/schema/decode.ts'
import { applyDefaults } from '../../../../api/schema/defaults.ts'
import { prune } from '../../../../api/schema/prune.ts'
import type { Schema } from '../../../../api/schema/schema.ts'
import { schemaByName, schemaOf } from '../../../../api/schema/table.ts'

const core = (kind: string) => schemaOf({ group: '', version: 'v1', kind })!
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const container = (fields: object) => ({ spec: { containers: [{ name: 'a', ...fields }] } })
const podOf = (fields: object) => plain(decode(core('Pod'), container(fields)).object) as { spec: { containers: [Record<string, unknown>] } }

await t.test('zero values are written or left out as Go does', async t => {
  t.same(plain(decode(core('Pod'), {}).object), { metadata: {}, spec: { containers: null }, status: {} }, 'structs are there, required lists null')
  t.same(podOf({ image: '', stdin: false, args: [], ports: [{}] }).spec.containers[0], { name: 'a', ports: [{ containerPort: 0 }], resources: {} })
  t.same(
    podOf({ securityContext: { runAsUser: 0, privileged: false } }).spec.containers[0]['securityContext'],
    { privileged: false, runAsUser: 0 },
    'pointers keep their zero',
  )
  t.same(
    plain(decode(core('Event'), { metadata: null }).object),
    {
      metadata: {},
      involvedObject: {},
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: null,
      reportingComponent: '',
      reportingInstance: '',
    },
    'times are null',
  )
})

await t.test('null is zero, of items too', async t => {
  t.same(podOf({ env: [null], image: null, resources: { limits: { cpu: null } } }).spec.containers[0], {
    name: 'a',
    env: [{ name: '' }],
    resources: { limits: { cpu: '0' } },
  })
})

await t.test('keys come in the order of the schema, kind and apiVersion first', async t => {
  t.same(Object.keys(decode(core('ConfigMap'), { data: { a: '1' }, metadata: {}, apiVersion: 'v1', kind: 'ConfigMap' }).object!), [
    'kind',
    'apiVersion',
    'metadata',
    'data',
  ])
})

await t.test('unknown fields are dropped and named, wrongly cased ones too', async t => {
  const { object, unknownFields } = decode(core('Pod'), { ...container({ Image: 'x', env: [{ name: 'A', bogus: { x: 1 } }] }), extra: 1 })
  t.same(unknownFields, ['spec.containers[0].env[0].bogus', 'spec.containers[0].Image', 'extra'])
  t.notOk(JSON.stringify(object).includes('bogus'))
  const again = decode(core('Pod'), { extra: { a: 1 } }, { duplicates: ['extra.a', 'metadata.name'] })
  t.same(again.duplicateFields, ['metadata.name'], 'what lies below an unknown field is not complained about')
})

await t.test('wrong types are one error with its path', async t => {
  for (const [fields, path] of [
    [{ ports: [{ containerPort: '80' }] }, 'spec.containers[0].ports[0].containerPort'],
    [{ ports: [{ containerPort: 2 ** 31 }] }, 'spec.containers[0].ports[0].containerPort'],
    [{ ports: [{ containerPort: 1.5 }] }, 'spec.containers[0].ports[0].containerPort'],
    [{ image: 1 }, 'spec.containers[0].image'],
    [{ args: 'x' }, 'spec.containers[0].args'],
    [{ stdin: 'true' }, 'spec.containers[0].stdin'],
    [{ resources: { limits: { cpu: 'much' } } }, 'spec.containers[0].resources.limits.cpu'],
    [{ resources: [] }, 'spec.containers[0].resources'],
    [{ livenessProbe: { httpGet: { port: true } } }, 'spec.containers[0].livenessProbe.httpGet.port'],
  ] as const) {
    const { object, errors } = decode(core('Pod'), container(fields))
    t.equal(object, undefined)
    t.same(
      errors.map(e => e.path),
      [path],
    )
  }
  t.equal(decode(core('Secret'), { data: { a: 'not base64' } }).errors[0]?.path, 'data.a')
  t.equal(decode(core('Pod'), []).errors.length, 1)
})

await t.test('scalars with a form of their own are normalised', async t => {
  t.same(podOf({ resources: { limits: { cpu: '1000m', memory: 1024, x: '0.5' } } }).spec.containers[0]['resources'], {
    limits: { cpu: '1', memory: '1024', x: '500m' },
  })
  const meta = (fields: object) => (plain(decode(core('Pod'), { metadata: fields }).object) as { metadata: object }).metadata
  t.same(meta({ creationTimestamp: '2026-01-02T03:04:05.6+02:00' }), { creationTimestamp: '2026-01-02T01:04:05Z' })
  t.same(meta({ creationTimestamp: null }), {})
  t.equal(decode(core('Pod'), { metadata: { creationTimestamp: '2026-02-30T00:00:00Z' } }).errors.length, 1)
  t.same(plain((decode(core('Secret'), { data: { a: 'YR==\n' } }).object as { data: object }).data), { a: 'YQ==' })
  const lease = schemaOf({ group: 'coordination.k8s.io', version: 'v1', kind: 'Lease' })!
  t.equal(decode(lease, { spec: { renewTime: '2026-01-02T03:04:05Z' } }).errors.length, 1, 'micro times have six digits')
})

await t.test('int64 beyond 2^53 keeps its digits, beyond 2^63 it is refused', async t => {
  const decodeGeneration = (generation: bigint) => decode<{ metadata: { generation: unknown } }>(core('Pod'), { metadata: { generation } })
  t.equal(decodeGeneration(2n ** 60n + 1n).object?.metadata.generation, 2n ** 60n + 1n)
  t.equal(decodeGeneration(2n ** 63n).errors.length, 1)
})

await t.test('maps have no prototype', async t => {
  const { object } = decode<{ metadata: { labels: Record<string, string> } }>(core('Pod'), { metadata: { labels: { a: 'b' } } })
  t.equal(object!.metadata.labels['constructor'], undefined)
})

await t.test('defaults of the table', async t => {
  const { object } = decode<{ spec: { ports: object[] } }>(core('Service'), { spec: { ports: [{ port: 1 }, { port: 2, protocol: 'UDP' }] } })
  applyDefaults(core('Service'), object)
  t.match(object!.spec.ports, [{ protocol: 'TCP' }, { protocol: 'UDP' }])
})

const string: Schema = { kind: 'string', fields: new Map(), ordered: [] }
const objectOf = (schemas: Record<string, Schema>, more: Partial<Schema> = {}, defaults: Record<string, unknown> = {}): Schema => {
  const ordered = Object.entries(schemas).map(([name, schema]) => ({
    name,
    schema,
    required: false,
    pointer: true,
    omitZero: true,
    ...(name in defaults && { default: defaults[name] }),
  }))
  return { kind: 'object', ordered, fields: new Map(ordered.map(f => [f.name, f])), ...more }
}

await t.test('custom resources: pruning', async t => {
  const schema = objectOf({
    spec: objectOf({
      a: string,
      free: objectOf({}, { preserveUnknownFields: true }),
      m: { ...string, kind: 'map', items: objectOf({ x: string }) },
      l: { ...string, kind: 'list', items: objectOf({ x: string }) },
    }),
  })
  const value = {
    apiVersion: 'e/v1',
    kind: 'W',
    metadata: { any: 1 },
    extra: 1,
    spec: { a: 'a', b: 1, free: { y: { z: 1 } }, m: { k: { x: 'x', y: 1 } }, l: [{ x: 'x' }, { y: 1 }] },
  }
  t.same(prune(schema, value), ['extra', 'spec.b', 'spec.l[1].y', 'spec.m.k.y'])
  t.same(value, { apiVersion: 'e/v1', kind: 'W', metadata: { any: 1 }, spec: { a: 'a', free: { y: { z: 1 } }, m: { k: { x: 'x' } }, l: [{ x: 'x' }, {}] } })
})

await t.test('custom resources: defaults', async t => {
  const schema = objectOf(
    { spec: objectOf({ a: string, n: { ...string, nullable: true }, deep: objectOf({ b: string }, {}, { b: 'x' }) }, {}, { a: 'A', n: 'N' }) },
    {},
    { spec: {} },
  )
  const value = { spec: { a: null, n: null, deep: {} } }
  applyDefaults(schema, value)
  t.same(value, { spec: { a: 'A', n: null, deep: { b: 'x' } } }, 'null is missing, unless it is a value')
  const empty = {}
  applyDefaults(schema, empty)
  t.same(empty, { spec: { a: 'A', n: 'N' } }, 'a default is itself defaulted')
})

await t.test('every type of the table can be looked up', async t => {
  t.equal(schemaByName('io.k8s.api.core.v1.Pod'), core('Pod'), 'by name and by kind it is one object')
  t.equal(schemaOf({ group: 'apps', version: 'v1', kind: 'Pod' }), undefined)
  t.equal(schemaOf({ group: 'apps', version: 'v1', kind: 'DeleteOptions' })?.name, 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions')
  t.equal(schemaByName('io.k8s.api.core.v1.Nothing'), undefined)
  t.equal(schemaByName('io.k8s.apimachinery.pkg.api.resource.Quantity')?.kind, 'quantity')
})

await t.test('an integer is written as one', async t => {
  const pod = container({ ports: [{ containerPort: 80 }], livenessProbe: { httpGet: { port: 80 } } })
  const judge = (...wholeFloats: string[]) => decode(core('Pod'), pod, { wholeFloats }).errors.map(e => e.path)
  t.same(judge('spec.containers[0].ports[0].containerPort'), ['spec.containers[0].ports[0].containerPort'])
  t.same(judge('spec.containers.0.livenessProbe.httpGet.port'), ['spec.containers.0.livenessProbe.httpGet.port'])
  t.same(judge('spec.nothing[0].known', 'metadata.labels.x'), [], 'what is no integer has its own rules')
})
