import t from 'tap'
import { applyJsonPatch } from '../../../../api/patch/json-patch.ts'
import { applyMergePatch } from '../../../../api/patch/merge-patch.ts'

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

await t.test('a JSON patch follows the lenient library', async t => {
  const doc = { data: { a: '1', b: '2' }, list: ['x', 'y', 'z'] }
  const cases: [string, unknown[], unknown][] = [
    ['replace on a missing key adds', [{ op: 'replace', path: '/data/c', value: '3' }], { ...doc, data: { a: '1', b: '2', c: '3' } }],
    ['copy from a missing key gives null', [{ op: 'copy', from: '/data/none', path: '/data/c' }], { ...doc, data: { a: '1', b: '2', c: null } }],
    ['negative indices count back', [{ op: 'remove', path: '/list/-1' }], { ...doc, list: ['x', 'y'] }],
    ['01 is an index', [{ op: 'add', path: '/list/01', value: 'n' }], { ...doc, list: ['x', 'n', 'y', 'z'] }],
    ['a missing key tests as null', [{ op: 'test', path: '/data/none', value: null }], doc],
    ['move within a list', [{ op: 'move', from: '/list/0', path: '/list/2' }], { ...doc, list: ['y', 'z', 'x'] }],
    ['escapes', [{ op: 'add', path: '/data/x~1y~0z', value: '1' }], { ...doc, data: { ...doc.data, 'x/y~z': '1' } }],
    ['the root is replaced', [{ op: 'replace', path: '', value: { r: 1 } }], { r: 1 }],
    ['null is no patch', null as unknown as unknown[], doc],
    ['__proto__ is a key', [{ op: 'add', path: '/data/__proto__', value: 'p' }], JSON.parse('{"data":{"a":"1","b":"2","__proto__":"p"},"list":["x","y","z"]}')],
  ]
  for (const [name, patch, expected] of cases) t.same(JSON.stringify(applyJsonPatch(doc, patch as never)), JSON.stringify(expected), name)
  t.same(doc, { data: { a: '1', b: '2' }, list: ['x', 'y', 'z'] }, 'the object itself is untouched')
})

await t.test('what does not fit is 422, what is no patch 400, what is too long 413', async t => {
  const doc = { data: { a: '1' }, list: ['x'] }
  for (const operation of [
    { op: 'remove', path: '/data/none' },
    { op: 'test', path: '/data/a', value: '2' },
    { op: 'add', path: '/list/5', value: 1 },
    { op: 'add', path: '/none/x', value: 1 },
    { op: 'replace', path: '/list/-', value: 1 },
    { op: 'add', value: 1 },
    { op: 'nonsense', path: '/a' },
    {},
    null,
    { op: 'replace', path: 'data', value: {} },
  ])
    t.throws(() => applyJsonPatch(doc, [operation] as never), { code: 422, reason: 'Invalid' }, JSON.stringify(operation))
  for (const patch of [{}, 'x', [1], [[]]]) t.throws(() => applyJsonPatch(doc, patch as never), { code: 400 }, JSON.stringify(patch))
  t.throws(
    () =>
      applyJsonPatch(
        doc,
        Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/data/a', value: '1' })),
      ),
    { code: 413 },
  )
})

await t.test('a merge patch', async t => {
  const doc = { a: { b: 1, c: 2 }, l: [1, 2] }
  t.same(plain(applyMergePatch(doc, { a: { b: null, d: { e: null, f: 1 } }, l: [3] })), { a: { c: 2, d: { f: 1 } }, l: [3] })
  t.same(
    plain(applyMergePatch({ a: { b: 1 } }, { a: [{ c: null }], d: [{ e: null, f: 1 }] })),
    { a: [{ c: null }], d: [{ f: 1 }] },
    'what replaces a map keeps its nulls',
  )
  t.same(plain(applyMergePatch(doc, {})), doc)
  t.throws(() => applyMergePatch(doc, null), { code: 400 })
})
