// Reads of other objects during admission: from memory, and only what is not there is asked for consistently.
import type { KubeObject } from '../../api/object.ts'
import type { Store } from '../../store/store.ts'

export const lookUp = async <T extends KubeObject>(store: Store, key: string): Promise<T | undefined> =>
  ((await store.get(key, 'any')) ?? (await store.get(key, 'consistent')))?.object() as T | undefined
