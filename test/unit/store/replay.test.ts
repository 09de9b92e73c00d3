// Filling the store from a snapshot that lies in the past: what came since is made up for, however long that takes.
import t from 'tap'
import { createLogger } from '../../../base/log.ts'
import type { Backend, BackendWatchHandler } from '../../../store/backend.ts'
import { CachedStore, defaultCachedStoreConfig } from '../../../store/cached-store.ts'
import { createFakeClock, type FakeClock } from './fake-clock.ts'

interface Scene {
  readonly clock: FakeClock
  readonly store: CachedStore
  readonly watches: { readonly handler: BackendWatchHandler; cancelled: boolean }[]
  snapshots: number
}

/** A database whose newest revision is 30, read as it was at 10. */
const createScene = (): Scene => {
  const clock = createFakeClock()
  const watches: Scene['watches'] = []
  const nothing = (): Promise<void> => Promise.resolve()
  const scene = { clock, watches, snapshots: 0 }
  const backend = {
    start: nothing,
    stop: nothing,
    snapshot: () => {
      scene.snapshots++
      return Promise.resolve({ revision: 10, newest: 30 })
    },
    watch: (_after, handler) => {
      const watch = { handler, cancelled: false }
      watches.push(watch)
      return { cancel: () => void (watch.cancelled = true), describe: () => 'connected', refresh: () => undefined }
    },
  } as Partial<Backend> as Backend
  const plain = { encode: (_key: string, content: Buffer) => content, decode: (_key: string, stored: Buffer) => stored }
  const store = new CachedStore(defaultCachedStoreConfig, { backend, transformer: plain as never, log: createLogger('silent'), clock })
  return Object.assign(scene, { store })
}

await t.test('a replay that goes on slowly is waited for, once', async t => {
  const scene = createScene()
  let started = false
  const start = scene.store.start(new AbortController().signal).then(() => (started = true))
  await scene.clock.advance(0)
  for (let revision = 11; revision <= 30; revision++) {
    t.notOk(started, `at ${revision}`)
    await scene.clock.advance(4_000)
    scene.watches[0]!.handler.onEvents([], revision)
  }
  await start
  t.equal(scene.snapshots, 1)
  t.equal(scene.store.observedRevision(), 30)
  await scene.store.stop()
})

await t.test('one that brings nothing any more ends its watch, and all begins anew', async t => {
  const scene = createScene()
  const start = scene.store.start(new AbortController().signal)
  await scene.clock.advance(0)
  scene.watches[0]!.handler.onEvents([], 11)
  await scene.clock.advance(0)
  await scene.clock.advance(20_000)
  t.equal(scene.snapshots, 2)
  t.equal(scene.watches[0]!.cancelled, true)
  scene.watches[1]!.handler.onEvents([], 30)
  await start
  await scene.store.stop()
})
