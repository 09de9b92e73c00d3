import t from 'tap'
import { applyConfiguration, type FieldRules, updateManagers } from '../../../../api/patch/apply/field-manager.ts'
import { fromFieldsV1, setEqual, setOf, toFieldsV1, toPaths, union } from '../../../../api/patch/apply/field-set.ts'
import { applyOverClientSide, syncLastApplied } from '../../../../api/patch/apply/last-applied.ts'
import { decodeManagers, encodeManagers, isReset, type Manager, type Managers } from '../../../../api/patch/apply/managed-fields.ts'
import { toParentEntries, toScaleEntries } from '../../../../api/patch/apply/scale-fields.ts'
import { type ApplySchema, mergeTyped } from '../../../../api/patch/apply/typed.ts'

const map = (fields: Record<string, ApplySchema>, values?: ApplySchema): ApplySchema => ({
  kind: 'map',
  atomic: false,
  field: name => fields[name],
  ...(values && { values }),
})
const scalar: ApplySchema = { kind: 'scalar' }
const byName = (items: ApplySchema): ApplySchema => ({ kind: 'list', type: 'map', keys: ['name'], keyDefaults: {}, items })
const schema = map({
  metadata: map({ name: scalar, labels: map({}, scalar), finalizers: { kind: 'list', type: 'set' } }),
  data: map({}, scalar),
  replicas: scalar,
  selector: { kind: 'map', atomic: true, field: () => undefined, values: scalar },
  containers: byName(
    map({
      name: scalar,
      image: scalar,
      ports: { kind: 'list', type: 'map', keys: ['port', 'protocol'], keyDefaults: { protocol: 'TCP' }, items: map({ port: scalar, protocol: scalar }) },
    }),
  ),
})
const rules: FieldRules = { schema, now: '2024-01-01T00:00:00Z' }
const applier = (name: string): Manager => ({ name, operation: 'Apply', apiVersion: 'v1' })
const updater = (name: string): Manager => ({ name, operation: 'Update', apiVersion: 'v1' })
const plain = (value: unknown): never => JSON.parse(JSON.stringify(value)) as never
const shown = (managers: Managers): unknown => encodeManagers(managers).map(m => [m.manager, m.operation, m.time !== undefined, m.fieldsV1])
const none: Managers = new Map()

await t.test('an apply owns what it sets, and drops what it leaves out', async t => {
  const first = applyConfiguration(none, applier('a'), {}, { data: { x: '1', y: '2' } }, false, rules)
  t.same(plain(first.object), { data: { x: '1', y: '2' } })
  t.same(shown(first.managers), [['a', 'Apply', true, { 'f:data': { 'f:x': {}, 'f:y': {} } }]])
  const second = applyConfiguration(first.managers, applier('a'), plain(first.object), { data: { x: '1' } }, false, rules)
  t.same(plain(second.object), { data: { x: '1' } })
  const shared = applyConfiguration(first.managers, applier('b'), plain(first.object), { data: { y: '2' } }, false, rules)
  t.equal(shared.object, undefined, 'nothing changes')
  t.same(
    shown(shared.managers),
    [
      ['b', 'Apply', false, { 'f:data': { 'f:y': {} } }],
      ['a', 'Apply', true, { 'f:data': { 'f:x': {}, 'f:y': {} } }],
    ],
    'an entry without time',
  )
  const dropped = applyConfiguration(shared.managers, applier('a'), plain(first.object), { data: { x: '1' } }, false, rules)
  t.equal(dropped.object, undefined, 'what another owns stays')
})

await t.test('a conflict names the manager and the field; force takes it', async t => {
  const { managers, object } = applyConfiguration(none, applier('a'), {}, { containers: [{ name: 'c', image: '1', ports: [{ port: 80 }] }] }, false, rules)
  t.same(plain(encodeManagers(managers)[0]!.fieldsV1), {
    'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:name': {}, 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } } } },
  })
  t.throws(() => applyConfiguration(managers, applier('b'), plain(object), { containers: [{ name: 'c', image: '2' }] }, false, rules), {
    code: 409,
    message: 'Apply failed with 1 conflict: conflict with "a": .containers[name="c"].image',
    status: { details: { causes: [{ reason: 'FieldManagerConflict', field: '.containers[name="c"].image' }] } },
  })
  const forced = applyConfiguration(managers, applier('b'), plain(object), { containers: [{ name: 'c', image: '2' }] }, true, rules)
  t.same(plain(forced.object), { containers: [{ name: 'c', image: '2', ports: [{ port: 80 }] }] })
  t.notOk(toPaths([...forced.managers.values()].find(m => m.name === 'a')!.set).includes('.containers[name="c"].image'))
})

await t.test('a plain write takes what it changes and frees what it removes', async t => {
  const applied = applyConfiguration(none, applier('a'), {}, { data: { x: '1', y: '2' }, metadata: { finalizers: ['f/a'] } }, false, rules)
  const written = { data: { x: '9' }, metadata: { finalizers: ['f/a', 'f/b'], labels: { l: '1' }, name: 'n' } }
  t.same(shown(updateManagers(applied.managers, updater('u'), plain(applied.object), written, rules)), [
    ['a', 'Apply', true, { 'f:metadata': { 'f:finalizers': { 'v:"f/a"': {} } } }],
    ['u', 'Update', true, { 'f:data': { 'f:x': {} }, 'f:metadata': { 'f:finalizers': { 'v:"f/b"': {} }, 'f:labels': { '.': {}, 'f:l': {} } } }],
  ])
})

await t.test('at most ten updaters are kept apart', async t => {
  let managers = none
  let live: Record<string, Record<string, string>> = { data: {} }
  for (let i = 0; i < 14; i++) {
    const next = { data: { ...live['data'], [`k${i}`]: '1' } }
    managers = updateManagers(managers, updater(`u${i}`), live, next, { schema, now: `2024-01-01T00:00:${String(i).padStart(2, '0')}Z` })
    live = next
  }
  const names = encodeManagers(managers).map(m => m.manager)
  t.equal(names.length, 10)
  t.ok(names.includes('ancient-changes') && !names.includes('u0') && names.includes('u13'))
})

await t.test('atomic values are one field; associative lists keep the order that is applied', async t => {
  t.same(plain(mergeTyped(schema, { selector: { a: '1' } }, { selector: { b: '2' } })), { selector: { b: '2' } })
  const names = (list: string): { name: string }[] => [...list].map(name => ({ name }))
  for (const [live, change, expected] of [
    ['abc', 'cb', 'acb'],
    ['abc', 'd', 'abcd'],
    ['', 'ab', 'ab'],
    ['ab', 'xb', 'axb'],
  ])
    t.same(plain(mergeTyped(schema, { containers: names(live!) }, { containers: names(change!) })), { containers: names(expected!) }, `${live} + ${change}`)
})

await t.test('field sets read and write fieldsV1', async t => {
  const fields = { 'f:a': { '.': {}, 'f:b': {} }, 'f:l': { 'k:{"name":"x"}': { 'f:v': {} }, 'v:1': {} } }
  t.same(toFieldsV1(fromFieldsV1(fields)), fields)
  t.ok(setEqual(union(setOf(['f:a']), setOf(['f:a', 'f:b'])), fromFieldsV1({ 'f:a': { '.': {}, 'f:b': {} } })))
  t.throws(() => fromFieldsV1({ nonsense: {} }), SyntaxError)
  t.equal(decodeManagers([{ manager: 'x', operation: 'Odd' }]), undefined)
})

await t.test('a manager that drops its labels does not take the name with them', t => {
  const first = applyConfiguration(none, applier('a'), {}, { metadata: { name: 'n', labels: { l: '1' } }, data: { x: '1' } }, false, rules)
  const live = plain(first.object)
  const second = applyConfiguration(first.managers, applier('a'), live, { metadata: { name: 'n' }, data: { x: '1' } }, false, rules)
  t.match(plain(second.object), { metadata: { name: 'n' } })
  t.notMatch(plain(second.object), { metadata: { labels: { l: '1' } } })
  t.end()
})

await t.test('entries in other versions are judged there, and dropped when the version is gone', t => {
  // v2 calls `replicas` what v1 calls `count`.
  const v1 = map({ count: scalar, data: map({}, scalar) })
  const rename = (object: Record<string, unknown>, from: string, to: string): never => {
    const { [from]: value, ...rest } = object
    return { ...rest, ...(value !== undefined && { [to]: value }) } as never
  }
  const versions = {
    schemaOf: (apiVersion: string) => ({ v1, v2: schema })[apiVersion],
    convert: (object: Record<string, unknown>, from: string, to: string) =>
      from === to ? (object as never) : from === 'v1' ? rename(object, 'count', 'replicas') : rename(object, 'replicas', 'count'),
  }
  const old = applyConfiguration(none, applier('a'), {}, { count: 1 }, false, { schema: v1, versions, now: rules.now })
  const gone = new Map(old.managers).set('x', { ...updater('x'), apiVersion: 'v0', set: setOf(['f:data', 'f:k']) })
  const inV2: FieldRules = { schema, versions, now: rules.now }
  const b = { ...applier('b'), apiVersion: 'v2' }
  t.throws(() => applyConfiguration(gone, b, { replicas: 1 }, { replicas: 2 }, false, inV2), {
    code: 409,
    message: 'Apply failed with 1 conflict: conflict with "a": .count',
  })
  const forced = applyConfiguration(gone, b, { replicas: 1 }, { replicas: 2 }, true, inV2)
  t.same(
    encodeManagers(forced.managers).map(m => m.manager),
    ['b'],
  )
  const own = applyConfiguration(old.managers, { ...applier('a'), apiVersion: 'v2' }, { replicas: 1 }, { data: { k: '1' } }, false, inV2)
  t.same(plain(own.object), { data: { k: '1' } }, 'what it set in v1 and leaves out in v2 goes')
  t.end()
})

await t.test('fields that an endpoint resets are nobody’s, and no change', t => {
  const reset: FieldRules = { ...rules, resetFields: setOf(['f:replicas']) }
  const applied = applyConfiguration(none, applier('a'), { replicas: 1 }, { replicas: 5 }, false, reset)
  t.equal(applied.object, undefined)
  t.equal(applied.managers.size, 0)
  t.equal(updateManagers(none, updater('u'), { replicas: 1 }, { replicas: 2 }, reset).size, 0)
  t.end()
})

await t.test('kubectl takes over what it applied from the client', t => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
  const meta = (text: string): Record<string, unknown> => ({ metadata: { name: 'n', annotations: { [annotation]: text } } })
  const withAnnotations: FieldRules = { ...rules, schema: map({ metadata: map({ name: scalar, annotations: map({}, scalar) }), data: map({}, scalar) }) }
  const live = { ...meta('{"apiVersion":"v1","data":{"a":"1","b":"2"}}'), data: { a: '1', b: 'edited' } } as never
  const before = updateManagers(none, updater('kubectl-client-side-apply'), {}, live, withAnnotations)
  const apply = (manager: string, data: Record<string, string>): unknown =>
    applyOverClientSide(before, applier(manager), live, { data } as never, false, withAnnotations).object
  t.match(apply('kubectl', { a: 'x' }), { data: { a: 'x' } }, 'its own field, as it left it')
  t.throws(
    () => apply('kubectl', { a: 'x', b: 'x' }),
    { code: 409, message: 'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using v1: .data.b' },
    'somebody edited the other since',
  )
  t.throws(() => apply('other', { a: 'x' }), { code: 409 })
  const object = plain(live) as { metadata: { annotations: Record<string, string> } }
  syncLastApplied(object as never, { kind: 'ConfigMap', data: { a: '<x>' } }, 'kubectl')
  t.equal(object.metadata.annotations[annotation], '{"data":{"a":"\\u003cx\\u003e"},"kind":"ConfigMap"}\n')
  syncLastApplied(object as never, { data: { a: 'y'.repeat(300_000) } }, 'kubectl')
  t.notOk(annotation in object.metadata.annotations, 'dropped when it grows too large')
  t.end()
})

await t.test('managedFields say what to forget, and nothing when they are nonsense', t => {
  t.ok(isReset([]))
  t.ok(isReset([{}]))
  t.notOk(isReset(undefined))
  t.notOk(isReset([{}, {}]))
  for (const entry of [
    { operation: 'Apply', fieldsType: 'FieldsV1' },
    { operation: 'Apply', apiVersion: 'v1' },
    { operation: 'Bogus', apiVersion: 'v1', fieldsType: 'FieldsV1' },
  ])
    t.equal(decodeManagers([entry]), undefined, JSON.stringify(entry))
  t.end()
})

await t.test('a Scale shows who owns the replicas of its parent, and gives them back', t => {
  const fields = { apiVersion: 'apps/v1', pathIn: (v: string) => (v === 'apps/v1' ? ['f:spec', 'f:replicas'] : undefined) }
  const entry = (manager: string, fieldsV1: Record<string, unknown>, rest = {}): never =>
    ({ manager, operation: 'Apply', apiVersion: 'apps/v1', time: '2024-01-01T00:00:00Z', fieldsType: 'FieldsV1', fieldsV1, ...rest }) as never
  const replicas = { 'f:spec': { 'f:replicas': {} } }
  const parent = [
    entry('a', { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } }),
    entry('b', { 'f:spec': { 'f:paused': {} } }),
    entry('old', replicas, { apiVersion: 'apps/v0' }),
  ]
  const scale = toScaleEntries(parent, fields)
  t.match(scale, [{ manager: 'a', apiVersion: 'autoscaling/v1', fieldsV1: replicas }])
  const taken = toParentEntries(parent, [entry('s', replicas, { apiVersion: 'autoscaling/v1', subresource: 'scale' })], fields)
  t.match(
    taken.map(e => [e.manager, e.fieldsV1, e.time !== undefined]),
    [
      ['s', replicas, false],
      ['a', { 'f:spec': { 'f:paused': {} } }, true],
      ['b', { 'f:spec': { 'f:paused': {} } }, true],
    ],
  )
  t.same(
    toParentEntries(parent, scale, fields).map(e => e.manager),
    ['a', 'b'],
    'nothing was taken; the version that is gone goes',
  )
  t.end()
})
