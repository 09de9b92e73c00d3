// The store in memory. A module of its own: who needs no etcd need not load its client.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import { CachedStore, defaultCachedStoreConfig, type CachedStoreConfig } from './cached-store.ts'
import { MemoryBackend } from './memory-backend.ts'
import type { Store } from './store.ts'
import { identityTransformer, type Transformer } from './transformer.ts'

export interface StoreDeps {
  readonly log: Logger
  readonly clock: Clock
}

export interface MemoryStoreConfig extends Partial<CachedStoreConfig> {
  readonly transformer?: Transformer
}

export const createMemoryStore = ({ log, clock }: StoreDeps, { transformer = identityTransformer, ...config }: MemoryStoreConfig = {}): Store =>
  new CachedStore({ ...defaultCachedStoreConfig, ...config }, { backend: new MemoryBackend(clock), transformer, log, clock })
