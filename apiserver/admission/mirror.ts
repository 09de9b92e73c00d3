// What admission makes of every object of a kind (compiled webhooks, policies), kept in memory and brought up to date by the store's watch:
// a request finds it ready and lists nothing. Begins with the first read, and anew after the watch ended.
import type { Entry, Store } from '../../store/store.ts'

export interface Mirror<T> {
  /** In the order of the objects' names. The same array until something changes. */
  read(): Promise<readonly T[]> | readonly T[]
}

interface State<T> {
  readonly byKey: Map<string, T>
  sorted: readonly T[] | undefined
  ended: boolean
}

/** `compile` must not throw: a fault of an object is part of what is made of it. `prefix` is asked when the kind is first read. */
export const createMirror = <T>(store: Store, prefix: () => string, compile: (entry: Entry) => T): Mirror<T> => {
  let state: State<T> | undefined
  let starting: Promise<State<T>> | undefined

  const start = async (): Promise<State<T>> => {
    const scope = prefix()
    const { entries, revision } = await store.list(scope, { freshness: 'any' })
    const next: State<T> = { byKey: new Map(), sorted: undefined, ended: false }
    for (const entry of entries) next.byKey.set(entry.key, compile(entry))
    store.watch(scope, revision, {
      onEvents: events => {
        for (const { type, entry } of events) {
          if (type === 'DELETED') next.byKey.delete(entry.key)
          else next.byKey.set(entry.key, compile(entry))
        }
        next.sorted = undefined
      },
      onEnd: () => {
        next.ended = true
      },
    })
    return next
  }

  const sort = (s: State<T>): readonly T[] => (s.sorted ??= [...s.byKey.keys()].sort().map(key => s.byKey.get(key)!))

  const restart = async (): Promise<readonly T[]> => {
    starting ??= start().finally(() => {
      starting = undefined
    })
    state = await starting
    return sort(state)
  }

  return { read: () => (state && !state.ended ? sort(state) : restart()) }
}
