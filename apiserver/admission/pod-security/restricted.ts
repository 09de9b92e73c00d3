// The checks of level restricted, beside those of baseline: no way to more rights, nobody as root, only volumes that are the pod's own.
import { findBadSeccomp, findProcMount } from './baseline.ts'
import {
  type Check,
  containersOf,
  hasUserNamespace,
  isWindows,
  nameContainers,
  namesOf,
  type PodLike,
  quote,
  setters,
  sorted,
  type Violation,
} from './violation.ts'

const findEscalation = (pod: PodLike): Violation | undefined => {
  const bad = namesOf(pod, c => c.securityContext?.allowPrivilegeEscalation !== false)
  return bad.length
    ? { reason: 'allowPrivilegeEscalation != false', detail: `${nameContainers(bad)} must set securityContext.allowPrivilegeEscalation=false` }
    : undefined
}

const findCapabilities = (pod: PodLike): Violation | undefined => {
  const keeping = namesOf(pod, c => !c.securityContext?.capabilities?.drop?.includes('ALL'))
  const badOf = (added: readonly string[] | undefined): readonly string[] => (added ?? []).filter(name => name !== 'NET_BIND_SERVICE')
  const adding = containersOf(pod).filter(c => badOf(c.securityContext?.capabilities?.add).length)
  const added = sorted(adding.flatMap(c => badOf(c.securityContext?.capabilities?.add)))
  const details = [
    ...(keeping.length ? [`${nameContainers(keeping)} must set securityContext.capabilities.drop=["ALL"]`] : []),
    ...(adding.length ? [`${nameContainers(adding.map(c => c.name))} must not include ${quote(added)} in securityContext.capabilities.add`] : []),
  ]
  return details.length ? { reason: 'unrestricted capabilities', detail: details.join('; ') } : undefined
}

const ownVolumes = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret'] as const

const findVolumes = ({ spec }: PodLike): Violation | undefined => {
  const bad = (spec.volumes ?? []).filter(v => !ownVolumes.some(type => v[type] !== undefined))
  if (!bad.length) return undefined
  const types = sorted(bad.flatMap(v => Object.keys(v).filter(key => key !== 'name')))
  return {
    reason: 'restricted volume types',
    detail: `${bad.length === 1 ? 'volume' : 'volumes'} ${quote(bad.map(v => v.name))} ${bad.length === 1 ? 'uses' : 'use'} restricted volume ${types.length === 1 ? 'type' : 'types'} ${quote(types)}`,
  }
}

const findRoot = (pod: PodLike): Violation | undefined => {
  const own = pod.spec.securityContext?.runAsNonRoot
  const refusing = namesOf(pod, c => c.securityContext?.runAsNonRoot === false)
  const reason = 'runAsNonRoot != true'
  if (own === false || refusing.length) return { reason, detail: `${setters(own === false, refusing)} must not set securityContext.runAsNonRoot=false` }
  const silent = own ? [] : namesOf(pod, c => c.securityContext?.runAsNonRoot === undefined)
  return silent.length ? { reason, detail: `pod or ${nameContainers(silent)} must set securityContext.runAsNonRoot=true` } : undefined
}

const findRootUser = (pod: PodLike): Violation | undefined => {
  const podIsBad = pod.spec.securityContext?.runAsUser === 0
  const bad = namesOf(pod, c => c.securityContext?.runAsUser === 0)
  return podIsBad || bad.length ? { reason: 'runAsUser=0', detail: `${setters(podIsBad, bad)} must not set runAsUser=0` } : undefined
}

const findSeccomp = (pod: PodLike): Violation | undefined => {
  const bad = findBadSeccomp(pod)
  if (bad) return bad
  if (pod.spec.securityContext?.seccompProfile) return undefined
  const silent = namesOf(pod, c => !c.securityContext?.seccompProfile)
  return silent.length
    ? { reason: 'seccompProfile', detail: `pod or ${nameContainers(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"` }
    : undefined
}

type Find = (pod: PodLike) => Violation | undefined

const unless =
  (isExempt: (pod: PodLike) => boolean, find: Find): Find =>
  pod =>
    isExempt(pod) ? undefined : find(pod)

/** Windows knows none of these since it can say that a pod is its own (1.25). */
const linuxSince25 = (since: number, find: Find): Check['versions'] => [
  { since, find },
  { since: 25, find: unless(isWindows, find) },
]
/** In a user namespace, root is harmless to the node (1.35). */
const relaxedSince35 = (since: number, find: Find): Check['versions'] => [
  { since, find },
  { since: 35, find: unless(hasUserNamespace, find) },
]

export const restrictedChecks: readonly Check[] = [
  { id: 'allowPrivilegeEscalation', level: 'restricted', versions: linuxSince25(8, findEscalation) },
  { id: 'capabilities_restricted', level: 'restricted', versions: linuxSince25(22, findCapabilities), replaces: ['capabilities_baseline'] },
  { id: 'procMount_restricted', level: 'restricted', versions: [{ since: 35, find: findProcMount }], replaces: ['procMount_baseline'] },
  { id: 'restrictedVolumes', level: 'restricted', versions: [{ since: 0, find: findVolumes }], replaces: ['hostPathVolumes'] },
  { id: 'runAsNonRoot', level: 'restricted', versions: relaxedSince35(0, findRoot) },
  { id: 'runAsUser', level: 'restricted', versions: relaxedSince35(23, findRootUser) },
  { id: 'seccompProfile_restricted', level: 'restricted', versions: linuxSince25(19, findSeccomp), replaces: ['seccompProfile_baseline'] },
]
