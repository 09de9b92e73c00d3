import t from 'tap'
import { createYamlReader, defaultYamlLimits } from '../../../../apiserver/encoding/yaml-reader.ts'
import { parseYaml } from '../../../../apiserver/encoding/yaml.ts'

const large = (count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, i) => `key-${i}: {n: 12345678901234567890, on: yes, list: [a, "b"]}`).join('\n'))

void t.test('reads large documents elsewhere, and makes the same of them', async t => {
  const reader = createYamlReader()
  t.teardown(() => reader.close())
  for (const text of ['a: 1', 'a: [y, 014]\nb: {__proto__: 1, constructor: 2}', large(500).toString(), `{"a":${'1'.repeat(30)},"b":"${'x'.repeat(9_000)}"}`]) {
    const bytes = Buffer.from(text)
    t.same(await reader.read(bytes), await parseYaml(bytes), text.slice(0, 20))
  }
  const { value, duplicates } = await reader.read(Buffer.from(`${large(200).toString()}\nsame: 1\nsame: 2\n__proto__: {a: 1}`))
  t.equal(Object.getPrototypeOf(value), null)
  t.ok(Object.hasOwn(value as object, '__proto__'))
  t.match(duplicates.join(), /duplicated/)
  await t.rejects(reader.read(Buffer.from(`${'a: 1\n'.repeat(2_000)}: : :\n\t[`)), SyntaxError)
})

void t.test('nobody waits for a hostile one', { timeout: 60_000 }, async t => {
  const reader = createYamlReader()
  t.teardown(() => reader.close())
  const hostile = Buffer.from('---\n'.repeat(200_000))
  let longestMs = 0
  let lastMs = performance.now()
  const watching = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastMs)
    lastMs = performance.now()
  }, 5)
  t.teardown(() => clearInterval(watching))
  const beganMs = performance.now()
  await Promise.all([reader.read(hostile), reader.read(large(100))])
  const tookMs = performance.now() - beganMs
  t.ok(tookMs > 3 * longestMs, `it took ${tookMs.toFixed()} ms, of which others waited ${longestMs.toFixed()} ms at most`)
})

void t.test('what takes too long, too much, or comes too often is refused', { timeout: 60_000 }, async t => {
  const reader = createYamlReader({ ...defaultYamlLimits, taskMs: 2_000, maxWaiting: 2 })
  t.teardown(() => reader.close())
  const slow = Buffer.from('---\n'.repeat(700_000))
  const all = await Promise.allSettled([reader.read(slow), reader.read(large(100)), reader.read(large(110)), reader.read(large(120))])
  t.match(all[0], { reason: { name: 'SyntaxError', message: /too long/ } })
  t.equal(all[1].status, 'fulfilled', 'the next one is read by another thread')
  t.equal(all[2].status, 'fulfilled')
  t.match(all[3], { reason: { message: /too many/ } })
})

void t.test('anchors do not make a small document large', async t => {
  const reader = createYamlReader()
  t.teardown(() => reader.close())
  const bomb = `a: &a "${'x'.repeat(2_000)}"\nb: &b [${'*a, '.repeat(100)}*a]\nc: [${'*b, '.repeat(100)}*b]\n`
  const before = performance.now()
  await t.rejects(reader.read(Buffer.from(bomb)), { message: /excessive aliasing/ })
  t.ok(performance.now() - before < 1_000)
  t.match(await reader.read(Buffer.from('a: &a {b: c}\nd: [*a, *a]')), { value: { d: [{ b: 'c' }, { b: 'c' }] } })
})

void t.test('a reader that is closed leaves nobody waiting', async t => {
  const reader = createYamlReader()
  const reading = reader.read(Buffer.from('---\n'.repeat(200_000)))
  const refused = t.rejects(reading, { message: /stopping/ })
  await reader.close()
  await refused
})
