// Deployment: one ReplicaSet per template, sized step by step as plan-rollout.ts says. Reads what is, makes one step, reports; the
// ReplicaSets' changes wake it for the next.
import { deployments } from '../../api/kinds/apps/deployment.ts'
import { replicaSets } from '../../api/kinds/apps/replica-set.ts'
import { pods as podKind } from '../../api/kinds/core/pod.ts'
import { objectKey } from '../../api/object.ts'
import { matchesLabelSelector } from '../../api/selectors.ts'
import { ignoring, isReason } from '../../api/status.ts'
import type { Deployment, DeploymentStatus, ReplicaSet } from '../../api/types/apps-v1.ts'
import type { Pod } from '../../api/types/core-v1.ts'
import type { Controller, ReconcileResult } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { controllerOf, toControllerReference } from '../owner-reference.ts'
import { claim } from '../ownership.ts'
import { isFinished } from '../pod-state.ts'
import { maxRevision, newReplicaSetAnnotations, planCleanup, revisionAnnotation, revisionOf, sizeAnnotations } from './compute-revision.ts'
import {
  type Conditions,
  computeRolloutStatus,
  computeStatus,
  deadlineAtMs,
  findCondition,
  isComplete,
  progressDeadlineMs,
  sameStatus,
  withCondition,
} from './compute-status.ts'
import { computeHash, findNewReplicaSet, hashLabel, sameTemplate } from './compute-template.ts'
import {
  isRolling,
  isScalingEvent,
  newReplicas,
  oldestFirst,
  planNewReplicaSet,
  planOldReplicaSets,
  planScaling,
  replicasOf,
  type ScaleStep,
} from './plan-rollout.ts'

/** One reconcile's view. `d` is replaced by what the API answers, so that later writes carry the current version. */
interface Rollout {
  d: Deployment
  all: ReplicaSet[]
  fresh: ReplicaSet | undefined
}
const oldOf = ({ all, fresh }: Rollout): ReplicaSet[] => all.filter(rs => rs.metadata.uid !== fresh?.metadata.uid)

const selectsEverything = (d: Deployment): boolean => !Object.keys(d.spec.selector.matchLabels ?? {}).length && !d.spec.selector.matchExpressions?.length

export const createDeploymentController = ({ client, informers, events: eventsOf, clock }: ControllerContext): Controller => {
  const deploys = informers.of(deployments)
  const sets = informers.of(replicaSets)
  const pods = informers.of(podKind)
  const events = eventsOf('deployment-controller')
  sets.addIndex('controller', rs => [controllerOf(rs)?.uid ?? `orphan/${rs.metadata.namespace}`])
  pods.addIndex('controller', pod => [controllerOf(pod)?.uid ?? `orphan/${pod.metadata.namespace}`])

  const keysOfSet = (rs: ReplicaSet, old?: ReplicaSet): string[] => {
    const keys = new Set<string>()
    for (const one of old ? [rs, old] : [rs]) {
      const owner = controllerOf(one)
      if (owner?.kind === 'Deployment') keys.add(`${rs.metadata.namespace}/${owner.name}`)
    }
    if (!controllerOf(rs))
      for (const d of deploys.list(rs.metadata.namespace)) if (matchesLabelSelector(d.spec.selector, rs.metadata.labels)) keys.add(objectKey(d))
    return [...keys]
  }
  /** Recreate waits for the last old pod to be gone, which no ReplicaSet status says. */
  const keysOfPod = (pod: Pod): string[] => {
    const owner = controllerOf(pod)
    if (owner?.kind !== 'ReplicaSet' || pods.get(objectKey(pod))?.metadata.uid === pod.metadata.uid) return []
    const rs = sets.get(`${pod.metadata.namespace}/${owner.name}`)
    const deployment = rs && controllerOf(rs)
    const d = deployment?.kind === 'Deployment' ? deploys.get(`${pod.metadata.namespace}/${deployment.name}`) : undefined
    return d && !isRolling(d) ? [objectKey(d)] : []
  }

  const setsApi = (d: Deployment): ReturnType<typeof client.of<ReplicaSet>> => client.of(replicaSets, d.metadata.namespace)
  const replace = (r: Rollout, next: ReplicaSet): void => {
    r.all = r.all.map(rs => (rs.metadata.uid === next.metadata.uid ? next : rs))
    if (r.fresh?.metadata.uid === next.metadata.uid) r.fresh = next
  }

  /** Sizes ReplicaSets; true when any size changed. The annotations follow even where the size stays. */
  const scale = async (r: Rollout, steps: readonly ScaleStep[]): Promise<boolean> => {
    let changed = false
    for (const { rs, replicas } of steps) {
      const size = sizeAnnotations(r.d)
      const before = replicasOf(rs)
      const stale = Object.entries(size).some(([name, value]) => rs.metadata.annotations?.[name] !== value)
      if (before === replicas && !stale) continue
      const next = await setsApi(r.d).update({
        ...rs,
        metadata: { ...rs.metadata, annotations: { ...rs.metadata.annotations, ...size } },
        spec: { ...rs.spec, replicas },
      })
      replace(r, next)
      if (before === replicas) continue
      changed = true
      events.event(
        r.d,
        'Normal',
        'ScalingReplicaSet',
        `Scaled ${replicas > before ? 'up' : 'down'} replica set ${rs.metadata.name} from ${before} to ${replicas}`,
      )
    }
    return changed
  }

  const updateStatus = async (r: Rollout, status: DeploymentStatus): Promise<void> => {
    if (sameStatus(r.d.status, status)) return
    r.d = await client.of(deployments, r.d.metadata.namespace).updateStatus({ ...r.d, status })
  }
  const setProgressing = async (r: Rollout, status: string, reason: string, message: string): Promise<void> => {
    if (progressDeadlineMs(r.d) === undefined) return
    const conditions: Conditions = withCondition(r.d.status?.conditions ?? [], 'Progressing', status, reason, message, clock.now())
    await updateStatus(r, { ...r.d.status, conditions: [...conditions] })
  }
  const setRevision = async (r: Rollout, revision: string | undefined): Promise<void> => {
    if (revision === undefined || r.d.metadata.annotations?.[revisionAnnotation] === revision) return
    r.d = await client
      .of(deployments, r.d.metadata.namespace)
      .update({ ...r.d, metadata: { ...r.d.metadata, annotations: { ...r.d.metadata.annotations, [revisionAnnotation]: revision } } })
  }

  /** The ReplicaSet of the current template: found (and brought up to date) or, with `create`, made. */
  const syncNewReplicaSet = async (r: Rollout, create: boolean): Promise<void> => {
    const old = oldOf(r)
    const revision = maxRevision(old) + 1
    if (r.fresh) {
      const rs = r.fresh
      const annotations = newReplicaSetAnnotations(r.d, rs, revision)
      const minReadySeconds = r.d.spec.minReadySeconds ?? 0
      const same = (rs.spec.minReadySeconds ?? 0) === minReadySeconds && Object.entries(annotations).every(([k, v]) => rs.metadata.annotations?.[k] === v)
      if (!same) replace(r, await setsApi(r.d).update({ ...rs, metadata: { ...rs.metadata, annotations }, spec: { ...rs.spec, minReadySeconds } }))
      await setRevision(r, annotations[revisionAnnotation])
      if (!findCondition(r.d.status?.conditions, 'Progressing'))
        await setProgressing(r, 'True', 'FoundNewReplicaSet', `Found new replica set "${rs.metadata.name}"`)
      return
    }
    if (!create) return
    const { metadata, spec } = r.d.spec.template
    const hash = computeHash(r.d.spec.template, r.d.status?.collisionCount)
    const labels = { ...metadata?.labels, [hashLabel]: hash }
    const name = `${r.d.metadata.name}-${hash}`
    const replicas = newReplicas(r.d, old, 0)
    const { matchLabels, ...selector } = r.d.spec.selector
    const made: ReplicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name,
        namespace: r.d.metadata.namespace ?? '',
        labels,
        annotations: newReplicaSetAnnotations(r.d, undefined, revision),
        ownerReferences: [toControllerReference(r.d)],
      },
      spec: {
        replicas,
        minReadySeconds: r.d.spec.minReadySeconds ?? 0,
        selector: { ...selector, matchLabels: { ...matchLabels, [hashLabel]: hash } },
        template: { metadata: { ...metadata, labels }, ...(spec && { spec }) },
      },
    }
    try {
      r.fresh = await setsApi(r.d).create(made)
      if (replicas > 0) events.event(r.d, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${replicas}`)
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) {
        const message = `Failed to create new replica set "${name}": ${error instanceof Error ? error.message : String(error)}`
        events.event(r.d, 'Warning', 'ReplicaSetCreateError', message)
        await setProgressing(r, 'False', 'ReplicaSetCreateError', message)
        throw error
      }
      const existing = await setsApi(r.d).get(name)
      if (controllerOf(existing)?.uid !== r.d.metadata.uid || !sameTemplate(existing.spec.template, r.d.spec.template)) {
        // Another template has this hash: the next try salts it.
        await updateStatus(r, { ...r.d.status, collisionCount: (r.d.status?.collisionCount ?? 0) + 1 })
        throw error
      }
      r.fresh = existing
    }
    r.all = [...old, r.fresh]
    await setRevision(r, String(Math.max(revision, revisionOf(r.fresh))))
    await setProgressing(r, 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`)
  }

  const cleanUp = async (r: Rollout): Promise<void> => {
    for (const rs of planCleanup(r.d, oldOf(r))) {
      await setsApi(r.d)
        .delete(rs.metadata.name ?? '', { preconditions: { uid: rs.metadata.uid ?? '' } })
        .catch(ignoring('NotFound'))
      r.all = r.all.filter(other => other !== rs)
    }
  }

  /** Scaled, paused or resumed: sizes follow spec.replicas, no rollout step is made. */
  const syncSizes = async (r: Rollout): Promise<void> => {
    await syncNewReplicaSet(r, false)
    await scale(r, planScaling(r.d, oldOf(r), r.fresh))
    if (r.d.spec.paused) await cleanUp(r)
    await updateStatus(r, computeStatus(r.d, r.all, r.fresh, clock.now()))
  }

  const rollForward = async (r: Rollout): Promise<void> => {
    await syncNewReplicaSet(r, true)
    const fresh = r.fresh
    if (!fresh) return
    const grow = planNewReplicaSet(r.d, r.all, fresh)
    if (grow && (await scale(r, [grow]))) return
    await scale(r, planOldReplicaSets(r.d, oldOf(r), fresh))
  }

  const hasOldPods = (r: Rollout): boolean => oldOf(r).some(rs => pods.byIndex('controller', rs.metadata.uid ?? '').some(pod => !isFinished(pod)))
  const recreate = async (r: Rollout): Promise<void> => {
    await syncNewReplicaSet(r, false)
    const active = oldOf(r).filter(rs => replicasOf(rs) > 0)
    if (
      await scale(
        r,
        active.map(rs => ({ rs, replicas: 0 })),
      )
    )
      return
    if (hasOldPods(r)) return
    await syncNewReplicaSet(r, true)
    const grow = r.fresh && planNewReplicaSet(r.d, r.all, r.fresh)
    if (grow) await scale(r, [grow])
  }

  const syncPause = async (r: Rollout): Promise<void> => {
    const current = findCondition(r.d.status?.conditions, 'Progressing')
    if (current?.reason === 'ProgressDeadlineExceeded') return
    if (r.d.spec.paused && current?.reason !== 'DeploymentPaused') await setProgressing(r, 'Unknown', 'DeploymentPaused', 'Deployment is paused')
    else if (!r.d.spec.paused && current?.reason === 'DeploymentPaused') await setProgressing(r, 'Unknown', 'DeploymentResumed', 'Deployment is resumed')
  }

  return {
    name: 'deployment-controller',
    concurrency: 5,
    watches: [{ informer: deploys }, { informer: sets, toKeys: keysOfSet }, { informer: pods, toKeys: keysOfPod }],
    async reconcile(key): Promise<ReconcileResult | undefined> {
      const d = deploys.get(key)
      if (!d) return undefined
      if (selectsEverything(d)) {
        events.event(d, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.')
        if ((d.status?.observedGeneration ?? 0) < (d.metadata.generation ?? 0))
          await updateStatus(
            { d, all: [], fresh: undefined },
            { ...d.status, ...(d.metadata.generation !== undefined && { observedGeneration: d.metadata.generation }) },
          )
        return undefined
      }
      const candidates = [...sets.byIndex('controller', d.metadata.uid ?? ''), ...sets.byIndex('controller', `orphan/${d.metadata.namespace}`)]
      const all = (await claim({ client, owner: d, ownerKind: deployments, kind: replicaSets, candidates })).toSorted(oldestFirst)
      const r: Rollout = { d, all, fresh: findNewReplicaSet(d, all) }
      if (d.metadata.deletionTimestamp) {
        await updateStatus(r, computeStatus(d, all, r.fresh, clock.now()))
        return undefined
      }
      await syncPause(r)
      if (d.spec.paused || isScalingEvent(d, all)) await syncSizes(r)
      else {
        await (isRolling(d) ? rollForward(r) : recreate(r))
        const status = computeRolloutStatus(r.d, r.all, r.fresh, clock.now())
        if (isComplete(r.d, status)) await cleanUp(r)
        await updateStatus(r, computeRolloutStatus(r.d, r.all, r.fresh, clock.now()))
      }
      const dueMs = isComplete(r.d, r.d.status ?? {}) || r.d.spec.paused ? undefined : deadlineAtMs(r.d, r.d.status?.conditions)
      return dueMs === undefined ? undefined : { requeueAfterMs: Math.max(0, dueMs - clock.now()) + 1000 }
    },
  }
}
