// A mirror: what is made of every object of a kind, as the store's watch has it.
import t from 'tap'
import { createMirror } from '../../../../apiserver/admission/mirror.ts'
import { systemClock } from '../../../../base/clock.ts'
import { createLogger } from '../../../../base/log.ts'
import { createMemoryStore } from '../../../../store/main.ts'
import { eventually } from '../../../harness/eventually.ts'

const prefix = '/registry/widgets/'
const widget = (name: string): any => ({ kind: 'Widget', apiVersion: 'v1', metadata: { name } })

await t.test('a mirror', async t => {
  const store = createMemoryStore({ log: createLogger('silent'), clock: systemClock })
  await store.start(AbortSignal.timeout(5_000))
  t.teardown(() => store.stop())
  const resource = { prefix, namespaced: false, fieldsOf: () => ({}) }
  await store.register(resource)
  await store.create(`${prefix}b`, widget('b'))
  let compiled = 0
  const stop = new AbortController()
  t.teardown(() => stop.abort())
  const mirror = createMirror(
    { store, log: createLogger('silent'), stopping: stop.signal },
    () => prefix,
    entry => {
      compiled++
      return entry.name
    },
  )
  t.strictSame(await mirror.read(), ['b'])
  const again = mirror.read()
  t.notOk(again instanceof Promise, 'what is there is answered at once')
  t.equal(mirror.read(), again, 'the same array until something changes')
  await store.create(`${prefix}a`, widget('a'))
  t.strictSame(await mirror.read(), ['a', 'b'], 'by name')
  const b = await store.get(`${prefix}b`, 'any')
  await store.delete(`${prefix}b`, b!.revision)
  t.strictSame(await mirror.read(), ['a'])
  t.equal(compiled, 2, 'each object once')
})

await t.test('a mirror begins anew when its watch has ended', async t => {
  const ends: (() => void)[] = []
  let lists = 0
  const store: any = {
    list: () => Promise.resolve({ entries: [{ key: `k${++lists}`, name: `${lists}` }], count: 1, revision: lists }),
    watch: (_prefix: string, _after: number, handler: { onEnd(error: Error): void }) => {
      ends.push(() => handler.onEnd(new Error('compacted')))
      return { cancel: () => undefined }
    },
  }
  const stop = new AbortController()
  t.teardown(() => stop.abort())
  const mirror = createMirror<string>(
    { store, log: createLogger('silent'), stopping: stop.signal },
    () => prefix,
    entry => entry.name,
  )
  t.strictSame(await Promise.all([mirror.read(), mirror.read()]), [['1'], ['1']], 'two who come at once share the start')
  ends[0]!()
  t.strictSame(await mirror.read(), ['1'], 'what is known stays until all has been read anew')
  await eventually(async () => {
    if ((await mirror.read())[0] !== '2') throw new Error('not yet')
  })
  t.equal(lists, 2)
})
