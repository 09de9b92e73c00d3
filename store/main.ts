// Composition root of the store: hands a backend to the cache, and etcd to the compactor.
import { CachedStore, defaultCachedStoreConfig, type CachedStoreConfig } from './cached-store.ts'
import { createCompactor, defaultCompactorConfig } from './compactor.ts'
import { EtcdBackend } from './etcd-backend.ts'
import type { EtcdEndpoints } from './etcd-connection.ts'
import type { StoreDeps } from './memory-store.ts'
import type { Store } from './store.ts'
import { identityTransformer, type Transformer } from './transformer.ts'

export { createMemoryStore } from './memory-store.ts'

export interface EtcdStoreConfig extends EtcdEndpoints {
  /** Put before every key (`/registry/…`), so that several clusters can share an etcd; none by default. */
  readonly prefix?: string
  readonly transformer?: Transformer
  /** How often etcd is told to forget what is older than one interval; 0: never, someone else does it. */
  readonly compactionIntervalMs?: number
  readonly cache?: Partial<Omit<CachedStoreConfig, 'keyPrefix'>>
}

export const createEtcdStore = (
  { prefix = '', transformer = identityTransformer, compactionIntervalMs = defaultCompactorConfig.intervalMs, cache, ...endpoints }: EtcdStoreConfig,
  { log, clock }: StoreDeps,
): Store => {
  const backend = new EtcdBackend(endpoints, clock, log)
  const compactor = compactionIntervalMs > 0 ? createCompactor({ intervalMs: compactionIntervalMs }, { backend, clock, log }) : undefined
  return new CachedStore(
    { ...defaultCachedStoreConfig, ...cache, keyPrefix: prefix.replace(/\/$/, '') },
    { backend, transformer, log, clock, ...(compactor && { compactor }) },
  )
}
