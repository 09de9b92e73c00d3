// Encryption as the rules of a configuration say it: finds the resource that a key in the database belongs to, and its providers.
import { builtinKinds } from '../../api/kinds/registry.ts'
import { identityTransformer, type Transformer } from '../transformer.ts'
import type { EncryptionRules } from './configuration.ts'
import { createProvidersTransformer } from './providers.ts'

const root = '/registry/'

/** The place of a resource within the key space, and what EncryptionConfiguration calls it; of two that share a place, the first. */
const builtinNames = (): ReadonlyMap<string, string> =>
  new Map(builtinKinds.toReversed().map(({ storagePrefix, group, plural }) => [storagePrefix, group ? `${plural}.${group}` : plural]))

/** `/registry/GROUP/PLURAL/` of custom resources; their groups have a dot. */
const customName = (key: string): string | undefined => {
  const [, group, plural] = /^\/registry\/([^/]+\.[^/]*)\/([^/]+)\//.exec(key) ?? []
  return group === undefined ? undefined : `${plural}.${group}`
}

/** From the particular to the general. */
const patternsFor = (name: string): readonly string[] => {
  const dot = name.indexOf('.')
  return [name, `*.${dot < 0 ? '' : name.slice(dot + 1)}`, '*.*']
}

/** `keyPrefix` is what stands before `/registry/` in the database. */
export const createEncryption = (rules: EncryptionRules, keyPrefix = ''): Transformer => {
  const names = builtinNames()
  const transformers = new Map([...rules].map(([pattern, providers]) => [pattern, createProvidersTransformer(providers)]))
  const byResource = new Map<string, Transformer>()
  const forName = (name: string): Transformer => {
    let found = byResource.get(name)
    if (!found) {
      const pattern = patternsFor(name).find(p => transformers.has(p))
      byResource.set(name, (found = pattern === undefined ? identityTransformer : transformers.get(pattern)!))
    }
    return found
  }
  const choose = (fullKey: string): Transformer => {
    const key = fullKey.slice(keyPrefix.length)
    for (let slash = key.indexOf('/', root.length); slash >= 0; slash = key.indexOf('/', slash + 1)) {
      const name = names.get(key.slice(0, slash + 1))
      if (name !== undefined) return forName(name)
    }
    const custom = customName(key)
    return custom === undefined ? identityTransformer : forName(custom)
  }
  return {
    toStorage: (key, bytes) => choose(key).toStorage(key, bytes),
    fromStorage: (key, bytes) => choose(key).fromStorage(key, bytes),
  }
}
