// Pod Security: the standards that a namespace's labels ask for. `enforce` refuses pods, `warn` warns of pods and of workloads that would
// make such pods, `audit` tells the audit log. A namespace that becomes stricter is told which of its pods would no longer be let in.
import { setImmediate } from 'node:timers/promises'
import { invalid } from '../../../api/field-error.ts'
import type { KubeObject } from '../../../api/object.ts'
import type { CronJob, Job } from '../../../api/types/batch-v1.ts'
import type { Container, Pod, PodTemplate } from '../../../api/types/core-v1.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts'
import { lookUp } from '../look-up.ts'
import { nameOf, refuse } from '../refuse.ts'
import type { AdmissionDeps } from '../registry.ts'
import { compareLevels, findViolations, type LevelVersion, type Policy, printDetails, printLevel, printReasons, sameLevel, toPolicy } from './policy.ts'
import type { PodLike } from './violation.ts'

/** Upstream's PodSecurityConfiguration. */
export interface PodSecurityConfig {
  readonly defaults: Policy
  readonly exemptions: { readonly usernames: readonly string[]; readonly runtimeClasses: readonly string[]; readonly namespaces: readonly string[] }
}

const podParts = ['pods', 'pods/ephemeralcontainers', 'pods/resize']
const spec = (object: unknown): { template?: PodLike } => (object as { spec?: { template?: PodLike } }).spec ?? {}

/** Where the pods of a workload are described. */
const templates: Readonly<Record<string, (object: unknown) => PodLike | undefined>> = {
  podtemplates: object => (object as PodTemplate).template as PodLike | undefined,
  replicationcontrollers: object => spec(object).template,
  'replicasets.apps': object => spec(object).template,
  'deployments.apps': object => spec(object).template,
  'statefulsets.apps': object => spec(object).template,
  'daemonsets.apps': object => spec(object).template,
  'jobs.batch': object => (object as Job).spec.template as PodLike | undefined,
  'cronjobs.batch': object => (object as CronJob).spec.jobTemplate.spec?.template as PodLike | undefined,
}

const seccompKeys = (pod: Pod): readonly string[] => [
  'seccomp.security.alpha.kubernetes.io/pod',
  ...[...pod.spec.containers, ...(pod.spec.initContainers ?? []), ...((pod.spec.ephemeralContainers ?? []) as readonly Container[])].map(
    c => `container.seccomp.security.alpha.kubernetes.io/${c.name}`,
  ),
]

/** Labels, status and the like cannot make a pod worse than it is. */
export const isSignificant = (pod: Pod, old: Pod): boolean => {
  const changed = (now: readonly Container[] = [], before: readonly Container[] = []): boolean =>
    now.length !== before.length || now.some((c, i) => c.image !== before[i]?.image)
  if (seccompKeys(pod).some(key => pod.metadata.annotations?.[key] !== old.metadata.annotations?.[key])) return true
  if (changed(pod.spec.containers, old.spec.containers) || changed(pod.spec.initContainers, old.spec.initContainers)) return true
  return (pod.spec.ephemeralContainers ?? []).some(c => old.spec.ephemeralContainers?.find(o => o.name === c.name)?.image !== c.image)
}

const maxPodsJudged = 3_000
const maxJudgeMs = 1_000
const podsBetweenYields = 200

const annotate = (request: AdmissionRequest, key: string, value: string): void => request.annotate?.(`pod-security.kubernetes.io/${key}`, value)

/** One line per kind of violation, with the first pod that has it. */
const printPods = (byReason: ReadonlyMap<string, readonly string[]>): readonly string[] =>
  [...byReason]
    .map(([reason, pods]) => {
      const [first = '', ...others] = [...pods].sort()
      const more = others.length === 0 ? '' : others.length === 1 ? ' (and 1 other pod)' : ` (and ${others.length} other pods)`
      return `${first}${more}: ${reason}`
    })
    .sort()

export const podSecurity = ({ config, store, table, clock }: AdmissionDeps): AdmissionPlugin => {
  const { defaults, exemptions } = config.admission.podSecurity

  const findInNamespace = async (namespace: string, enforce: LevelVersion): Promise<readonly string[]> => {
    const { entries, count } = await store.list(table.stored('pods').prefixOf(namespace), { freshness: 'any' })
    const deadline = clock.now() + maxJudgeMs
    const byReason = new Map<string, string[]>()
    let judged = 0
    for (const entry of entries) {
      if (judged >= maxPodsJudged || clock.now() >= deadline) break
      if (++judged % podsBetweenYields === 0) await setImmediate()
      const pod = entry.object() as KubeObject & PodLike
      if (exemptions.runtimeClasses.includes(pod.spec.runtimeClassName ?? '')) continue
      const violations = findViolations(pod, enforce)
      if (!violations.length) continue
      const reason = printReasons(violations)
      byReason.set(reason, [...(byReason.get(reason) ?? []), entry.name])
    }
    return [
      ...(judged < count ? [`new PodSecurity enforce level only checked against the first ${judged} of ${count} existing pods`] : []),
      ...(byReason.size
        ? [`existing pods in namespace ${JSON.stringify(namespace)} violate the new PodSecurity enforce level ${JSON.stringify(printLevel(enforce))}`]
        : []),
      ...printPods(byReason),
    ]
  }

  const judgeNamespace = async (request: AdmissionRequest): Promise<void> => {
    const { operation, resource, object, old } = request
    const now = toPolicy(object?.metadata.labels, defaults)
    const before = operation === 'UPDATE' ? toPolicy(old?.metadata.labels, defaults) : undefined
    const same = before && JSON.stringify(before.errors) === JSON.stringify(now.errors)
    if (now.errors.length && !same) throw invalid(resource, nameOf(request), now.errors)
    if (!before || sameLevel(now.policy.enforce, before.policy.enforce) || now.policy.enforce.level === 'privileged') return
    const { enforce } = now.policy
    if (enforce.version === before.policy.enforce.version && compareLevels(enforce.level, before.policy.enforce.level) < 1) return
    const name = object?.metadata.name ?? ''
    if (exemptions.namespaces.includes(name)) return
    for (const warning of await findInNamespace(name, enforce)) request.warn(warning)
  }

  const judgePod = (request: AdmissionRequest, pod: PodLike, policy: Policy, enforced: boolean): void => {
    const would = (level: LevelVersion): string | undefined => {
      const violations = findViolations(pod, level)
      return violations.length ? `PodSecurity ${JSON.stringify(printLevel(level))}: ${printDetails(violations)}` : undefined
    }
    const audited = would(policy.audit)
    if (audited !== undefined) annotate(request, 'audit-violations', `would violate ${audited}`)
    if (enforced) annotate(request, 'enforce-policy', printLevel(policy.enforce))
    const forbidden = enforced ? would(policy.enforce) : undefined
    if (forbidden !== undefined) throw refuse(request, `violates ${forbidden}`)
    const warned = would(policy.warn)
    if (warned !== undefined) request.warn(`would violate ${warned}`)
  }

  return {
    name: 'PodSecurity',
    handles: ['namespaces', ...podParts, ...Object.keys(templates)],
    operations: ['CREATE', 'UPDATE'],
    validate: async request => {
      const { resource, operation, namespace, object, old, user } = request
      if (resource.id === 'namespaces') return judgeNamespace(request)
      const exempt = exemptions.namespaces.includes(namespace) ? 'namespace' : exemptions.usernames.includes(user.name) ? 'user' : undefined
      if (exempt !== undefined) {
        annotate(request, 'exempt', exempt)
        return
      }
      const { policy } = toPolicy((await lookUp<KubeObject>(store, table.stored('namespaces').keyOf('', namespace)))?.metadata.labels, defaults)
      const isPod = resource.id === 'pods'
      if ((!isPod || policy.enforce.level === 'privileged') && policy.warn.level === 'privileged' && policy.audit.level === 'privileged') return
      if (isPod && operation === 'UPDATE' && !isSignificant(object as unknown as Pod, old as unknown as Pod)) return
      const pod = isPod ? (object as unknown as PodLike) : templates[resource.id]?.(object)
      if (!pod) return
      if (exemptions.runtimeClasses.includes(pod.spec.runtimeClassName ?? '')) annotate(request, 'exempt', 'runtimeClass')
      else judgePod(request, pod, policy, isPod)
    },
  }
}
