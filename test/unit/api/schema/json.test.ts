import t from 'tap'
import { parseJson, stringifyJson } from '../../../../api/json.ts'

const plain = (value: unknown): unknown => JSON.parse(stringifyJson(value))

await t.test('ordinary bodies', async t => {
  t.same(parseJson(Buffer.from('{"a":[1,"x",null,true,{"b":{}}]}')), { value: { a: [1, 'x', null, true, { b: {} }] }, duplicates: [], wholeFloats: [] })
  t.equal(parseJson('"a:b {[ \\" :"').value, 'a:b {[ " :', 'what looks like structure inside a string is text')
})

await t.test('repeated keys are named, the last one counts', async t => {
  const { value, duplicates } = parseJson('{"spec":{"list":[{"x":1,"x":2},{"x":3}]}, "a\\u0062":1, "ab":[ ] }')
  t.same(duplicates, ['spec.list[0].x', 'ab'])
  t.same(plain(value), { spec: { list: [{ x: 2 }, { x: 3 }] }, ab: [] })
})

await t.test('whole numbers that are not written as integers are named', async t => {
  const { value, wholeFloats } = parseJson('[{"op":"add","value":{"a":[2.0,1.5,3,"4.0"],"b":1E2}}, 0.10]')
  t.same(plain(value), [{ op: 'add', value: { a: [2, 1.5, 3, '4.0'], b: 100 } }, 0.1])
  t.same(wholeFloats, ['[0].value.a[0]', '[0].value.b'])
})

await t.test('integers beyond 2^53 keep their digits, both ways', async t => {
  const text = '{"n":12345678901234567890,"m":-9007199254740993,"f":0.1234567890123456,"s":"1234567890123456"}'
  const { value } = parseJson(text)
  t.match(value, { n: 12345678901234567890n, m: -9007199254740993n, f: 0.1234567890123456 })
  t.equal(stringifyJson(value), text)
})

await t.test('__proto__ is only a key', async t => {
  const { value } = parseJson('{"metadata":{"labels":{"__proto__":{"polluted":"yes"}}}}')
  const { labels } = (value as { metadata: { labels: Record<string, unknown> } }).metadata
  t.equal(Object.getPrototypeOf(labels), null)
  t.same(Object.keys(labels), ['__proto__'])
  t.equal(labels['polluted'], undefined)
})

await t.test('what is refused', async t => {
  t.throws(() => parseJson(Uint8Array.of(34, 0xff, 34)), { name: 'JsonError' }, 'bytes that are not UTF-8')
  t.throws(() => parseJson(Buffer.from('\ufeff{}')), { name: 'JsonError' }, 'a byte order mark')
  t.throws(() => parseJson('{"a":1,}'), { name: 'JsonError' })
  t.throws(() => parseJson(''), { name: 'JsonError' })
  t.throws(() => parseJson('['.repeat(10_001) + ']'.repeat(10_001)), { message: 'exceeded max depth' })
  t.doesNotThrow(() => parseJson('['.repeat(4_000) + ']'.repeat(4_000)))
})

await t.test('repeated keys merge objects where asked to, as Go decodes into the same struct', t => {
  const text = '{"metadata":{"labels":{"a":"1","b":"1"},"finalizers":["x"]},"metadata":{"labels":{"b":"2"},"finalizers":["y"]},"spec":{"x":1},"spec":null}'
  t.same(plain(parseJson(text, { merging: true }).value), { metadata: { labels: { a: '1', b: '2' }, finalizers: ['y'] }, spec: { x: 1 } })
  t.same(plain(parseJson(text).value), { metadata: { labels: { b: '2' }, finalizers: ['y'] }, spec: null })
  t.same(parseJson(text, { merging: true }).duplicates, ['metadata', 'spec'])
  t.end()
})
