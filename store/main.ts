// Composition root of the store: hands a backend to the cache, and etcd to the compactor.
import { CachedStore, defaultCachedStoreConfig, type CachedStoreConfig } from './cached-store.ts'
import { createCompactor, defaultCompactorConfig } from './compactor.ts'
import { EtcdBackend } from './etcd-backend.ts'
import type { EncryptionRules } from './encryption/configuration.ts'
import { createEncryption } from './encryption/encryption.ts'
import type { EtcdEndpoints } from './etcd-connection.ts'
import type { StoreDeps } from './memory-store.ts'
import type { Store } from './store.ts'

export { createMemoryStore } from './memory-store.ts'

export interface EtcdStoreConfig extends EtcdEndpoints {
  /** Put before every key (`/registry/…`), so that several clusters can share an etcd; none by default. */
  readonly prefix?: string
  /** What is encrypted, and how; nothing by default. */
  readonly encryption?: EncryptionRules
  /** How often etcd is told to forget what is older than one interval; 0: never, someone else does it. */
  readonly compactionIntervalMs?: number
  readonly cache?: Partial<Omit<CachedStoreConfig, 'keyPrefix'>>
}

export const createEtcdStore = (
  { prefix = '', encryption = new Map(), compactionIntervalMs = defaultCompactorConfig.intervalMs, cache, ...endpoints }: EtcdStoreConfig,
  { log, clock }: StoreDeps,
): Store => {
  const keyPrefix = prefix.replace(/\/$/, '')
  const backend = new EtcdBackend(endpoints, clock, log)
  const compactor = compactionIntervalMs > 0 ? createCompactor({ intervalMs: compactionIntervalMs }, { backend, clock, log }) : undefined
  return new CachedStore(
    { ...defaultCachedStoreConfig, ...cache, keyPrefix },
    { backend, transformer: createEncryption(encryption, keyPrefix), log, clock, ...(compactor && { compactor }) },
  )
}
