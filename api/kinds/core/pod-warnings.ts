// What is accepted in pods and templates but unwise, as upstream warns of it, in its order.
import type { Affinity, Container, NodeSelectorTerm, Pod, PodSpec } from '../../types/core-v1.ts'
import { keyed } from '../../validation/collect.ts'
import { isDns1123Label, isLabelValue } from '../../validation/names.ts'
import { labelKeyWarnings, labelWarnings } from '../deprecated-labels.ts'
import { ipWarnings } from '../ip-warnings.ts'
import { fractionWarnings, overlapWarnings, volumeWarnings } from './volume-warnings.ts'

type Annotations = Readonly<Record<string, string>>

/** Init containers first, as upstream visits them. */
const eachContainer = (spec: PodSpec): (readonly [path: string, container: Container])[] =>
  (['initContainers', 'containers', 'ephemeralContainers'] as const).flatMap(key =>
    ((spec[key] as Container[] | null | undefined) ?? []).map((container, i) => [`${key}[${i}]`, container] as const),
  )

interface PlacedPort {
  readonly at: string
  readonly port: NonNullable<Container['ports']>[number]
}
const eachPort = (spec: PodSpec): PlacedPort[] =>
  eachContainer(spec).flatMap(([path, { ports }]) => (ports ?? []).map((port, i) => ({ at: `${path}.ports[${i}]`, port })))

/** How two definitions of one container port get into each other's way. */
const portClash = (a: PlacedPort['port'], b: PlacedPort['port']): string | undefined => {
  const [ipA, ipB, hostA, hostB] = [a.hostIP ?? '', b.hostIP ?? '', a.hostPort ?? 0, b.hostPort ?? 0]
  if (ipA === ipB && hostA === hostB) return 'duplicate'
  if (!hostA || !hostB) return 'overlapping'
  return hostA === hostB && (ipA === '') !== (ipB === '') ? 'dangerously ambiguous' : undefined
}

const portWarnings = (spec: PodSpec, path: string): string[] => {
  const seen = new Map<string, PlacedPort[]>()
  const named = new Map<string, string>()
  const warnings: string[] = []
  const byName: string[] = []
  for (const { at, port } of eachPort(spec)) {
    const { name = '', hostPort = 0, containerPort, protocol = 'TCP', hostIP = '' } = port
    if (hostIP && !hostPort)
      warnings.push(
        `${path}.${at}: hostIP set without hostPort: {Name:${name} HostPort:${hostPort} ContainerPort:${containerPort} Protocol:${protocol} HostIP:${hostIP}}`,
      )
    const key = `${containerPort}/${protocol}`
    const others = seen.get(key) ?? []
    for (const other of others) {
      const clash = portClash(port, other.port)
      if (clash) warnings.push(`${path}.${at}: ${clash} port definition with ${path}.${other.at}`)
    }
    seen.set(key, [...others, { at, port }])
    if (!name) continue
    const first = named.get(name)
    if (first === undefined) named.set(name, at)
    else
      byName.push(`${path}.${at}: duplicate port name "${name}" with ${path}.${first}, services and probes that select ports by name will use ${path}.${first}`)
  }
  return [...warnings, ...byName]
}

const termWarnings = (path: string, term: NodeSelectorTerm | undefined, checkValues: boolean): string[] =>
  (term?.matchExpressions ?? []).flatMap(({ key, values }, i) => [
    ...labelKeyWarnings(`${path}.matchExpressions[${i}].key`, key),
    ...(checkValues ? (values ?? []) : []).flatMap((value, j) =>
      isLabelValue(value).map(fault => `${path}.matchExpressions[${i}].values[${j}]: ${value} is invalid, ${fault}`),
    ),
  ])

const nodeWarnings = (spec: PodSpec, path: string): string[] => {
  const node = spec.affinity?.nodeAffinity
  const at = `${path}.affinity.nodeAffinity`
  return [
    ...Object.keys(spec.nodeSelector ?? {}).flatMap(label => labelWarnings(keyed(`${path}.nodeSelector`, label), label)),
    ...(node?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []).flatMap((term, i) =>
      termWarnings(`${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`, term, false),
    ),
    ...(node?.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ preference }, i) =>
      termWarnings(`${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`, preference, true),
    ),
  ]
}

const matchesNothing = (path: string, { labelSelector }: { labelSelector?: unknown }): string[] =>
  labelSelector === undefined ? [`${path}.labelSelector: a null labelSelector results in matching no pod`] : []

const spreadWarnings = (spec: PodSpec, path: string): string[] =>
  (spec.topologySpreadConstraints ?? []).flatMap((constraint, i) => {
    const at = `${path}.topologySpreadConstraints[${i}]`
    return [...labelKeyWarnings(`${at}.topologyKey`, constraint.topologyKey), ...matchesNothing(at, constraint)]
  })

const affinityWarnings = (affinity: Affinity | undefined, path: string): string[] =>
  (['podAffinity', 'podAntiAffinity'] as const).flatMap(kind => {
    const { requiredDuringSchedulingIgnoredDuringExecution: required = [], preferredDuringSchedulingIgnoredDuringExecution: preferred = [] } =
      affinity?.[kind] ?? {}
    return [
      ...required.flatMap((term, i) => matchesNothing(`${path}.affinity.${kind}.requiredDuringSchedulingIgnoredDuringExecution[${i}]`, term)),
      ...preferred.flatMap(({ podAffinityTerm }, i) =>
        matchesNothing(`${path}.affinity.${kind}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm`, podAffinityTerm),
      ),
    ]
  })

/** Of repeated names the later ones; and what is said of an empty one. */
const repeatedWarnings = (texts: readonly string[], say: (i: number, text: string) => string): string[] =>
  texts.flatMap((text, i) => (texts.indexOf(text) < i ? [say(i, text)] : []))

/** A variable may build on the value that it had before; otherwise it hides it. */
const envWarnings = (path: string, { env = [] }: Container): string[] =>
  env.flatMap(({ name, value = '', valueFrom }, i) => {
    const before = env.findIndex(other => other.name === name) < i
    const reference = `$(${name})`
    const builds = !valueFrom && value !== reference && value.includes(reference)
    return before && !builds ? [`${path}.env[${i}]: hides previous definition of "${name}", which may be dropped when using apply`] : []
  })

const bytes = ['memory', 'ephemeral-storage'] as const
const seccompPod = 'seccomp.security.alpha.kubernetes.io/pod'
const seccompContainer = 'container.seccomp.security.alpha.kubernetes.io/'
const appArmor = 'container.apparmor.security.beta.kubernetes.io/'

const annotationWarnings = (annotations: Annotations, path: string, keys: Readonly<Record<string, string>>): string[] =>
  Object.entries(keys).flatMap(([key, why]) => (annotations[key] === undefined ? [] : [`${keyed(`${path}metadata.annotations`, key)}: ${why}`]))

const useField = (since: string, field: string): string => `${since}; use the "${field}" field instead`

const containerWarnings = (spec: PodSpec, path: string, annotations: Annotations, parent: string): string[] =>
  eachContainer(spec).flatMap(([at, container]) => {
    const { name, resources, securityContext } = container
    const hasAppArmor = spec.securityContext?.appArmorProfile ?? securityContext?.appArmorProfile
    return [
      ...annotationWarnings(annotations, parent, {
        ...(!securityContext?.seccompProfile && { [seccompContainer + name]: useField('non-functional in v1.27+', 'seccompProfile') }),
        ...(!hasAppArmor && { [appArmor + name]: useField('deprecated since v1.30', 'appArmorProfile') }),
      }),
      ...bytes.flatMap(resource => [
        ...fractionWarnings(`${path}.${at}.resources.limits`, resources?.limits, [resource]),
        ...fractionWarnings(`${path}.${at}.resources.requests`, resources?.requests, [resource]),
      ]),
      ...envWarnings(`${path}.${at}`, container),
    ]
  })

const graceWarnings = ({ terminationGracePeriodSeconds: seconds }: PodSpec, path: string): string[] =>
  seconds !== undefined && seconds < 0 ? [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`] : []

/** `path` is the spec's; `annotations` stand beside it. */
export const podSpecWarnings = (spec: PodSpec, path: string, annotations: Annotations = {}): string[] => {
  const parent = path.slice(0, -'spec'.length)
  const pullSecrets = (spec.imagePullSecrets ?? []).map(secret => secret.name ?? '')
  return [
    ...nodeWarnings(spec, path),
    ...spreadWarnings(spec, path),
    ...annotationWarnings(annotations, parent, {
      'scheduler.alpha.kubernetes.io/critical-pod': useField('non-functional in v1.16+', 'priorityClassName'),
      'security.alpha.kubernetes.io/sysctls': useField('non-functional in v1.11+', 'sysctls'),
      'security.alpha.kubernetes.io/unsafe-sysctls': useField('non-functional in v1.11+', 'sysctls'),
    }),
    ...(spec.volumes ?? []).flatMap((volume, i) => volumeWarnings(`${path}.volumes[${i}]`, volume)),
    ...(spec.volumes ?? []).flatMap(overlapWarnings),
    ...repeatedWarnings(
      (spec.hostAliases ?? []).map(alias => alias.ip),
      (i, ip) => `${path}.hostAliases[${i}].ip: duplicate ip "${ip}"`,
    ),
    ...repeatedWarnings(pullSecrets, (i, name) => `${path}.imagePullSecrets[${i}].name: duplicate name "${name}"`),
    ...pullSecrets.flatMap((name, i) => (name ? [] : [`${path}.imagePullSecrets[${i}].name: invalid empty name ""`])),
    ...fractionWarnings(`${path}.overhead`, spec.overhead, bytes),
    ...(spec.securityContext?.seccompProfile
      ? []
      : annotationWarnings(annotations, parent, { [seccompPod]: useField('non-functional in v1.27+', 'seccompProfile') })),
    ...containerWarnings(spec, path, annotations, parent),
    ...portWarnings(spec, path),
    ...graceWarnings(spec, path),
    ...affinityWarnings(spec.affinity, path),
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((server, i) => ipWarnings(`${path}.dnsConfig.nameservers[${i}]`, server)),
    ...(spec.hostAliases ?? []).flatMap((alias, i) => ipWarnings(`${path}.hostAliases[${i}].ip`, alias.ip)),
  ]
}

/** The name of what pods are named after, or a pod's own. */
export const nameWarnings = (name: string, usedIn: string): string[] => {
  const faults = isDns1123Label(name)
  const surprise = 'which can result in surprising behavior; a DNS label is recommended'
  return faults.length ? [`metadata.name: this is used in ${usedIn}, ${surprise}: [${faults.join(' ')}]`] : []
}

/** Updates of pods come from programs, and often: upstream does not look at them. */
export const podWarnings = ({ metadata, spec }: Pod, old: Pod | undefined): string[] =>
  old ? [] : [...nameWarnings(metadata.name ?? '', "the Pod's hostname"), ...podSpecWarnings(spec, 'spec', metadata.annotations)]
