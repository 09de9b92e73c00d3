// What admission makes of every object of a kind (compiled webhooks, policies), kept in memory and brought up to date by the store's watch:
// a request finds it ready and lists nothing. Begins with the first read, and then goes on until the server stops.
import type { Logger } from '../../base/log.ts'
import type { Entry, Store } from '../../store/store.ts'
import { follow, type Follower } from '../follow.ts'

export interface Mirror<T> {
  /** In the order of the objects' names. The same array until something changes. */
  read(): Promise<readonly T[]> | readonly T[]
}

/** `compile` must not throw: a fault of an object is part of what is made of it. `prefix` is asked when the kind is first read. */
export const createMirror = <T>(
  { store, log, stopping }: { readonly store: Store; readonly log: Logger; readonly stopping: AbortSignal },
  prefix: () => string,
  compile: (entry: Entry) => T,
): Mirror<T> => {
  const byKey = new Map<string, T>()
  let sorted: readonly T[] | undefined
  let following: Promise<void> | undefined
  let isReady = false

  const follower: Follower = {
    reset: entries => {
      byKey.clear()
      for (const entry of entries) byKey.set(entry.key, compile(entry))
      sorted = undefined
    },
    set: entry => {
      byKey.set(entry.key, compile(entry))
      sorted = undefined
    },
    remove: entry => {
      byKey.delete(entry.key)
      sorted = undefined
    },
  }
  const sort = (): readonly T[] => (sorted ??= [...byKey.keys()].sort().map(key => byKey.get(key)!))

  const begin = async (): Promise<readonly T[]> => {
    following ??= follow(store, prefix(), follower, log, stopping)
    try {
      await following
    } catch (error) {
      following = undefined
      throw error
    }
    isReady = true
    return sort()
  }

  return { read: () => (isReady ? sort() : begin()) }
}
