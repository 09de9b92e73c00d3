// Empties a namespace that is being deleted, then lets it go. What takes time to end (pods with grace, finalizers) wakes it again
// through the informers of its content.
import { events as eventKind } from '../api/kinds/core/event.ts'
import { namespaces as namespaceKind } from '../api/kinds/core/namespace.ts'
import type { KubeObject } from '../api/object.ts'
import type { Resource } from '../api/resource.ts'
import { ignoring } from '../api/status.ts'
import type { Namespace, NamespaceCondition } from '../api/types/core-v1.ts'
import { toTime } from '../base/clock.ts'
import type { Controller } from '../client/types.ts'
import type { ControllerContext } from './context.ts'
import { storedKinds } from './stored-kinds.ts'

const finalizer = 'kubernetes'

interface Remains {
  readonly kind: Resource
  readonly count: number
  readonly finalizers: readonly string[]
}

const toConditions = (old: readonly NamespaceCondition[], failures: readonly string[], remains: readonly Remains[], nowMs: number): NamespaceCondition[] => {
  const finalizers = new Map<string, number>()
  for (const r of remains) for (const f of r.finalizers) finalizers.set(f, (finalizers.get(f) ?? 0) + 1)
  const wanted: [string, boolean, string, string, string, string][] = [
    ['NamespaceDeletionDiscoveryFailure', false, '', '', 'ResourcesDiscovered', 'All resources successfully discovered'],
    ['NamespaceDeletionGroupVersionParsingFailure', false, '', '', 'ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    [
      'NamespaceDeletionContentFailure',
      failures.length > 0,
      'ContentDeletionFailed',
      `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`,
      'ContentDeleted',
      'All content successfully deleted, may be waiting on finalization',
    ],
    [
      'NamespaceContentRemaining',
      remains.length > 0,
      'SomeResourcesRemain',
      `Some resources are remaining: ${remains.map(r => `${r.kind.plural}.${r.kind.group} has ${r.count} resource instances`).join(', ')}`,
      'ContentRemoved',
      'All content successfully removed',
    ],
    [
      'NamespaceFinalizersRemaining',
      finalizers.size > 0,
      'SomeFinalizersRemain',
      `Some content in the namespace has finalizers remaining: ${[...finalizers].map(([f, n]) => `${f} in ${n} resource instances`).join(', ')}`,
      'ContentHasNoFinalizers',
      'All content-preserving finalizers finished',
    ],
  ]
  return wanted.map(([type, bad, badReason, badMessage, goodReason, goodMessage]) => {
    const [status, reason, message] = bad ? ['True', badReason, badMessage] : ['False', goodReason, goodMessage]
    const before = old.find(c => c.type === type)
    const lastTransitionTime = before?.status === status && before.lastTransitionTime ? before.lastTransitionTime : toTime(nowMs)
    return { type, status, lastTransitionTime, reason, message }
  })
}

export const createNamespaceController = ({ client, informers, clock }: ControllerContext): Controller => {
  const namespaces = informers.of(namespaceKind)
  const kinds = storedKinds().filter(kind => kind.namespaced)
  const contents = kinds.map(kind => ({ kind, informer: informers.of(kind) }))
  const isTerminating = (namespace: string | undefined): namespace is string =>
    namespace !== undefined && namespaces.get(namespace)?.metadata.deletionTimestamp !== undefined

  const emptyKind = async (kind: Resource, namespace: string, signal: AbortSignal): Promise<void> => {
    await client.of(kind, namespace).deleteCollection({ propagationPolicy: 'Background', signal }).catch(ignoring('NotFound', 'MethodNotAllowed'))
  }
  const finalize = async (namespace: Namespace): Promise<void> => {
    const { name } = namespace.metadata
    const finalizers = (namespace.spec.finalizers ?? []).filter(f => f !== finalizer)
    await client.raw('PUT', `/api/v1/namespaces/${encodeURIComponent(name ?? '')}/finalize`, {
      ...namespace,
      apiVersion: 'v1',
      kind: 'Namespace',
      spec: { ...namespace.spec, finalizers },
    })
  }

  return {
    name: 'namespace-controller',
    concurrency: 4,
    watches: [
      { informer: namespaces, toKeys: (n: Namespace) => (n.metadata.deletionTimestamp ? [n.metadata.name ?? ''] : []) },
      ...contents.map(({ informer }) => ({ informer, toKeys: (o: KubeObject) => (isTerminating(o.metadata.namespace) ? [o.metadata.namespace] : []) })),
    ],
    async reconcile(name, signal) {
      const namespace = namespaces.get(name)
      if (!namespace?.metadata.deletionTimestamp || !namespace.spec.finalizers?.includes(finalizer)) return undefined
      const failures: string[] = []
      // A server that just learned of the deletion admits nothing new, so what is gone stays gone. Only kinds with objects are asked.
      await Promise.all(
        [...contents.filter(c => c.informer.byIndex('namespace', name).length > 0).map(c => c.kind), eventKind as unknown as Resource].map(async kind => {
          try {
            await emptyKind(kind, name, signal)
          } catch (error) {
            failures.push(`${kind.id}: ${error instanceof Error ? error.message : String(error)}`)
          }
        }),
      )
      const remains: Remains[] = []
      const note = (kind: Resource, items: readonly KubeObject[]): void => {
        if (items.length) remains.push({ kind, count: items.length, finalizers: items.flatMap(o => o.metadata.finalizers ?? []) })
      }
      for (const { kind, informer } of contents) note(kind, informer.byIndex('namespace', name))
      // The informers may be behind: that nothing is left counts only when the API says so.
      if (remains.length === 0) await Promise.all(kinds.map(async kind => note(kind, (await client.of(kind, name).list({ signal })).items)))
      if (remains.length === 0 && failures.length === 0) {
        await finalize(await client.of(namespaceKind).get(name)).catch(ignoring('NotFound'))
        return undefined
      }
      const conditions = toConditions(namespace.status?.conditions ?? [], failures, remains, clock.now())
      const changed = conditions.some(c => {
        const old = namespace.status?.conditions?.find(o => o.type === c.type)
        return old?.status !== c.status || old.message !== c.message
      })
      if (changed) await client.of(namespaceKind).updateStatus({ ...namespace, status: { ...namespace.status, phase: 'Terminating', conditions } })
      if (failures.length) throw new Error(failures.join('; '))
      // Kinds whose content appeared after our copy was taken are deleted in the next round.
      const unseen = remains.some(r => contents.find(c => c.kind === r.kind)?.informer.byIndex('namespace', name).length === 0)
      return unseen ? { requeueAfterMs: 100 } : { requeueAfterMs: 15_000 }
    },
  }
}
