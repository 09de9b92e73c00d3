import t from 'tap'
import type { KubeObject } from '../../../api/object.ts'
import { encodeProtobuf } from '../../../api/protobuf/codec.ts'
import { atRevision, createEntry, parseContent, relax, storedValue, toContent } from '../../../store/entry.ts'
import type { StoredResource } from '../../../store/store.ts'

const resource: StoredResource = { prefix: '/registry/things/', namespaced: true, fieldsOf: () => ({}) }
const parse = (text: string, r = resource) => createEntry('/registry/things/a', parseContent(Buffer.from(text), r), 7, 3)
const make = (object: unknown) => createEntry('/registry/things/a', toContent(object as KubeObject, resource), 7, 3)
const canonical = '{"kind":"T","apiVersion":"v1","metadata":{"name":"a"},"x":1}'

void t.test('canonical JSON is kept byte for byte', async t => {
  const entry = parse(canonical)
  t.equal(entry.json.toString(), canonical)
  t.equal(entry.wire().toString(), '{"kind":"T","apiVersion":"v1","metadata":{"resourceVersion":"7","name":"a"},"x":1}')
  t.equal(entry.json.subarray(entry.itemAt).toString(), '"metadata":{"name":"a"},"x":1}')
})

void t.test('anything else is brought into canonical form', async t => {
  for (const text of [
    '{"apiVersion":"v1","kind":"T","metadata":{"name":"a"},"x":1}',
    '{"x":1,"metadata":{"resourceVersion":"99","name":"a"},"kind":"T","apiVersion":"v1"}',
    `${canonical}\n`,
    ` ${canonical}`.trimStart().replace('{"kind"', '{ "kind"'),
    '{"kind":"T","apiVersion":"v1","metadata":{"name":"a","resourceVersion":"5"},"x":1}',
  ])
    t.equal(parse(text).json.toString(), canonical, text)
})

void t.test('offsets hold for names that need escapes and bytes', async t => {
  const entry = make({ x: 1, metadata: { name: 'ä' }, kind: 'Tü"', apiVersion: 'é/v1' })
  t.equal(entry.json.toString(), '{"kind":"Tü\\"","apiVersion":"é/v1","metadata":{"name":"ä"},"x":1}')
  t.same(JSON.parse(entry.wire().toString()), { kind: 'Tü"', apiVersion: 'é/v1', metadata: { resourceVersion: '7', name: 'ä' }, x: 1 })
  t.same(JSON.parse(`{${entry.json.subarray(entry.itemAt).toString()}`), { metadata: { name: 'ä' }, x: 1 })
})

void t.test('an object that is given is frozen and shared, whatever resourceVersion it carries', async t => {
  const object = { kind: 'T', apiVersion: 'v1', metadata: { name: 'a', resourceVersion: '5', labels: { l: 'x' } }, spec: { deep: [{ er: 1 }] } }
  const entry = make(object)
  t.notMatch(entry.json.toString(), 'resourceVersion')
  t.equal(entry.object().metadata.resourceVersion, '7')
  t.equal((entry.object() as unknown as typeof object).spec, object.spec)
  t.throws(() => {
    object.spec.deep[0]!.er = 2
  })
  t.throws(() => {
    ;(entry.labels as Record<string, string>)['l'] = 'y'
  })
})

void t.test('a deletion shows the old state under the new revision and shares its bytes', async t => {
  const entry = make({ kind: 'T', apiVersion: 'v1', metadata: { name: 'a' }, x: 1 })
  const gone = atRevision(entry, 9)
  t.equal(gone.json, entry.json)
  t.match(gone.wire().toString(), '"resourceVersion":"9"')
  t.equal(gone.object().metadata.resourceVersion, '9')
  t.equal(entry.object().metadata.resourceVersion, '7')
  t.equal(gone.createRevision, 3)
})

void t.test('a relaxed entry still answers its object, the same to all who hold it', async t => {
  const entry = make({ kind: 'T', apiVersion: 'v1', metadata: { name: 'a' }, x: 1 })
  const before = entry.object()
  relax(entry)
  t.equal(entry.object(), before)
  const parsed = parse(canonical)
  t.equal(parsed.object(), parsed.object())
  t.ok(Object.isFrozen(parsed.object().metadata))
})

void t.test('integers beyond 2^53 keep every digit', async t => {
  const big = '{"kind":"T","apiVersion":"v1","metadata":{"name":"a"},"n":12345678901234567890}'
  t.equal(parse(big).json.toString(), big)
  t.equal(parse(`${big} `).json.toString(), big)
  t.equal((parse(big).object() as unknown as { n: bigint }).n, 12345678901234567890n)
  t.equal(make({ kind: 'T', apiVersion: 'v1', metadata: { name: 'a' }, n: 12345678901234567890n }).json.toString(), big)
})

void t.test('normalising changes what is served, not what is remembered of storage', async t => {
  const normalize = (o: KubeObject): KubeObject => {
    const { x: _, ...rest } = o as KubeObject & { x?: number }
    return rest
  }
  const entry = parse(canonical, { ...resource, normalize })
  t.equal(entry.json.toString(), '{"kind":"T","apiVersion":"v1","metadata":{"name":"a"}}')
  t.equal(storedValue(entry).toString(), canonical)
  const same = parse(canonical, { ...resource, normalize: o => o })
  t.equal(storedValue(same), same.json)
})

void t.test('what cannot be read is explained without quoting it', async t => {
  for (const [text, reason] of [
    ['', /not a JSON object/],
    ['secret', /not a JSON object/],
    ['{"secret":', /^it is not JSON$/],
    ['{}', /no kind/],
    ['{"kind":"T"}', /no apiVersion/],
    ['{"kind":"T","apiVersion":"v1"}', /no metadata/],
    ['{"kind":"T","apiVersion":"v1","metadata":{"labels":{}}}', /no metadata.name/],
    ['k8s\0xx', /protobuf/],
  ] as const)
    t.throws(() => parse(text), { message: reason }, JSON.stringify(text))
  t.throws(() => parseContent(Buffer.concat([Buffer.from('{"kind":"'), Buffer.from([0xff]), Buffer.from('"}')]), resource), { message: 'it is not JSON' })
  t.throws(() => make({ kind: 'T' }), TypeError)
})

void t.test('what upstream wrote as protobuf is read as the JSON that it stands for', async t => {
  const map = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a', namespace: 'n', labels: { l: 'x' }, generation: 3 }, data: { k: 'v' } }
  const entry = createEntry('/registry/configmaps/n/a', parseContent(encodeProtobuf(map), resource), 7, 3)
  t.same(JSON.parse(entry.json.toString()), map)
  t.match(entry.json.toString(), /^\{"kind":"ConfigMap","apiVersion":"v1","metadata":\{/)
  t.same(entry.labels, { l: 'x' })
  t.equal(entry.namespace, 'n')
})
