import t from 'tap'
import { applyConfiguration, type FieldRules, updateManagers } from '../../../../api/patch/apply/field-manager.ts'
import { fromFieldsV1, setEqual, setOf, toFieldsV1, toPaths, union } from '../../../../api/patch/apply/field-set.ts'
import { decodeManagers, encodeManagers, type Manager, type Managers } from '../../../../api/patch/apply/managed-fields.ts'
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
