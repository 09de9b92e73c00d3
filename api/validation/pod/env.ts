// Environment variables: values, and the sources they can come from.
import { invalidValue, notSupported, required, valueNotFound } from '../../field-error.ts'
import { canonicalQuantity, quantitySign } from '../../quantity.ts'
import type { EnvFromSource, EnvVar, FileKeySelector, ObjectFieldSelector, ResourceFieldSelector, Volume } from '../../types/core-v1.ts'
import { addInvalid, addRequiredName, type Errors } from '../collect.ts'
import type { Loose } from '../loose.ts'
import { isConfigMapKey, isDns1123Label, isDns1123Subdomain, isQualifiedName, isRelaxedEnvVarName } from '../names.ts'
import { validateLocalPath } from './paths.ts'

/** The faultless volumes of the pod, by name. */
export type KnownVolumes = ReadonlyMap<string, Loose<Volume>>

const envFields: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
]
export const volumeFields: readonly string[] = ['metadata.annotations', 'metadata.labels', 'metadata.name', 'metadata.namespace', 'metadata.uid']
/** What upstream can convert for a pod at all. */
const knownFields: ReadonlySet<string> = new Set([
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.restartPolicy',
  'spec.serviceAccountName',
  'spec.schedulerName',
  'status.phase',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
  'spec.host',
])
const containerAmounts: readonly string[] = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
]
const cpuDivisors: ReadonlySet<string> = new Set(['1m', '1'])
const byteDivisors: ReadonlySet<string> = new Set(['1', '1k', '1M', '1G', '1T', '1P', '1E', '1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'])

const isHugePagesField = (resource: string): boolean => resource.startsWith('requests.hugepages-') || resource.startsWith('limits.hugepages-')

export const validateFieldRef = (errors: Errors, path: string, ref: Loose<ObjectFieldSelector>, choices: readonly string[]): void => {
  if (!ref.apiVersion) {
    errors.push(required(`${path}.apiVersion`))
    return
  }
  if (!ref.fieldPath) {
    errors.push(required(`${path}.fieldPath`))
    return
  }
  const subscripted = /^(.*)\['(.*)'\]$/s.exec(ref.fieldPath)
  const field = subscripted?.[1] ?? ref.fieldPath
  const known = subscripted ? field === 'metadata.annotations' || field === 'metadata.labels' : knownFields.has(field)
  if (ref.apiVersion !== 'v1' || !known) {
    errors.push(invalidValue(`${path}.fieldPath`, ref.fieldPath, 'is not a field of a v1 pod that can be referred to'))
    return
  }
  if (subscripted) {
    const key = subscripted[2] ?? ''
    addInvalid(errors, path, key, isQualifiedName(field === 'metadata.annotations' ? key.toLowerCase() : key))
  } else if (!choices.includes(field === 'spec.host' ? 'spec.nodeName' : field)) errors.push(notSupported(`${path}.fieldPath`, field, choices))
}

export const validateResourceFieldRef = (errors: Errors, path: string, ref: Loose<ResourceFieldSelector>, inVolume: boolean): void => {
  const resource = ref.resource ?? ''
  if (inVolume && !ref.containerName) errors.push(required(`${path}.containerName`))
  else if (!resource) errors.push(required(`${path}.resource`))
  else if (!containerAmounts.includes(resource) && !isHugePagesField(resource)) errors.push(notSupported(`${path}.resource`, resource, containerAmounts))
  if (!ref.divisor || quantitySign(ref.divisor) === 0) return
  const divisor = canonicalQuantity(ref.divisor)
  if (resource === 'limits.cpu' || resource === 'requests.cpu') {
    if (!cpuDivisors.has(divisor)) errors.push(invalidValue(`${path}.divisor`, resource, 'only 1m and 1 divide cpu'))
  } else if ((containerAmounts.includes(resource) || isHugePagesField(resource)) && !byteDivisors.has(divisor)) {
    errors.push(invalidValue(`${path}.divisor`, resource, 'must be 1 or 1 with a unit of bytes'))
  }
}

const validateKeyRef = (errors: Errors, path: string, ref: { name?: string | undefined; key?: string | undefined }): void => {
  addInvalid(errors, `${path}.name`, ref.name, isDns1123Subdomain(ref.name ?? ''))
  addRequiredName(errors, `${path}.key`, ref.key, isConfigMapKey)
}

const validateFileKeyRef = (errors: Errors, path: string, ref: Loose<FileKeySelector>, volumes: KnownVolumes): void => {
  if (!ref.key) errors.push(required(`${path}.key`))
  else addInvalid(errors, `${path}.key`, ref.key, isRelaxedEnvVarName(ref.key))
  if (!ref.volumeName) errors.push(required(`${path}.volumeName`))
  else addInvalid(errors, `${path}.volumeName`, ref.volumeName, isDns1123Label(ref.volumeName))
  const volume = volumes.get(ref.volumeName ?? '')
  if (!volume) errors.push(valueNotFound(`${path}.volumeName`, ref.volumeName ?? ''))
  else if (!volume.emptyDir) errors.push(invalidValue(`${path}.volumeName`, ref.volumeName, 'must name an emptyDir volume'))
  if (!ref.path) errors.push(required(`${path}.path`))
  else validateLocalPath(errors, `${path}.path`, ref.path)
}

const validateValueFrom = (errors: Errors, path: string, env: Loose<EnvVar>, volumes: KnownVolumes): void => {
  const from = env.valueFrom
  if (!from) return
  let sources = 0
  if (from.fieldRef) {
    sources++
    validateFieldRef(errors, `${path}.fieldRef`, from.fieldRef, envFields)
  }
  if (from.resourceFieldRef) {
    sources++
    validateResourceFieldRef(errors, `${path}.resourceFieldRef`, from.resourceFieldRef, false)
  }
  if (from.configMapKeyRef) {
    sources++
    validateKeyRef(errors, `${path}.configMapKeyRef`, from.configMapKeyRef)
  }
  if (from.secretKeyRef) {
    sources++
    validateKeyRef(errors, `${path}.secretKeyRef`, from.secretKeyRef)
  }
  if (from.fileKeyRef) {
    sources++
    validateFileKeyRef(errors, `${path}.fileKeyRef`, from.fileKeyRef, volumes)
  }
  if (sources === 0) errors.push(invalidValue(path, '', 'must have a source'))
  else if (env.value) errors.push(invalidValue(path, '', 'may not be specified when `value` is not empty'))
  else if (sources > 1) errors.push(invalidValue(path, '', 'may not have more than one source'))
}

export const validateEnv = (errors: Errors, path: string, vars: readonly Loose<EnvVar>[], volumes: KnownVolumes): void => {
  vars.forEach((env, i) => {
    const at = `${path}[${i}]`
    addRequiredName(errors, `${at}.name`, env.name, isRelaxedEnvVarName)
    validateValueFrom(errors, `${at}.valueFrom`, env, volumes)
  })
}

export const validateEnvFrom = (errors: Errors, path: string, sources: readonly Loose<EnvFromSource>[]): void => {
  sources.forEach((source, i) => {
    const at = `${path}[${i}]`
    if (source.prefix) addInvalid(errors, `${at}.prefix`, source.prefix, isRelaxedEnvVarName(source.prefix))
    let count = 0
    if (source.configMapRef) {
      count++
      addRequiredName(errors, `${at}.configMapRef.name`, source.configMapRef.name, isDns1123Subdomain)
    }
    if (source.secretRef) {
      count++
      addRequiredName(errors, `${at}.secretRef.name`, source.secretRef.name, isDns1123Subdomain)
    }
    if (count === 0) errors.push(invalidValue(path, '', 'must name a config map or a secret'))
    else if (count > 1) errors.push(invalidValue(path, '', 'may not have more than one source'))
  })
}
