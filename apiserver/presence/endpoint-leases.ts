// Which addresses the API servers on this store are reached at: each keeps its own under /registry/masterleases with a short life, as upstream
// (which reads ours, and we its), and the endpoints of the Service `kubernetes` are what is alive.
import type { KubeObject } from '../../api/object.ts'
import { type Store, StoreError } from '../../store/store.ts'

const prefix = '/registry/masterleases/'
/** Upstream's: gone after a missed renewal. */
const ttlSeconds = 15

export interface EndpointLeases {
  /** To be called before the store starts. */
  register(): Promise<void>
  renew(): Promise<void>
  /** The addresses that are alive, sorted. */
  alive(): Promise<readonly string[]>
  remove(): Promise<void>
}

export const createEndpointLeases = (store: Store, address: string): EndpointLeases => {
  const key = prefix + address
  let count = 0
  const object = (): KubeObject =>
    ({
      kind: 'Endpoints',
      apiVersion: 'v1',
      // A write that changes nothing would not prolong its life upstream; the generation makes each one differ.
      metadata: { name: address, generation: ++count },
      subsets: [{ addresses: [{ ip: address }] }],
    }) as unknown as KubeObject
  const current = () => store.get(key, 'consistent')
  return {
    register: () => store.register({ prefix, namespaced: false, fieldsOf: () => ({}) }),
    renew: async () => {
      for (;;) {
        const entry = await current()
        try {
          await (entry ? store.update(key, object(), entry.revision, { ttlSeconds }) : store.create(key, object(), { ttlSeconds }))
          return
        } catch (error) {
          if (!(error instanceof StoreError) || !['Exists', 'NotFound', 'Conflict'].includes(error.code)) throw error
        }
      }
    },
    alive: async () => [...(await store.list(prefix, { freshness: 'consistent' })).entries].map(entry => entry.name).sort(),
    remove: async () => {
      const entry = await current()
      if (entry) await store.delete(key, entry.revision)
    },
  }
}
