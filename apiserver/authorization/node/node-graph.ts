// Which node may read which object, because of the pods that are bound to it. Kept current by the store's watch; a question costs a look into
// maps, however many pods there are.
//
//   node ◀─ pod ◀─ secret, configmap, account, resourceclaim, claim ◀─ volume ◀─ secret
//   node ◀─ volumeattachment, resourceslice
import type { PersistentVolume, Pod } from '../../../api/types/core-v1.ts'
import type { Loose } from '../../../api/validation/loose.ts'
import { inSlices } from '../../../base/in-slices.ts'
import type { Entry } from '../../../store/store.ts'
import type { Follower } from '../../follow.ts'
import { mirrorAnnotation, podReferences, type Reference, type ReferenceKind, volumeSecretReferences } from './references.ts'

export type VertexKind = ReferenceKind | 'pod' | 'volume' | 'attachment' | 'slice'

export interface NodeGraph {
  readonly pods: Follower
  readonly volumes: Follower
  readonly attachments: Follower
  readonly slices: Follower
  isRelated(node: string, kind: VertexKind, namespace: string, name: string): boolean
}

/** How many of the pods of each node name the object. */
type NodeCounts = Map<string, number>

const vertex = (kind: VertexKind, namespace: string, name: string): string => `${kind}:${namespace}/${name}`
const vertexOf = ({ kind, namespace, name }: Reference): string => vertex(kind, namespace, name)

const following = (set: (entry: Entry) => void, remove: (entry: Pick<Entry, 'key'>) => void, keys: () => Iterable<string>): Follower => ({
  set,
  remove,
  // What is known stays until all is known anew: a node that asks meanwhile is not refused.
  reset: async entries => {
    const present = new Set<string>()
    await inSlices(entries, entry => {
      present.add(entry.key)
      set(entry)
    })
    for (const key of [...keys()]) if (!present.has(key)) remove({ key })
  },
})

/** Objects that name their node themselves. */
const createDirect = (nodeOf: (entry: Entry) => string | undefined): Follower & { readonly nodes: Map<string, string> } => {
  const nodes = new Map<string, string>()
  const keys = new Map<string, string>()
  const remove = ({ key }: Pick<Entry, 'key'>): void => {
    const name = keys.get(key)
    if (name !== undefined) nodes.delete(name)
    keys.delete(key)
  }
  const set = (entry: Entry): void => {
    const node = nodeOf(entry)
    if (!node) {
      remove(entry)
      return
    }
    keys.set(entry.key, entry.name)
    nodes.set(entry.name, node)
  }
  return { nodes, ...following(set, remove, () => keys.keys()) }
}

interface KnownPod {
  readonly pod: Loose<Pod>
  readonly node: string
  readonly vertices: readonly string[]
}

const createPods = (): Follower & { readonly counts: Map<string, NodeCounts> } => {
  const counts = new Map<string, NodeCounts>()
  const known = new Map<string, KnownPod>()
  const remove = ({ key }: Pick<Entry, 'key'>): void => {
    const pod = known.get(key)
    if (!pod) return
    known.delete(key)
    for (const name of pod.vertices) {
      const nodes = counts.get(name)
      const left = (nodes?.get(pod.node) ?? 0) - 1
      if (left > 0) nodes?.set(pod.node, left)
      else if (nodes?.delete(pod.node) && !nodes.size) counts.delete(name)
    }
  }
  /** Most changes of a pod are of its status: what it names stays. */
  const isSame = (before: KnownPod | undefined, pod: Loose<Pod>): boolean =>
    before !== undefined && before.pod.metadata?.uid === pod.metadata?.uid && before.node === pod.spec?.nodeName && sameSources(before.pod, pod)
  const set = (entry: Entry): void => {
    const node = entry.fields['spec.nodeName']
    if (!node) {
      remove(entry)
      return
    }
    const pod = entry.object() as unknown as Loose<Pod>
    if (isSame(known.get(entry.key), pod)) return
    remove(entry)
    const own = vertex('pod', entry.namespace, entry.name)
    // A node must never gain anything by a pod that it made itself.
    const isMirror = pod.metadata?.annotations?.[mirrorAnnotation] !== undefined
    const vertices = [own, ...(isMirror ? [] : podReferences(pod).map(vertexOf))]
    known.set(entry.key, { pod: toSources(pod), node, vertices })
    for (const name of vertices) {
      const nodes = counts.get(name) ?? new Map<string, number>()
      counts.set(name, nodes)
      nodes.set(node, (nodes.get(node) ?? 0) + 1)
    }
  }
  return { counts, ...following(set, remove, () => known.keys()) }
}

/** What of a bound pod can still change and changes what it names: claims that were made for it, containers for debugging. */
const toSources = ({ metadata, status, spec }: Loose<Pod>): Loose<Pod> => ({
  metadata: { uid: metadata?.uid },
  status: { resourceClaimStatuses: status?.resourceClaimStatuses, extendedResourceClaimStatus: status?.extendedResourceClaimStatus },
  spec: { ephemeralContainers: spec?.ephemeralContainers },
})
const sameSources = (a: Loose<Pod>, b: Loose<Pod>): boolean =>
  a.status?.resourceClaimStatuses?.length === b.status?.resourceClaimStatuses?.length &&
  a.spec?.ephemeralContainers?.length === b.spec?.ephemeralContainers?.length &&
  JSON.stringify(toSources(a)) === JSON.stringify(toSources(b))

interface Volumes extends Follower {
  /** By volume: the claim it is bound to. */
  readonly claims: Map<string, string>
  /** By secret: the volumes that need it. */
  readonly bySecret: Map<string, Set<string>>
}

const createVolumes = (): Volumes => {
  const claims = new Map<string, string>()
  const bySecret = new Map<string, Set<string>>()
  const known = new Map<string, { name: string; secrets: readonly string[] }>()
  const remove = ({ key }: Pick<Entry, 'key'>): void => {
    const volume = known.get(key)
    if (!volume) return
    known.delete(key)
    claims.delete(volume.name)
    for (const secret of volume.secrets) {
      const volumes = bySecret.get(secret)
      if (volumes?.delete(volume.name) && !volumes.size) bySecret.delete(secret)
    }
  }
  const set = (entry: Entry): void => {
    remove(entry)
    const volume = entry.object() as unknown as Loose<PersistentVolume>
    const claim = volume.spec?.claimRef
    if (!claim?.name) return
    const { name } = entry
    const secrets = volumeSecretReferences(volume).map(vertexOf)
    known.set(entry.key, { name, secrets })
    claims.set(name, vertex('claim', claim.namespace ?? '', claim.name))
    for (const secret of secrets) bySecret.set(secret, (bySecret.get(secret) ?? new Set()).add(name))
  }
  return { claims, bySecret, ...following(set, remove, () => known.keys()) }
}

export const createNodeGraph = (): NodeGraph => {
  const pods = createPods()
  const volumes = createVolumes()
  const attachments = createDirect(entry => (entry.object() as { spec?: { nodeName?: string } }).spec?.nodeName)
  const slices = createDirect(entry => (entry.object() as { spec?: { nodeName?: string } }).spec?.nodeName)

  const reaches = (node: string, name: string): boolean => pods.counts.get(name)?.has(node) ?? false
  const reachesVolume = (node: string, volume: string): boolean => {
    const claim = volumes.claims.get(volume)
    return claim !== undefined && reaches(node, claim)
  }
  return {
    pods,
    volumes,
    attachments,
    slices,
    isRelated: (node, kind, namespace, name) => {
      if (kind === 'attachment') return attachments.nodes.get(name) === node
      if (kind === 'slice') return slices.nodes.get(name) === node
      if (kind === 'volume') return reachesVolume(node, name)
      const wanted = vertex(kind, namespace, name)
      if (reaches(node, wanted)) return true
      if (kind !== 'secret') return false
      for (const volume of volumes.bySecret.get(wanted) ?? []) if (reachesVolume(node, volume)) return true
      return false
    },
  }
}
