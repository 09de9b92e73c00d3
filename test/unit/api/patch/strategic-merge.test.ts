import t from 'tap'
import { applyStrategicMergePatch, type MergeField, type MergeSchema } from '../../../../api/patch/strategic-merge.ts'

const schema = (fields: Record<string, MergeField>): MergeSchema => ({ field: name => fields[name] })
const containers = schema({ ports: { strategy: 'merge', mergeKey: 'containerPort' }, args: {} })
const pod = schema({
  containers: { strategy: 'merge', mergeKey: 'name', schema: containers },
  finalizers: { strategy: 'merge' },
  tolerations: {},
  strategy: {},
  volumes: { strategy: 'merge', mergeKey: 'name' },
})
const patched = (object: object, patch: unknown): unknown => JSON.parse(JSON.stringify(applyStrategicMergePatch(object as never, patch as never, pod)))

await t.test('lists merge by key, new items come first', async t => {
  const doc = {
    containers: [
      { name: 'a', image: '1', args: ['x'] },
      { name: 'b', image: '1' },
    ],
  }
  t.same(patched(doc, { containers: [{ name: 'b', image: '2' }] }), {
    containers: [
      { name: 'a', image: '1', args: ['x'] },
      { name: 'b', image: '2' },
    ],
  })
  t.same(patched(doc, { containers: [{ name: 'c', image: '1' }] }), { containers: [{ name: 'c', image: '1' }, ...doc.containers] })
  t.same(patched(doc, { containers: [{ name: 'a', $patch: 'delete' }] }), { containers: [{ name: 'b', image: '1' }] })
  t.same(patched(doc, { containers: [{ name: 'z' }, { $patch: 'replace' }] }), { containers: [{ name: 'z' }] })
  t.same(
    patched(doc, { containers: [{ name: 'a', args: ['y'] }] }),
    {
      containers: [
        { name: 'a', image: '1', args: ['y'] },
        { name: 'b', image: '1' },
      ],
    },
    'plain lists are replaced',
  )
  t.same(patched({ tolerations: [{ key: 'a' }] }, { tolerations: [{ key: 'b' }] }), { tolerations: [{ key: 'b' }] })
})

await t.test('$setElementOrder', async t => {
  const items = (names: string): { name: string }[] => [...names].map(name => ({ name }))
  t.same(patched({ containers: items('ab') }, { '$setElementOrder/containers': items('ba') }), { containers: items('ba') })
  t.same(patched({ containers: items('abcd') }, { '$setElementOrder/containers': items('db'), containers: items('b') }), { containers: items('acdb') })
  t.same(patched({ finalizers: ['b', 'x', 'a'] }, { '$setElementOrder/finalizers': ['b', 'n', 'a'], finalizers: ['n'] }), { finalizers: ['b', 'n', 'x', 'a'] })
  t.throws(() => patched({ containers: items('ab') }, { '$setElementOrder/containers': items('ab'), containers: items('ba') }), { code: 400 })
})

await t.test('primitives form a set', async t => {
  t.same(patched({ finalizers: ['a', 'b'] }, { finalizers: ['c', 'a'] }), { finalizers: ['c', 'a', 'b'] })
  t.same(patched({ finalizers: ['a', 'b'] }, { '$deleteFromPrimitiveList/finalizers': ['a', 'none'] }), { finalizers: ['b'] })
})

await t.test('directives on maps', async t => {
  t.same(patched({ strategy: { type: 'R', rollingUpdate: { x: 1 } } }, { strategy: { $retainKeys: ['type'], type: 'Recreate' } }), {
    strategy: { type: 'Recreate' },
  })
  t.same(patched({ data: { a: 1 } }, { data: { $patch: 'replace', z: 26 } }), { data: { z: 26 } })
  t.same(patched({ data: { a: 1 } }, { data: { $patch: 'delete' } }), { data: {} })
  t.same(patched({ a: { b: 1 } }, { a: null, c: { d: null, e: 1 } }), { c: { e: 1 } })
  t.throws(() => patched({ a: {} }, { a: { $patch: 'nonsense' } }), { code: 400 })
  t.throws(() => patched({ a: {} }, { a: { $retainKeys: ['x'], y: 1 } }), { code: 400 })
  t.same(patched({ a: 1 }, null), { a: 1 })
})
