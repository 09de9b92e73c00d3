// The labels and annotations that tie what runs in containerd to its pod: upstream's names, so that either agent adopts the other's
// containers. Everything a restarted agent needs is in them.
import type { Container, Pod } from '../../api/types/core-v1.ts'
import { containerHash } from '../plan/restart.ts'

export const labelKeys = {
  podName: 'io.kubernetes.pod.name',
  podNamespace: 'io.kubernetes.pod.namespace',
  podUid: 'io.kubernetes.pod.uid',
  containerName: 'io.kubernetes.container.name',
} as const

export const annotationKeys = {
  hash: 'io.kubernetes.container.hash',
  restartCount: 'io.kubernetes.container.restartCount',
  terminationMessagePath: 'io.kubernetes.container.terminationMessagePath',
  terminationMessagePolicy: 'io.kubernetes.container.terminationMessagePolicy',
  terminationGracePeriod: 'io.kubernetes.pod.terminationGracePeriod',
  ports: 'io.kubernetes.container.ports',
  preStop: 'io.kubernetes.container.preStopHandler',
} as const

export const configSource = 'kubernetes.io/config.source'
export const configMirror = 'kubernetes.io/config.mirror'
export const configHash = 'kubernetes.io/config.hash'
export const configSeen = 'kubernetes.io/config.seen'

export const podNameOf = (pod: Pod): string => pod.metadata.name ?? ''
export const podNamespaceOf = (pod: Pod): string => pod.metadata.namespace ?? 'default'
export const podUidOf = (pod: Pod): string => pod.metadata.uid ?? ''

const podLabels = (pod: Pod): Record<string, string> => ({
  [labelKeys.podName]: podNameOf(pod),
  [labelKeys.podNamespace]: podNamespaceOf(pod),
  [labelKeys.podUid]: podUidOf(pod),
})

export const toSandboxLabels = (pod: Pod): Record<string, string> => ({ ...pod.metadata.labels, ...podLabels(pod) })
export const toContainerLabels = (pod: Pod, container: Container): Record<string, string> => ({ ...podLabels(pod), [labelKeys.containerName]: container.name })

export const toContainerAnnotations = (pod: Pod, container: Container, attempt: number): Record<string, string> => ({
  [annotationKeys.hash]: containerHash(container),
  [annotationKeys.restartCount]: String(attempt),
  [annotationKeys.terminationMessagePath]: container.terminationMessagePath ?? '/dev/termination-log',
  [annotationKeys.terminationMessagePolicy]: container.terminationMessagePolicy ?? 'File',
  [annotationKeys.terminationGracePeriod]: String(pod.spec.terminationGracePeriodSeconds ?? 30),
  ...(container.ports?.length && { [annotationKeys.ports]: JSON.stringify(container.ports) }),
  ...(container.lifecycle?.preStop && { [annotationKeys.preStop]: JSON.stringify(container.lifecycle.preStop) }),
})

/** `<namespace>_<name>_<uid>`: the folder of a pod's logs. */
export const toLogFolder = (pod: Pod): string => `${podNamespaceOf(pod)}_${podNameOf(pod)}_${podUidOf(pod)}`
export const toLogFile = (container: string, attempt: number): string => `${container}/${attempt}.log`

/** `name_namespace(uid)`: how pods are named in messages. */
export const formatPod = (pod: Pod): string => `${podNameOf(pod)}_${podNamespaceOf(pod)}(${podUidOf(pod)})`
