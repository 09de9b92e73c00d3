import t from 'tap'
import { decodeProtobuf, decodeWatchEvent, encodeItem, encodeProtobuf, encodeWatchFrame, hasProtobuf, openEnvelope } from '../../../../api/protobuf/codec.ts'
import { decode } from '../../../../api/schema/decode.ts'
import { schemaOf } from '../../../../api/schema/table.ts'

interface Kind {
  apiVersion: string
  kind: string
}
const typed = (group: string, value: Kind): Kind =>
  decode<Kind>(schemaOf({ group, version: value.apiVersion.split('/').at(-1)!, kind: value.kind })!, value).object!
const through = (value: Kind) =>
  JSON.parse(JSON.stringify(decodeProtobuf(encodeProtobuf(value)), (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v))) as object

await t.test('zero values come back as JSON has them', async t => {
  const pod = typed('', { apiVersion: 'v1', kind: 'Pod' })
  t.same(through(pod), { apiVersion: 'v1', kind: 'Pod', metadata: {}, spec: { containers: null }, status: {} })
  const pointers = typed('', { apiVersion: 'v1', kind: 'Pod', spec: { containers: [{ name: 'a', securityContext: { runAsUser: 0 } }], os: {} } } as Kind)
  t.same(through(pointers), pointers)
})

await t.test('numbers of every size', async t => {
  for (const generation of [-1, 127, 128, 2 ** 40, -(2 ** 40), 2n ** 62n + 1n])
    t.match(through(typed('', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { generation } } as Kind)), {
      metadata: { generation: typeof generation === 'bigint' ? `${generation}n` : generation },
    })
})

await t.test('a definition: schemas, or booleans and lists in their place', async t => {
  const openAPIV3Schema = {
    type: 'object',
    additionalProperties: false,
    maximum: 1.5,
    default: { a: [1, { b: null }] },
    properties: {
      l: { items: { type: 'string' } },
      m: { items: [{ type: 'string' }, {}], additionalProperties: { type: 'integer' }, dependencies: { a: ['b'], c: { type: 'object' } } },
    },
  }
  const crd = typed('apiextensions.k8s.io', {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'x' },
    spec: {
      group: 'g',
      names: { kind: 'W', plural: 'ws' },
      scope: 'Cluster',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  } as Kind)
  t.same(through(crd), JSON.parse(JSON.stringify(crd)))
})

await t.test('large objects outgrow the first buffer', async t => {
  const data = Object.fromEntries(Array.from({ length: 2000 }, (_, i) => [`key-${i}`, 'ä'.repeat(i % 50)]))
  const configMap = typed('', { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data } as Kind)
  t.same(through(configMap), JSON.parse(JSON.stringify(configMap)))
})

await t.test('frames of a watch', async t => {
  const object = encodeProtobuf({ apiVersion: 'v1', kind: 'ConfigMap' })
  const frame = encodeWatchFrame('ADDED', object)
  t.equal(frame.readUInt32BE(), frame.length - 4)
  const event = decodeWatchEvent(frame.subarray(4))
  t.equal(event.type, 'ADDED')
  t.ok(event.object.equals(object))
})

await t.test('what is no protobuf of ours', async t => {
  t.equal(hasProtobuf({ apiVersion: 'example.com/v1', kind: 'Widget' }), false)
  t.throws(() => encodeProtobuf({ apiVersion: 'example.com/v1', kind: 'Widget' }), { name: 'ProtobufError' })
  t.throws(() => decodeProtobuf(Buffer.from('{}')), { name: 'ProtobufError' })
  const pod = encodeProtobuf({ apiVersion: 'v1', kind: 'Pod' })
  t.throws(() => decodeProtobuf(pod.subarray(0, -8)), { name: 'ProtobufError' }, 'cut off')
  t.same(openEnvelope(pod).kind, 'Pod')
})

await t.test('an item that was encoded before takes its place in a list', t => {
  const item = (name: string): { kind: string; apiVersion: string } & Record<string, unknown> => ({
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name },
    data: { a: name },
  })
  const list = (items: unknown[]): { kind: string; apiVersion: string } & Record<string, unknown> => ({
    kind: 'ConfigMapList',
    apiVersion: 'v1',
    metadata: { resourceVersion: '5' },
    items,
  })
  const names = ['a', 'b']
  t.same(encodeProtobuf(list(names.map(name => encodeItem(item(name))))), encodeProtobuf(list(names.map(item))))
  t.end()
})
