// Deletes what its owners have left behind (owner references), holds owners back until their dependents are gone (Foreground), and sets
// dependents free (Orphan). The graph is the informers' indices by owner uid; a missing owner is believed only after asking the API.
//
//   object with owners ─┬─ one owner stands ──▶ drop references to those that do not
//                       ├─ none stands, some wait in the foreground ──▶ delete (Foreground when it has dependents itself)
//                       └─ all are gone ──▶ delete (Background)
//   deleting + foregroundDeletion ──▶ dependents go first, then the finalizer
//   deleting + orphan ──▶ dependents lose the reference, then the finalizer
import { type KubeObject, objectKey, parseApiVersion } from '../api/object.ts'
import type { Resource } from '../api/resource.ts'
import { ignoring, isReason } from '../api/status.ts'
import type { OwnerReference } from '../api/types/meta-v1.ts'
import type { Controller, DeleteOptions, Informer } from '../client/types.ts'
import type { ControllerContext } from './context.ts'
import { storedKinds } from './stored-kinds.ts'

const foreground = 'foregroundDeletion'
const orphan = 'orphan'

interface Watched {
  readonly kind: Resource
  readonly informer: Informer<KubeObject>
}
interface Known {
  readonly watched: Watched
  readonly object: KubeObject
}

const has = (o: KubeObject, finalizer: string): boolean => o.metadata.finalizers?.includes(finalizer) ?? false
const waitsForDependents = (o: KubeObject): boolean => o.metadata.deletionTimestamp !== undefined && has(o, foreground)
const uidOf = (o: KubeObject): string => o.metadata.uid ?? ''
const toKey = (kind: Resource, o: KubeObject): string => `${kind.id} ${objectKey(o)}`

type Standing = 'solid' | 'dangling' | 'waiting'

export const createGarbageCollector = ({ client, informers, events: eventsOf, log }: ControllerContext): Controller => {
  const events = eventsOf('garbage-collector-controller')
  const watched: Watched[] = storedKinds().map(kind => ({ kind, informer: informers.of(kind) }))
  const byId = new Map(watched.map(w => [w.kind.id, w]))
  const byGroupKind = new Map(watched.map(w => [`${w.kind.group}/${w.kind.kind}`, w]))
  for (const { informer } of watched) informer.addIndex('owner', o => o.metadata.ownerReferences?.map(r => r.uid) ?? [])

  const dependentsOf = (uid: string): Known[] => watched.flatMap(w => w.informer.byIndex('owner', uid).map(object => ({ watched: w, object })))
  const kindOf = (ref: OwnerReference): Watched | undefined => byGroupKind.get(`${parseApiVersion(ref.apiVersion).group}/${ref.kind}`)
  const ownerKey = (owner: Watched, ref: OwnerReference, namespace: string | undefined): string =>
    owner.kind.namespaced ? `${namespace}/${ref.name}` : ref.name

  /** What must be looked at again when `o` came, changed or went. */
  const keysFor = ({ kind, informer }: Watched, o: KubeObject): string[] => {
    const owners = o.metadata.ownerReferences
    const here = informer.get(objectKey(o))?.metadata.uid === o.metadata.uid
    const deleting = o.metadata.deletionTimestamp !== undefined
    const keys: string[] = []
    if (here && (owners?.length || (deleting && (has(o, foreground) || has(o, orphan))))) keys.push(toKey(kind, o))
    if (!here || deleting) for (const d of dependentsOf(uidOf(o))) keys.push(toKey(d.watched.kind, d.object))
    // An owner that waits for this one.
    for (const ref of owners ?? []) {
      const owner = kindOf(ref)
      const found = owner?.informer.get(ownerKey(owner, ref, o.metadata.namespace))
      if (owner && found?.metadata.uid === ref.uid && found.metadata.deletionTimestamp) keys.push(toKey(owner.kind, found))
    }
    return keys
  }

  const standingOf = async (o: KubeObject, ref: OwnerReference, signal: AbortSignal): Promise<Standing> => {
    const owner = kindOf(ref)
    // Of a kind we do not watch nothing is known: never delete on a guess.
    if (!owner) return 'solid'
    const { namespace } = o.metadata
    if (owner.kind.namespaced && !namespace) {
      events.event(
        o,
        'Warning',
        'OwnerRefInvalidNamespace',
        `ownerRef [${ref.apiVersion}/${ref.kind}, namespace: , name: ${ref.name}, uid: ${ref.uid}] does not exist in namespace ""`,
      )
      return 'solid'
    }
    let found = owner.informer.get(ownerKey(owner, ref, namespace))
    if (found?.metadata.uid !== ref.uid) {
      found = await client
        .of(owner.kind, owner.kind.namespaced ? namespace : undefined)
        .get(ref.name, { signal })
        .catch((error: unknown) => {
          if (isReason(error, 'NotFound')) return undefined
          throw error
        })
    }
    if (found?.metadata.uid !== ref.uid) return 'dangling'
    return waitsForDependents(found) ? 'waiting' : 'solid'
  }

  const api = (kind: Resource, o: KubeObject): ReturnType<typeof client.of> => client.of(kind, o.metadata.namespace)
  const ignoreGone = ignoring('NotFound')
  const remove = (kind: Resource, o: KubeObject, propagationPolicy: NonNullable<DeleteOptions['propagationPolicy']>): Promise<void> =>
    api(kind, o)
      .delete(o.metadata.name ?? '', { propagationPolicy, preconditions: { uid: uidOf(o) } })
      .catch(ignoring('Conflict', 'NotFound'))
  /** A merge patch guarded by uid and version: lists are replaced whole. */
  const patchMeta = async (kind: Resource, o: KubeObject, change: object): Promise<void> => {
    await api(kind, o)
      .patch(o.metadata.name ?? '', 'merge', { metadata: { uid: uidOf(o), resourceVersion: o.metadata.resourceVersion, ...change } })
      .catch(ignoreGone)
  }
  const dropFinalizer = (kind: Resource, o: KubeObject, finalizer: string): Promise<void> =>
    patchMeta(kind, o, { finalizers: (o.metadata.finalizers ?? []).filter(f => f !== finalizer) })
  const dropOwners = (kind: Resource, o: KubeObject, uids: ReadonlySet<string>): Promise<void> =>
    patchMeta(kind, o, { ownerReferences: (o.metadata.ownerReferences ?? []).filter(r => !uids.has(r.uid)) })

  const orphanDependents = async (kind: Resource, o: KubeObject): Promise<void> => {
    const uid = uidOf(o)
    await Promise.all(dependentsOf(uid).map(d => dropOwners(d.watched.kind, d.object, new Set([uid]))))
    await dropFinalizer(kind, o, orphan)
  }
  /** Looks at the dependents in the foreground: all are to go, but only those that block hold the owner. */
  const deleteDependentsFirst = async (kind: Resource, o: KubeObject, signal: AbortSignal): Promise<void> => {
    const uid = uidOf(o)
    const dependents = dependentsOf(uid)
    const blocking = dependents.filter(d => d.object.metadata.ownerReferences?.some(r => r.uid === uid && r.blockOwnerDeletion))
    if (blocking.length === 0) {
      await dropFinalizer(kind, o, foreground)
      return
    }
    await Promise.all(dependents.filter(d => !d.object.metadata.deletionTimestamp).map(d => attemptDelete(d.watched.kind, d.object, signal)))
  }

  const attemptDelete = async (kind: Resource, o: KubeObject, signal: AbortSignal): Promise<void> => {
    const refs = o.metadata.ownerReferences ?? []
    if (!refs.length) return
    const standings = await Promise.all(refs.map(ref => standingOf(o, ref, signal)))
    const withStanding = (s: Standing): OwnerReference[] => refs.filter((_, i) => standings[i] === s)
    const waiting = withStanding('waiting')
    const dangling = withStanding('dangling')
    if (withStanding('solid').length) {
      const lost = new Set([...waiting, ...dangling].map(r => r.uid))
      if (lost.size) await dropOwners(kind, o, lost)
      return
    }
    const dependents = dependentsOf(uidOf(o))
    if (waiting.length && dependents.length) {
      // A cycle of owners that all wait would hold for ever: this one no longer blocks.
      if (dependents.some(d => waitsForDependents(d.object)))
        await patchMeta(kind, o, { ownerReferences: refs.map(r => ({ ...r, blockOwnerDeletion: false })) })
      await remove(kind, o, 'Foreground')
      return
    }
    await remove(kind, o, has(o, orphan) ? 'Orphan' : has(o, foreground) ? 'Foreground' : 'Background')
  }

  return {
    name: 'garbage-collector-controller',
    concurrency: 20,
    watches: watched.map(w => ({ informer: w.informer, toKeys: (o: KubeObject) => keysFor(w, o) })),
    async reconcile(key, signal) {
      const space = key.indexOf(' ')
      const w = byId.get(key.slice(0, space))
      const o = w?.informer.get(key.slice(space + 1))
      if (!w || !o) return undefined
      if (!o.metadata.deletionTimestamp) await attemptDelete(w.kind, o, signal)
      else if (has(o, orphan)) await orphanDependents(w.kind, o)
      else if (has(o, foreground)) await deleteDependentsFirst(w.kind, o, signal)
      else log.debug({ key }, 'already being deleted')
      return undefined
    },
  }
}
