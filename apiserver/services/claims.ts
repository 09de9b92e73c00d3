// Claims on numbers that several servers give out: one stored object per address or port, made before a Service is written and removed
// after it let go. The store's own "create if absent" is what makes them exclusive; nothing is remembered here.
import { randomUUID } from 'node:crypto'
import { type Clock, toTime } from '../../base/clock.ts'
import type { KubeObject } from '../../api/object.ts'
import { type Entry, type Store, StoreError } from '../../store/store.ts'

/** The Service that an address or port belongs to. */
export interface Owner {
  readonly namespace: string
  readonly name: string
}

export interface ClaimKind {
  readonly kind: string
  readonly apiVersion: string
  /** Ends with a slash. */
  readonly prefix: string
  readonly labelsOf: (name: string) => Record<string, string> | undefined
}

interface ClaimObject extends KubeObject {
  spec?: { parentRef?: { group?: string; resource?: string; namespace?: string; name?: string } }
}

/** The Service that a stored claim names; undefined for one that was made for something else. */
export const ownerOf = (claim: KubeObject): Owner | undefined => {
  const parent = (claim as ClaimObject).spec?.parentRef
  return parent?.resource === 'services' && !parent.group ? { namespace: parent.namespace ?? '', name: parent.name ?? '' } : undefined
}

const isOwner = (claim: KubeObject, { namespace, name }: Owner): boolean => {
  const owner = ownerOf(claim)
  return owner?.namespace === namespace && owner.name === name
}

export interface Claims {
  /** False when it is taken, by whomever. May answer from memory: `take` decides. */
  isFree(name: string): Promise<boolean>
  /** False when it is taken already. An error of unknown outcome leaves it to the repair. */
  take(name: string, owner: Owner): Promise<boolean>
  /** Gives it back if it is still that owner's. Idempotent. */
  release(name: string, owner: Owner): Promise<void>
  /** Removes exactly this state of a claim; false when it changed since. */
  remove(entry: Entry): Promise<boolean>
  all(): Promise<readonly Entry[]>
}

export const createClaims = (store: Store, clock: Clock, { kind, apiVersion, prefix, labelsOf }: ClaimKind): Claims => {
  const keyOf = (name: string): string => prefix + name
  const remove = async (entry: Entry): Promise<boolean> => {
    try {
      await store.delete(entry.key, entry.revision)
      return true
    } catch (error) {
      if (error instanceof StoreError && (error.code === 'NotFound' || error.code === 'Conflict')) return false
      throw error
    }
  }
  return {
    isFree: async name => (await store.get(keyOf(name), 'any')) === undefined,
    take: async (name, owner) => {
      const labels = labelsOf(name)
      const claim: ClaimObject = {
        kind,
        apiVersion,
        metadata: { name, uid: randomUUID(), creationTimestamp: toTime(clock.now()), ...(labels && { labels }) },
        spec: { parentRef: { resource: 'services', namespace: owner.namespace, name: owner.name } },
      }
      try {
        await store.create(keyOf(name), claim)
        return true
      } catch (error) {
        if (error instanceof StoreError && error.code === 'Exists') return false
        throw error
      }
    },
    release: async (name, owner) => {
      const entry = await store.get(keyOf(name), 'consistent')
      if (entry && isOwner(entry.object(), owner)) await remove(entry)
    },
    remove,
    all: async () => [...(await store.list(prefix, { freshness: 'consistent' })).entries],
  }
}
