import t from 'tap'
import { systemClock } from '../../base/clock.ts'
import { createLogger } from '../../base/log.ts'
import { CachedStore, defaultCachedStoreConfig } from '../../store/cached-store.ts'
import { MemoryBackend } from '../../store/memory-backend.ts'
import { identityTransformer } from '../../store/transformer.ts'
import { nodes, pods, storeContract, type StoreFactory } from './store.ts'

const make: StoreFactory = async (t, resources = [pods, nodes]) => {
  const backend = new MemoryBackend(systemClock)
  const store = new CachedStore(defaultCachedStoreConfig, {
    backend,
    transformer: identityTransformer,
    log: createLogger('silent'),
    clock: systemClock,
  })
  t.teardown(() => store.stop())
  for (const resource of resources) await store.register(resource)
  await store.start(AbortSignal.timeout(5000))
  return {
    store,
    putForeign: async (key, value) => backend.putForeign(key, Buffer.from(value)),
    deleteForeign: async key => {
      backend.deleteTogether([key])
    },
    deleteTogether: async keys => backend.deleteTogether(keys),
  }
}

void storeContract(t, make)
