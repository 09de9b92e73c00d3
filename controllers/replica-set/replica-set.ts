// ReplicaSet: as many pods as asked for, made from the template. Creates in growing batches (a template that cannot work fails once,
// not a thousand times) and never counts while its own last writes are not visible yet.
import { replicaSets } from '../../api/kinds/apps/replica-set.ts'
import { pods as podKind } from '../../api/kinds/core/pod.ts'
import { objectKey } from '../../api/object.ts'
import { matchesLabelSelector } from '../../api/selectors.ts'
import { isReason, StatusError } from '../../api/status.ts'
import type { ReplicaSet } from '../../api/types/apps-v1.ts'
import type { Pod } from '../../api/types/core-v1.ts'
import type { Controller, ReconcileResult } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { createExpectations } from '../expectations.ts'
import { controllerOf, toControllerReference } from '../owner-reference.ts'
import { claim } from '../ownership.ts'
import { isActive, isTerminating } from '../pod-state.ts'
import { computeReplicaSetStatus, type ManageFailure, sameStatus, untilNextAvailableMs } from './compute-status.ts'
import { rankForDeletion } from './plan-deletions.ts'

/** Created or deleted in one go at most. */
const burst = 500
const word = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export const toPod = (owner: ReplicaSet, template: NonNullable<ReplicaSet['spec']['template']>): Pod => {
  const { labels, annotations, finalizers } = template.metadata ?? {}
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${owner.metadata.name}-`,
      namespace: owner.metadata.namespace ?? '',
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [toControllerReference(owner)],
    },
    spec: template.spec ?? { containers: [] },
  }
}

/** Runs `count` calls in batches of 1, 2, 4, …; a batch with a failure is the last. Returns how many were not tried, and the first error. */
export const inSlowStartBatches = async (count: number, call: () => Promise<void>): Promise<{ skipped: number; error?: unknown }> => {
  let left = count
  for (let size = 1; left > 0; size *= 2) {
    const batch = Math.min(size, left)
    const results = await Promise.allSettled(Array.from({ length: batch }, call))
    left -= batch
    const failed = results.find(r => r.status === 'rejected')
    if (failed) return { skipped: left, error: failed.reason }
  }
  return { skipped: 0 }
}

export const createReplicaSetController = ({ client, informers, events: eventsOf, log, clock }: ControllerContext): Controller => {
  const sets = informers.of(replicaSets)
  const pods = informers.of(podKind)
  const events = eventsOf('replicaset-controller')
  const expectations = createExpectations(clock)

  const keyOfOwner = (pod: Pod): string | undefined => {
    const owner = controllerOf(pod)
    return owner?.kind === 'ReplicaSet' && owner.apiVersion === 'apps/v1' ? `${pod.metadata.namespace}/${owner.name}` : undefined
  }
  pods.addIndex('controller', pod => [controllerOf(pod)?.uid ?? `orphan/${pod.metadata.namespace}`])
  sets.addIndex('controller', rs => [controllerOf(rs)?.uid ?? `orphan/${rs.metadata.namespace}`])
  // Before the queue's own handlers, so that a key is never worked on with an expectation that was just met.
  const onGone = (pod: Pod): void => {
    const key = keyOfOwner(pod)
    if (key) expectations.deleted(key, pod.metadata.uid ?? '')
  }
  pods.on({
    add(pod) {
      const key = keyOfOwner(pod)
      if (!key) return
      if (pod.metadata.deletionTimestamp) onGone(pod)
      else expectations.created(key)
    },
    update(pod) {
      if (pod.metadata.deletionTimestamp) onGone(pod)
    },
    delete: onGone,
  })

  const toKeys = (pod: Pod, old?: Pod): string[] => {
    const keys = new Set<string>()
    for (const p of old ? [pod, old] : [pod]) {
      const owner = keyOfOwner(p)
      if (owner) keys.add(owner)
    }
    if (!controllerOf(pod) && isActive(pod))
      for (const rs of sets.list(pod.metadata.namespace)) if (matchesLabelSelector(rs.spec.selector, pod.metadata.labels)) keys.add(objectKey(rs))
    return [...keys]
  }

  const createPods = async (rs: ReplicaSet, key: string, missing: number): Promise<ManageFailure | undefined> => {
    const count = Math.min(missing, burst)
    const pod = toPod(rs, rs.spec.template ?? {})
    const api = client.of(podKind, rs.metadata.namespace)
    expectations.expectCreations(key, count)
    const { skipped, error } = await inSlowStartBatches(count, async () => {
      try {
        const made = await api.create(pod)
        events.event(rs, 'Normal', 'SuccessfulCreate', `Created pod: ${made.metadata.name}`)
      } catch (failure) {
        expectations.created(key)
        throw failure
      }
    })
    for (let i = 0; i < skipped; i++) expectations.created(key)
    if (error === undefined) return undefined
    // A namespace that is going takes no more pods; its content goes too.
    if (error instanceof StatusError && error.status.details?.causes?.some(c => c.reason === 'NamespaceTerminating')) return undefined
    events.event(rs, 'Warning', 'FailedCreate', `Error creating: ${word(error)}`)
    return { reason: 'FailedCreate', message: word(error) }
  }

  const deletePods = async (rs: ReplicaSet, key: string, active: readonly Pod[], excess: number): Promise<ManageFailure | undefined> => {
    const owner = controllerOf(rs)
    const related = owner ? sets.byIndex('controller', owner.uid) : [rs]
    const perNode = new Map<string, number>()
    for (const set of related) {
      for (const pod of pods.byIndex('controller', set.metadata.uid ?? '')) {
        const node = pod.spec.nodeName
        if (node && isActive(pod)) perNode.set(node, (perNode.get(node) ?? 0) + 1)
      }
    }
    const victims = rankForDeletion(active, node => perNode.get(node) ?? 0, clock.now()).slice(0, Math.min(excess, burst))
    expectations.expectDeletions(
      key,
      victims.map(p => p.metadata.uid ?? ''),
    )
    const api = client.of(podKind, rs.metadata.namespace)
    let failure: unknown
    await Promise.all(
      victims.map(async ({ metadata: { name = '', uid = '' } }) => {
        try {
          await api.delete(name, { preconditions: { uid } })
          events.event(rs, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`)
        } catch (error) {
          expectations.deleted(key, uid)
          if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) failure ??= error
        }
      }),
    )
    if (failure === undefined) return undefined
    events.event(rs, 'Warning', 'FailedDelete', `Error deleting: ${word(failure)}`)
    return { reason: 'FailedDelete', message: word(failure) }
  }

  return {
    name: 'replicaset-controller',
    concurrency: 5,
    watches: [{ informer: sets }, { informer: pods, toKeys }],
    async reconcile(key): Promise<ReconcileResult | undefined> {
      const rs = sets.get(key)
      if (!rs) {
        expectations.forget(key)
        return undefined
      }
      const settled = expectations.satisfied(key)
      const candidates = [...pods.byIndex('controller', rs.metadata.uid ?? ''), ...pods.byIndex('controller', `orphan/${rs.metadata.namespace}`)]
      const mine = await claim({ client, owner: rs, ownerKind: replicaSets, kind: podKind, candidates, mayAdopt: isActive })
      const active = mine.filter(isActive)
      let failure: ManageFailure | undefined
      const missing = (rs.spec.replicas ?? 1) - active.length
      if (settled && !rs.metadata.deletionTimestamp && missing !== 0) {
        failure = missing > 0 ? await createPods(rs, key, missing) : await deletePods(rs, key, active, -missing)
        if (failure) log.debug({ key, failure }, 'pods could not be made or removed')
      }
      const nowMs = clock.now()
      const status = computeReplicaSetStatus(rs, active, mine.filter(isTerminating).length, failure, nowMs)
      if (!sameStatus(rs.status, status)) await client.of(replicaSets, rs.metadata.namespace).updateStatus({ ...rs, status })
      if (failure) throw new Error(failure.message)
      const wakeMs = untilNextAvailableMs(active, rs.spec.minReadySeconds ?? 0, nowMs)
      return wakeMs === undefined ? undefined : { requeueAfterMs: wakeMs }
    },
  }
}
