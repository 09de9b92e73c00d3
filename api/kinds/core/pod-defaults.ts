// Defaults of pods and pod templates that the schema table does not carry: those that depend on other fields, or on being a pod.
// Fields whose features are off at this level of Kubernetes (podCertificate, stopSignal, schedulingGroup) are dropped here as upstream does.
import { formatQuantity, roundUpToMilli, tryParseQuantity } from '../../quantity.ts'
import type { Container, EphemeralContainer, HTTPGetAction, ObjectFieldSelector, Pod, PodSpec, Probe, Volume } from '../../types/core-v1.ts'
import { aggregateLimits, aggregateRequests } from '../../validation/pod/aggregate.ts'
import { loose } from '../../validation/loose.ts'
import { allowsOvercommit, isHugePages } from '../../validation/pod/resources.ts'
import { defaultPullPolicy } from './image-reference.ts'

type Amounts = Record<string, string>

export const defaultAmounts = (amounts: Amounts | undefined): void => {
  for (const name in amounts) amounts[name] = roundUpToMilli(amounts[name] ?? '0')
}

const canonical = (text: string | undefined): string | undefined => {
  const quantity = text === undefined ? undefined : tryParseQuantity(text)
  return quantity ? formatQuantity(quantity) : text
}

const defaultFieldRef = (ref: ObjectFieldSelector | undefined): void => {
  if (ref) ref.apiVersion ??= 'v1'
}
const defaultHttpGet = (action: HTTPGetAction | undefined): void => {
  if (!action) return
  action.path ??= '/'
  action.scheme ??= 'HTTP'
}
const defaultProbe = (probe: Probe | undefined): void => {
  if (!probe) return
  probe.timeoutSeconds ??= 1
  probe.periodSeconds ??= 10
  probe.successThreshold ??= 1
  probe.failureThreshold ??= 3
  defaultHttpGet(probe.httpGet)
  if (probe.grpc) probe.grpc.service ??= ''
}

const defaultContainer = (container: Container | EphemeralContainer): void => {
  container.imagePullPolicy ??= defaultPullPolicy(container.image)
  container.terminationMessagePath ??= '/dev/termination-log'
  container.terminationMessagePolicy ??= 'File'
  for (const env of container.env ?? []) defaultFieldRef(env.valueFrom?.fieldRef)
  defaultAmounts(container.resources?.limits)
  defaultAmounts(container.resources?.requests)
  defaultProbe(container.livenessProbe)
  defaultProbe(container.readinessProbe)
  defaultProbe(container.startupProbe)
  defaultHttpGet(container.lifecycle?.postStart?.httpGet)
  defaultHttpGet(container.lifecycle?.preStop?.httpGet)
  delete container.lifecycle?.stopSignal
}

const defaultVolume = (volume: Volume): void => {
  let hasSource = false
  for (const key in volume)
    if (key !== 'name') {
      hasSource = true
      break
    }
  if (!hasSource) volume.emptyDir = {}
  if (volume.secret) volume.secret.defaultMode ??= 0o644
  if (volume.configMap) volume.configMap.defaultMode ??= 0o644
  if (volume.hostPath) volume.hostPath.type ??= ''
  if (volume.image) volume.image.pullPolicy ??= defaultPullPolicy(volume.image.reference)
  if (volume.emptyDir?.sizeLimit !== undefined) volume.emptyDir.sizeLimit = canonical(volume.emptyDir.sizeLimit)!
  if (volume.downwardAPI) {
    volume.downwardAPI.defaultMode ??= 0o644
    for (const file of volume.downwardAPI.items ?? []) defaultFieldRef(file.fieldRef)
  }
  if (volume.projected) {
    volume.projected.defaultMode ??= 0o644
    for (const source of volume.projected.sources ?? []) {
      for (const file of source.downwardAPI?.items ?? []) defaultFieldRef(file.fieldRef)
      if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600
      delete source.podCertificate
    }
  }
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec
  if (claim) {
    claim.volumeMode ??= 'Filesystem'
    defaultAmounts(claim.resources?.requests)
    defaultAmounts(claim.resources?.limits)
  }
}

/** What was never sent is null: containers are required, so their absence is written down. */
export const allContainers = (spec: PodSpec): Container[] => [...((spec.containers as Container[] | null) ?? []), ...(spec.initContainers ?? [])]

/** Of a pod and of a template alike. */
export const defaultPodSpec = (spec: PodSpec): void => {
  spec.dnsPolicy ??= 'ClusterFirst'
  spec.restartPolicy ??= 'Always'
  spec.securityContext ??= {}
  spec.terminationGracePeriodSeconds ??= 30
  spec.schedulerName ??= 'default-scheduler'
  // serviceAccount is the older name of serviceAccountName; both are always written.
  const account = spec.serviceAccountName ?? spec.serviceAccount
  if (account !== undefined) {
    spec.serviceAccountName = account
    spec.serviceAccount = account
  }
  for (const volume of spec.volumes ?? []) defaultVolume(volume)
  for (const container of allContainers(spec)) defaultContainer(container)
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container)
  delete spec.schedulingGroup
  defaultAmounts(spec.overhead)
  defaultAmounts(spec.resources?.limits)
  defaultAmounts(spec.resources?.requests)
}

const isPodLevel = (name: string): boolean => name === 'cpu' || name === 'memory' || isHugePages(name)

const defaultPodLevel = (spec: PodSpec): void => {
  const resources = spec.resources
  if (!resources) return
  const set = (into: 'limits' | 'requests', name: string, amount: string): void => {
    ;(resources[into] ??= {})[name] ??= amount
  }
  const size = (amounts: Amounts | undefined): number => Object.keys(amounts ?? {}).length
  if (size(resources.limits) + size(resources.requests) > 0) {
    for (const [name, amount] of Object.entries(aggregateLimits(loose(spec))))
      if (isHugePages(name) && resources.requests?.[name] === undefined) set('limits', name, amount)
  }
  if (size(resources.limits) > 0) {
    for (const [name, amount] of Object.entries(aggregateRequests(loose(spec)))) if (isPodLevel(name) && allowsOvercommit(name)) set('requests', name, amount)
    for (const [name, amount] of Object.entries(resources.limits ?? {})) if (isPodLevel(name)) set('requests', name, amount)
  }
}

/** Of a pod alone: templates do not show these. */
export const defaultPod = (pod: Pod): void => {
  const spec = (pod.spec as PodSpec | undefined) ?? ({} as PodSpec)
  const containers = allContainers(spec)
  for (const container of containers) {
    const limits = container.resources?.limits
    if (!limits || !container.resources) continue
    const requests = (container.resources.requests ??= {})
    for (const name in limits) requests[name] ??= limits[name] ?? '0'
  }
  if (spec.hostNetwork) for (const container of containers) for (const port of container.ports ?? []) port.hostPort ??= port.containerPort
  spec.enableServiceLinks ??= true
  defaultPodSpec(spec)
  defaultPodLevel(spec)
}
