// The kinds whose objects the whole-cluster controllers (garbage collector, namespaces) look after: everything stored, once each.
import { builtinKinds } from '../api/kinds/registry.ts'
import type { Resource } from '../api/resource.ts'

/** Events are many, own nothing and expire by themselves. */
const ignored = new Set(['events', 'events.events.k8s.io'])

export const storedKinds = (): Resource[] => {
  const byId = new Map<string, Resource>()
  for (const kind of builtinKinds as readonly Resource[]) {
    if (!kind.verbs.includes('list') || !kind.verbs.includes('watch') || !kind.verbs.includes('delete') || ignored.has(kind.id)) continue
    // Of several versions of one kind the first in the registry's order that is stored under its own prefix counts; they share their objects.
    const known = byId.get(kind.id)
    if (!known || kind.version === 'v1') byId.set(kind.id, kind)
  }
  return [...byId.values()]
}
