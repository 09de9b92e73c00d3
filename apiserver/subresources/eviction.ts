// pods/eviction: a deletion that disruption budgets may refuse. The budget's count goes down with the deletion, optimistically locked.
import { compileLabelSelector } from '../../api/selectors.ts'
import { badRequest, conflict, internalError, notFound, StatusError } from '../../api/status.ts'
import type { KubeObject } from '../../api/object.ts'
import { toTime } from '../../base/clock.ts'
import { type Entry, StoreError } from '../../store/store.ts'
import { toAdmissionRequest } from '../admission/request.ts'
import type { Handler, Mutable, Parts } from '../context.ts'
import { readObject } from '../verbs/decode.ts'
import { checkPreconditions, deleteObject } from '../verbs/delete.ts'
import { checkNamespace } from '../verbs/metadata.ts'
import type { Served } from '../resource-table.ts'
import { type DeleteOptions, parseDeleteBody, parseWriteOptions, toOptionsObject } from '../verbs/options.ts'
import { createdStatus } from './binding.ts'
import type { Subresource } from './registry.ts'

const evictionKind = {
  schema: 'io.k8s.api.policy.v1.Eviction',
  apiVersion: 'policy/v1',
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  alsoVersions: ['policy/v1beta1'],
} as const

interface Pod {
  status?: { phase?: string; conditions?: { type: string; status: string }[] }
}
interface Budget {
  metadata: { name: string; generation?: number }
  spec?: { selector?: object; unhealthyPodEvictionPolicy?: string }
  status?: {
    observedGeneration?: number
    disruptionsAllowed?: number
    currentHealthy?: number
    desiredHealthy?: number
    disruptedPods?: Record<string, string>
  }
}

/** Budgets protect pods that run; the others may always go. */
const ignoresBudgets = (pod: KubeObject & Pod): boolean => {
  const phase = pod.status?.phase
  return pod.metadata.deletionTimestamp !== undefined || phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || phase === undefined
}
const isReady = (pod: Pod): boolean => pod.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false

const refused = (budget: Budget, why: string): StatusError =>
  new StatusError(429, 'TooManyRequests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    causes: [{ reason: 'DisruptionBudget', message: `The disruption budget ${budget.metadata.name} ${why}` }],
  })

const budgetsOf = async (parts: Parts, pod: KubeObject): Promise<Entry[]> => {
  const budgets = parts.table.stored('poddisruptionbudgets.policy')
  const { entries } = await parts.store.list(budgets.prefixOf(pod.metadata.namespace ?? ''), { freshness: 'consistent' })
  const found: Entry[] = []
  for (const entry of entries) {
    const { spec } = entry.object() as unknown as Budget
    if (spec?.selector && compileLabelSelector(spec.selector).matches(pod.metadata.labels ?? {})) found.push(entry)
  }
  return found
}

const maxDisruptedPods = 2_000
const maxTries = 20

/** Takes one disruption from the budget. Throws 429 when there is none. */
const spendBudget = async (parts: Parts, entry: Entry, podName: string, dryRun: boolean): Promise<void> => {
  let current = entry
  for (let attempt = 1; ; attempt++) {
    const budget = structuredClone(current.object()) as Mutable & Budget
    const status = (budget.status ??= {})
    if ((status.observedGeneration ?? 0) < (budget.metadata.generation ?? 0)) {
      const error = refused(budget, 'is still being processed by the server.')
      error.status.details = { ...error.status.details, retryAfterSeconds: 10 }
      throw error
    }
    if ((status.disruptionsAllowed ?? 0) < 0) throw refused(budget, 'allows fewer than no disruptions.')
    if (Object.keys(status.disruptedPods ?? {}).length > maxDisruptedPods) throw refused(budget, 'has too many evictions that are not done yet.')
    if (!status.disruptionsAllowed) throw refused(budget, `needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`)
    if (dryRun) return
    status.disruptionsAllowed--
    status.disruptedPods = { ...status.disruptedPods, [podName]: toTime(parts.clock.now()) }
    delete budget.metadata.resourceVersion
    try {
      await parts.store.update(current.key, budget, current.revision)
      return
    } catch (error) {
      if (!(error instanceof StoreError) || error.code !== 'Conflict' || attempt >= maxTries) throw error
      const next = error.current ?? (await parts.store.get(current.key, 'consistent'))
      if (!next) return
      current = next
    }
  }
}

/** The condition that tells controllers why the pod went (KEP-3329). The deletion then is of exactly what was marked. */
const markDisruption = async (
  parts: Parts,
  served: Served,
  entry: Entry,
  preconditions: DeleteOptions['preconditions'],
): Promise<DeleteOptions['preconditions']> => {
  checkPreconditions(served, entry.object(), preconditions)
  const pod = structuredClone(entry.object()) as Mutable & Pod
  delete pod.metadata.resourceVersion
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: toTime(parts.clock.now()),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  pod.status = { ...pod.status, conditions: [...(pod.status?.conditions ?? []).filter(c => c.type !== condition.type), condition] }
  const marked = await parts.store.update(entry.key, pod, entry.revision)
  return { ...preconditions, resourceVersion: String(marked.revision) }
}

const create: Handler = async (parts, context, served) => {
  const { info, request } = context
  const query = parseWriteOptions(info.query, 'CreateOptions')
  const object = await readObject(parts, context, evictionKind, query.fieldValidation)
  if ((object.metadata.name ?? '') !== info.name) throw badRequest('name in URL does not match name in Eviction object')
  checkNamespace(object, info.namespace)
  const given = parseDeleteBody((object['deleteOptions'] ?? {}) as Record<string, unknown>)
  const options = { ...given, dryRun: query.dryRun || given.dryRun }
  const admission = toAdmissionRequest(
    context,
    served.record,
    { operation: 'CREATE', object, old: undefined, options: toOptionsObject(info.query, 'CreateOptions'), dryRun: options.dryRun },
    { kind: { group: 'policy', version: 'v1', kind: 'Eviction' } },
  )
  await parts.admission.admit(admission)
  await parts.admission.validate(admission)
  for (let attempt = 1; ; attempt++) {
    const entry = await parts.store.get(served.keyOf(info.namespace, info.name), 'consistent', request.signal)
    if (!entry) throw notFound(served.record, info.name)
    const pod = entry.object() as KubeObject & Pod
    let preconditions = options.preconditions
    if (!ignoresBudgets(pod)) {
      const budgets = await budgetsOf(parts, pod)
      if (budgets.length > 1) throw internalError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.')
      const budget = budgets[0]
      if (budget) {
        const { spec, status } = budget.object() as unknown as Budget
        const healthy = status?.currentHealthy ?? 0
        const free =
          !isReady(pod) &&
          (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' || (healthy >= (status?.desiredHealthy ?? 0) && (status?.desiredHealthy ?? 0) > 0))
        if (!free) await spendBudget(parts, budget, info.name, options.dryRun)
        // What was judged must be what is deleted.
        else preconditions = { ...preconditions, resourceVersion: String(entry.revision) }
      }
    }
    try {
      if (pod.metadata.deletionTimestamp === undefined && !options.dryRun) preconditions = await markDisruption(parts, served, entry, preconditions)
      await deleteObject(parts, context, served, info.namespace, info.name, { ...options, preconditions }, { admitted: true })
      return { kind: 'object', status: 201, object: createdStatus }
    } catch (error) {
      const ours =
        (error instanceof StoreError && error.code === 'Conflict') ||
        (preconditions !== options.preconditions && error instanceof StatusError && error.reason === 'Conflict')
      if (!ours) throw error
      if (attempt >= maxTries) throw conflict(served.record, info.name, 'the pod changes too often')
    }
  }
}

export const eviction: Subresource = {
  name: 'eviction',
  appliesTo: record => record.id === 'pods',
  handlers: { create },
  conversions: false,
  discovery: { kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
}
