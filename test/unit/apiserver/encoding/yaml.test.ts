import t from 'tap'
import { parseYaml, toYaml } from '../../../../apiserver/encoding/yaml.ts'

const parse = async (text: string): Promise<unknown> => JSON.parse(JSON.stringify((await parseYaml(Buffer.from(text))).value)) as unknown

await t.test('YAML 1.1 without dates; the first document counts', async t => {
  t.same(await parse('a: yes\nb: 014\nc: 2024-01-01\n---\nz: 1\n'), { a: true, b: 12, c: '2024-01-01' })
})

await t.test('JSON is read as JSON, with every digit and every repeated key', async t => {
  const { value, duplicates } = await parseYaml(Buffer.from(' {"a":9007199254740993,"b":1,"b":2}'))
  t.same(value, { a: 9007199254740993n, b: 2 })
  t.same(duplicates, ['b'])
  t.same(await parse('{a: 1}'), { a: 1 }, 'a flow mapping is no JSON')
})

await t.test('anchors cannot blow a document up, nor contain themselves', async t => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let i = 1; i < 12; i++) lines.push(`a${i}: &a${i} [${Array.from({ length: 10 }, () => `*a${i - 1}`).join(', ')}]`)
  await t.rejects(parseYaml(Buffer.from(lines.join('\n'))), { message: 'document contains excessive aliasing' })
  await t.rejects(parseYaml(Buffer.from('a: &a\n  b: *a\n')))
  t.same(await parse('a: &a {x: 1}\nb: *a\n'), { a: { x: 1 }, b: { x: 1 } }, 'what is shared is written twice')
})

await t.test('integers of any length are written', async t => {
  t.equal((await toYaml({ b: 1, a: ['x'] })).toString(), 'a:\n- x\nb: 1\n')
  t.match((await toYaml({ a: 9223372036854775807n })).toString(), /^a: 9223372036854776000|^a: 9223372036854775807/)
})
