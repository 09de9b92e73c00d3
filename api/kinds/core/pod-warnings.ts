// What is accepted in pods and templates but unwise: upstream's warnings that users meet most.
import type { Container, Pod, PodSpec } from '../../types/core-v1.ts'

const eachPort = (spec: PodSpec, visit: (path: string, port: NonNullable<Container['ports']>[number]) => void): void => {
  for (const key of ['initContainers', 'containers'] as const) {
    spec[key]?.forEach((container, i) => container.ports?.forEach((port, j) => visit(`${key}[${i}].ports[${j}]`, port)))
  }
}

const duplicatePorts = (spec: PodSpec, path: string): string[] => {
  const seen = new Map<string, string>()
  const names = new Map<string, string>()
  const warnings: string[] = []
  const byName: string[] = []
  eachPort(spec, (at, port) => {
    const key = `${port.protocol ?? 'TCP'}/${port.containerPort}/${port.hostIP ?? ''}/${port.hostPort ?? 0}`
    const before = seen.get(key)
    if (before !== undefined) warnings.push(`${path}.${at}: duplicate port definition with ${path}.${before}`)
    else seen.set(key, at)
    if (!port.name) return
    const named = names.get(port.name)
    if (named !== undefined)
      byName.push(
        `${path}.${at}: duplicate port name ${JSON.stringify(port.name)} with ${path}.${named}, services and probes that select ports by name will use ${path}.${named}`,
      )
    else names.set(port.name, at)
  })
  return [...warnings, ...byName]
}

const deprecatedVolumes: Readonly<Record<string, string>> = {
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  gitRepo: 'deprecated in v1.11',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  flocker: 'deprecated in v1.22, non-functional in v1.25+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
  quobyte: 'deprecated in v1.22, non-functional in v1.25+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
}

export const podSpecWarnings = (spec: PodSpec, path: string): string[] => {
  const warnings: string[] = []
  spec.volumes?.forEach((volume, i) => {
    for (const key in volume) if (deprecatedVolumes[key]) warnings.push(`${path}.volumes[${i}].${key}: ${deprecatedVolumes[key]}`)
  })
  if (spec.terminationGracePeriodSeconds !== undefined && spec.terminationGracePeriodSeconds < 0)
    warnings.push(`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`)
  return [...warnings, ...duplicatePorts(spec, path)]
}

export const podWarnings = (pod: Pod, old: Pod | undefined): string[] =>
  old && old.metadata.generation === pod.metadata.generation ? [] : podSpecWarnings(pod.spec, 'spec')
