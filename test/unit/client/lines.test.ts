import t from 'tap'
import { lines } from '../../../client/lines.ts'

const collect = async (chunks: string[]): Promise<string[]> => {
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk)
  }
  const out: string[] = []
  for await (const line of lines(body())) out.push(Buffer.from(line).toString())
  return out
}

await t.test('however the chunks fall', async t => {
  for (const chunks of [['a\nbb\nccc\n'], ['a', '\nb', 'b\n', 'ccc'], ['a\n\n', '\nbb\nc', 'c', 'c\n']])
    t.same(await collect(chunks), ['a', 'bb', 'ccc'], JSON.stringify(chunks))
})
await t.test('a long line in many chunks costs linear time', async t => {
  const count = 20_000
  const startedMs = performance.now()
  const [line] = await collect([...Array.from({ length: count }, () => 'x'.repeat(500)), '\n'])
  t.equal(line?.length, count * 500)
  t.ok(performance.now() - startedMs < 5_000, 'quadratic copying would take minutes')
})
await t.test('a line without end is cut off', async t => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Buffer.alloc(1024, 'x')
  }
  await t.rejects(
    async () => {
      for await (const _ of lines(endless(), 10_000)) t.fail('no line')
    },
    { message: 'a line of the stream is longer than 10000 bytes' },
  )
})
