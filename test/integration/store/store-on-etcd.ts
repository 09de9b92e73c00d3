// What the store's integration tests share: a store on an etcd of the test's own, and work for it.
import type { Test } from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { createEtcdStore, type EtcdStoreConfig } from '../../../store/main.ts'
import type { Store, StoreEvent } from '../../../store/store.ts'
import { nodes, pod, podKey, pods, recorder, type Seen } from '../../contract/store.ts'

/** The store's timers let the process end; tests that wait for them must not. */
export const stayAlive = (t: Test): void => {
  const alive = setInterval(() => undefined, 1000)
  t.teardown(() => clearInterval(alive))
}

export const openStore = async (t: Test, endpoint: string, config: Partial<EtcdStoreConfig> = {}): Promise<Store> => {
  const store = createEtcdStore({ endpoints: [endpoint], compactionIntervalMs: 0, ...config }, { log: createLogger('silent'), clock: systemClock })
  t.teardown(() => store.stop())
  await store.register(pods)
  await store.register(nodes)
  await store.start(AbortSignal.timeout(20_000))
  return store
}

export const names = async (store: Store): Promise<string[]> => [...(await store.list('/registry/pods/', { freshness: 'consistent' })).entries].map(e => e.name)

export const line = (e: StoreEvent): string => `${e.type} ${e.entry.name}@${e.revision}`

/** Changes that one writer makes one after the other, and what a watch must show of them. */
export const churn = async (store: Store, count: number, wrote: string[], prefix = 'p'): Promise<void> => {
  const at = new Map<string, number>()
  for (let i = 0; i < count; i++) {
    const name = `${prefix}${(i * 7) % 20}`
    const expected = at.get(name)
    if (expected === undefined) {
      const { revision } = await store.create(podKey(name), pod(name, 'default', { count: i }))
      at.set(name, revision)
      wrote.push(`ADDED ${name}@${revision}`)
    } else if (i % 5 === 0) {
      const { revision } = await store.delete(podKey(name), expected)
      at.delete(name)
      wrote.push(`DELETED ${name}@${revision}`)
    } else {
      const { revision } = await store.update(podKey(name), pod(name, 'default', { count: i }), expected)
      at.set(name, revision)
      wrote.push(`MODIFIED ${name}@${revision}`)
    }
  }
}

export const watchAll = (store: Store): Seen => {
  const seen = recorder()
  store.watch('/registry/pods/', store.observedRevision(), seen)
  return seen
}
