// The environment of a container: pure, from sources already read. Order as upstream: envFrom, then env with $(NAME) expanded from what
// came before and from Services, then the Services' variables that nothing overrides.
import { StringDecoder } from 'node:string_decoder'
import type { ConfigMap, Container, EnvVar, Pod, Secret } from '../../api/types/core-v1.ts'
import { expand } from './expand.ts'
import { readField, readResource, type PodFacts } from './field-ref.ts'
import { podNamespaceOf } from './names.ts'

/** Objects by name; null: looked for and not there. */
export interface EnvSources {
  readonly configMaps: ReadonlyMap<string, ConfigMap | null>
  readonly secrets: ReadonlyMap<string, Secret | null>
  readonly services: ReadonlyMap<string, string>
}

/** Shown as CreateContainerConfigError. */
export class ContainerConfigError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ContainerConfigError'
  }
}

/** What a container's environment refers to, by kind. */
export const toEnvReferences = (container: Container): { configMaps: Set<string>; secrets: Set<string> } => {
  const configMaps = new Set<string>()
  const secrets = new Set<string>()
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef?.name) configMaps.add(configMapRef.name)
    if (secretRef?.name) secrets.add(secretRef.name)
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.configMapKeyRef?.name) configMaps.add(valueFrom.configMapKeyRef.name)
    if (valueFrom?.secretKeyRef?.name) secrets.add(valueFrom.secretKeyRef.name)
  }
  return { configMaps, secrets }
}

const decode = (base64: string): string => new StringDecoder('utf8').end(Buffer.from(base64, 'base64'))

export const toEnv = (pod: Pod, container: Container, sources: EnvSources, facts: PodFacts): Map<string, string> => {
  const env = new Map<string, string>()
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef) {
      const found = sources.configMaps.get(configMapRef.name ?? '')
      if (!found && !configMapRef.optional) throw new ContainerConfigError(`configmap "${configMapRef.name}" not found`)
      for (const [key, value] of Object.entries(found?.data ?? {})) env.set(prefix + key, value)
    }
    if (secretRef) {
      const found = sources.secrets.get(secretRef.name ?? '')
      if (!found && !secretRef.optional) throw new ContainerConfigError(`secret "${secretRef.name}" not found`)
      for (const [key, value] of Object.entries(found?.data ?? {})) env.set(prefix + key, decode(value))
    }
  }
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? readSource(pod, container, variable, sources, facts)
      : expand(variable.value ?? '', name => env.get(name) ?? sources.services.get(name))
    if (value !== undefined) env.set(variable.name, value)
  }
  for (const [name, value] of sources.services) if (!env.has(name)) env.set(name, value)
  return env
}

/** Undefined: an optional source that is not there. */
const readSource = (pod: Pod, container: Container, { valueFrom }: EnvVar, sources: EnvSources, facts: PodFacts): string | undefined => {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom ?? {}
  const namespace = podNamespaceOf(pod)
  if (fieldRef) {
    const value = readField(pod, fieldRef.fieldPath, facts)
    if (value === undefined) throw new ContainerConfigError(`unsupported fieldPath: ${fieldRef.fieldPath}`)
    return value
  }
  if (resourceFieldRef) {
    const named = resourceFieldRef.containerName
      ? [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(c => c.name === resourceFieldRef.containerName)
      : container
    const value = named && readResource(named, resourceFieldRef, facts)
    if (value === undefined) throw new ContainerConfigError(`unsupported container resource: ${resourceFieldRef.resource}`)
    return value
  }
  if (configMapKeyRef) {
    const found = sources.configMaps.get(configMapKeyRef.name ?? '')
    const value = found?.data?.[configMapKeyRef.key] ?? undefined
    if (value !== undefined || configMapKeyRef.optional) return value
    throw new ContainerConfigError(
      found ? `couldn't find key ${configMapKeyRef.key} in ConfigMap ${namespace}/${configMapKeyRef.name}` : `configmap "${configMapKeyRef.name}" not found`,
    )
  }
  if (secretKeyRef) {
    const found = sources.secrets.get(secretKeyRef.name ?? '')
    const value = found?.data?.[secretKeyRef.key]
    if (value !== undefined) return decode(value)
    if (secretKeyRef.optional) return undefined
    throw new ContainerConfigError(
      found ? `couldn't find key ${secretKeyRef.key} in Secret ${namespace}/${secretKeyRef.name}` : `secret "${secretKeyRef.name}" not found`,
    )
  }
  return undefined
}
