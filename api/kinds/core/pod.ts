// Pod of v1: the record. Its rules are in api/validation/pod, its defaults and columns beside this file.
import { defineResource, type WriteContext } from '../../resource.ts'
import type { AppArmorProfile, Pod, PodCondition } from '../../types/core-v1.ts'
import { validatePodCreate, validatePodUpdate } from '../../validation/pod/pod.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { mirrorKey } from '../../validation/pod/annotations.ts'
import { takeResize, validateResize } from '../../validation/pod/resize.ts'
import { podColumns, podRowConditions } from './pod-columns.ts'
import { allContainers, defaultPod } from './pod-defaults.ts'
import { qosClass } from './pod-qos.ts'
import { podWarnings } from './pod-warnings.ts'
import { toTime } from '../../../base/clock.ts'

const isMirrorPod = ({ metadata }: Pod): boolean => metadata.annotations?.[mirrorKey] !== undefined

const gatedCondition = (nowMs: number): PodCondition => ({
  type: 'PodScheduled',
  status: 'False',
  lastProbeTime: null as never,
  lastTransitionTime: toTime(nowMs),
  reason: 'SchedulingGated',
  message: 'Scheduling is blocked due to non-empty scheduling gates',
})

/** matchLabelKeys become expressions of the selector, with the pod's own values, when the pod is made. */
const mergeMatchLabelKeys = (pod: Pod): void => {
  const labels = pod.metadata.labels ?? {}
  const affinity = pod.spec.affinity
  for (const kind of ['podAffinity', 'podAntiAffinity'] as const) {
    const terms = [
      ...(affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(affinity?.[kind]?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(w => w.podAffinityTerm),
    ]
    for (const term of terms) {
      if (!term.labelSelector) continue
      const add = (keys: readonly string[] | undefined, operator: 'In' | 'NotIn'): void => {
        for (const key of keys ?? []) {
          const value = labels[key]
          if (value !== undefined) (term.labelSelector!.matchExpressions ??= []).push({ key, operator, values: [value] })
        }
      }
      add(term.matchLabelKeys, 'In')
      add(term.mismatchLabelKeys, 'NotIn')
    }
  }
}

const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/'
const toAppArmorProfile = (annotation: string | undefined): AppArmorProfile | undefined => {
  if (annotation === 'unconfined') return { type: 'Unconfined' }
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' }
  const file = annotation?.startsWith('localhost/') ? annotation.slice('localhost/'.length) : ''
  return file ? { type: 'Localhost', localhostProfile: file } : undefined
}

/** Where only the older annotation names a container's profile, the field comes to say it too: nodes look there. */
const takeAppArmorAnnotations = ({ metadata, spec }: Pod): void => {
  if (spec.os?.name === 'windows') return
  for (const container of [...allContainers(spec), ...(spec.ephemeralContainers ?? [])]) {
    const profile = toAppArmorProfile(metadata.annotations?.[appArmorPrefix + container.name])
    if (!profile || container.securityContext?.appArmorProfile || semanticEqual(profile, spec.securityContext?.appArmorProfile)) continue
    container.securityContext = { ...container.securityContext, appArmorProfile: profile }
  }
}

const prepareCreate = (pod: Pod, nowMs: number): void => {
  pod.status = { phase: 'Pending', qosClass: qosClass(pod.spec) }
  if ((pod.spec.terminationGracePeriodSeconds ?? 0) < 0) pod.spec.terminationGracePeriodSeconds = 1
  if (pod.spec.schedulingGates?.length) pod.status.conditions = [gatedCondition(nowMs)]
  mergeMatchLabelKeys(pod)
  takeAppArmorAnnotations(pod)
}

const prepare = (pod: Pod, old: Pod | undefined, context: WriteContext): void => {
  if (!old) {
    prepareCreate(pod, context.nowMs)
    return
  }
  if (context.subresource === 'status') {
    const status = pod.status
    pod.spec = structuredClone(old.spec)
    // Old agents would spoil them, and with them garbage collection.
    if (old.metadata.ownerReferences) pod.metadata.ownerReferences = structuredClone(old.metadata.ownerReferences)
    else delete pod.metadata.ownerReferences
    if (status) pod.status = { ...status, ...(status.qosClass === undefined && old.status?.qosClass !== undefined ? { qosClass: old.status.qosClass } : {}) }
    return
  }
  if (old.status) pod.status = structuredClone(old.status)
  else delete pod.status
  if (context.subresource === 'resize') pod.spec = takeResize(pod.spec, old.spec)
  if (context.subresource === 'ephemeralcontainers') {
    const containers = pod.spec.ephemeralContainers
    pod.spec = structuredClone(old.spec)
    if (containers) pod.spec.ephemeralContainers = containers
    else delete pod.spec.ephemeralContainers
  }
}

export const pods = defineResource<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  namespaced: true,
  shortNames: ['po'],
  categories: ['all'],
  status: true,
  columns: podColumns,
  rowConditions: podRowConditions,
  selectableFields: {
    'spec.nodeName': pod => pod.spec.nodeName ?? '',
    // The older name, which upstream still takes.
    'spec.host': pod => pod.spec.nodeName ?? '',
    'spec.restartPolicy': pod => pod.spec.restartPolicy ?? '',
    'spec.schedulerName': pod => pod.spec.schedulerName ?? '',
    'spec.serviceAccountName': pod => pod.spec.serviceAccountName ?? '',
    'spec.hostNetwork': pod => String(pod.spec.hostNetwork ?? false),
    'status.phase': pod => pod.status?.phase ?? '',
    'status.podIP': pod => pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? '',
    // Taken, but nothing is known of it.
    'status.podIPs': () => '',
    'status.nominatedNodeName': pod => pod.status?.nominatedNodeName ?? '',
  },
  generation: true,
  default: defaultPod,
  prepare,
  // Binding sets what no update may: the subresource itself has judged it, and upstream asks nothing more.
  validate: (pod, old, context) => {
    if (context.subresource === 'binding') return []
    if (!old) return validatePodCreate(pod)
    const errors = validatePodUpdate(pod, old, context.subresource)
    if (context.subresource === 'resize') validateResize(errors, { pod, old, isMirror: isMirrorPod(old), classes: [qosClass(pod.spec), qosClass(old.spec)] })
    return errors
  },
  warnings: podWarnings,
  deleteAnswersObject: true,
  // A pod that runs nowhere, or has finished, has nothing to wait for.
  defaultGraceSeconds: pod => {
    if (!pod.spec.nodeName || pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded') return 0
    const seconds = pod.spec.terminationGracePeriodSeconds ?? 30
    return seconds < 0 ? 1 : seconds
  },
})
