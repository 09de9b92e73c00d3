// What is written as files into a volume: config map and secret items, downward API files, projections.
import { forbiddenField, invalidValue, required } from '../../field-error.ts'
import type { ClusterTrustBundleProjection, DownwardAPIVolumeFile, KeyToPath, PodCertificateProjection, ProjectedVolumeSource } from '../../types/core-v1.ts'
import type { Errors } from '../collect.ts'
import { validateLabelSelector } from '../labels.ts'
import type { Loose } from '../loose.ts'
import { addInvalid } from '../collect.ts'
import { isDns1123Subdomain } from '../names.ts'
import { validateSignerName } from '../signer-name.ts'
import { validateFieldRef, validateResourceFieldRef, volumeFields } from './env.ts'
import type { PodRules } from './options.ts'
import { validateLocalPath } from './paths.ts'

export const validateMode = (errors: Errors, path: string, mode: number | undefined): void => {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) errors.push(invalidValue(path, mode, 'must be between 0 and 0777 (octal)'))
}

export const validateKeyToPath = (errors: Errors, path: string, item: Loose<KeyToPath>): void => {
  if (!item.key) errors.push(required(`${path}.key`))
  if (!item.path) errors.push(required(`${path}.path`))
  validateLocalPath(errors, `${path}.path`, item.path ?? '')
  validateMode(errors, `${path}.mode`, item.mode)
}

export const validateDownwardFile = (errors: Errors, path: string, file: Loose<DownwardAPIVolumeFile>): void => {
  if (!file.path) errors.push(required(`${path}.path`))
  validateLocalPath(errors, `${path}.path`, file.path ?? '')
  if (file.fieldRef) {
    validateFieldRef(errors, `${path}.fieldRef`, file.fieldRef, volumeFields)
    if (file.resourceFieldRef) errors.push(invalidValue(path, 'resource', 'fieldRef and resourceFieldRef exclude each other'))
  } else if (file.resourceFieldRef) validateResourceFieldRef(errors, `${path}.resourceFieldRef`, file.resourceFieldRef, true)
  else errors.push(required(path, 'one of fieldRef and resourceFieldRef is required'))
  validateMode(errors, `${path}.mode`, file.mode)
}

const validateTrustBundleName = (errors: Errors, path: string, name: string): void => {
  const colon = name.lastIndexOf(':')
  addInvalid(errors, path, name, isDns1123Subdomain(colon < 0 ? name : name.slice(colon + 1)))
}

const validateTrustBundle = (errors: Errors, path: string, bundle: Loose<ClusterTrustBundleProjection>): void => {
  const { name, signerName } = bundle
  if (name !== undefined && signerName !== undefined) errors.push(invalidValue(path, bundle, 'only one of name and signerName may be used'))
  else if (name !== undefined) {
    if (name === '') errors.push(required(`${path}.name`, 'must be a valid object name'))
    validateTrustBundleName(errors, `${path}.name`, name)
    if (bundle.labelSelector) errors.push(invalidValue(`${path}.labelSelector`, bundle.labelSelector, 'must not be set with name'))
  } else if (signerName !== undefined) {
    if (signerName === '') errors.push(required(`${path}.signerName`, 'must be a valid signer name'))
    validateSignerName(errors, `${path}.signerName`, signerName)
    validateLabelSelector(errors, `${path}.labelSelector`, bundle.labelSelector)
  } else errors.push(required(path, 'either name or signerName must be specified'))
  if (!bundle.path) errors.push(required(`${path}.path`))
  validateLocalPath(errors, `${path}.path`, bundle.path ?? '')
}

const keyTypes: readonly string[] = ['ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519', 'RSA3072', 'RSA4096']

const validatePodCertificate = (errors: Errors, path: string, projection: Loose<PodCertificateProjection>, addPath: (path: string) => void): void => {
  validateSignerName(errors, `${path}.signerName`, projection.signerName ?? '')
  if (!keyTypes.includes(projection.keyType ?? ''))
    errors.push({
      field: `${path}.keyType`,
      reason: 'FieldValueNotSupported',
      value: projection.keyType ?? '',
      detail: `supported values: ${keyTypes.join(', ')}`,
    })
  const seconds = projection.maxExpirationSeconds
  if (seconds !== undefined && seconds < 3600) errors.push(invalidValue(`${path}.maxExpirationSeconds`, seconds, 'must be at least one hour'))
  if (seconds !== undefined && seconds > 91 * 86400) errors.push(invalidValue(`${path}.maxExpirationSeconds`, seconds, 'must be at most 91 days'))
  const files = (['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const).filter(key => projection[key])
  if (files.length === 0) errors.push(required(path, 'specify at least one of credentialBundlePath, keyPath and certificateChainPath'))
  for (const key of files) {
    validateLocalPath(errors, `${path}.${key}`, projection[key] ?? '')
    addPath(projection[key] ?? '')
  }
}

export const validateProjected = (errors: Errors, path: string, projected: Loose<ProjectedVolumeSource>, rules: PodRules): void => {
  validateMode(errors, `${path}.defaultMode`, projected.defaultMode)
  const seen = new Set<string>()
  const addPath = (file: string | undefined): void => {
    if (!file) return
    if (seen.has(file)) errors.push(invalidValue(path, file, 'conflicting duplicate paths'))
    seen.add(file)
  }
  projected.sources?.forEach((source, i) => {
    const at = `${path}.sources[${i}]`
    let count = 0
    for (const key of ['secret', 'configMap'] as const) {
      const bag = source[key]
      if (!bag) continue
      count++
      if (!bag.name) errors.push(required(`${at}.${key}.name`))
      bag.items?.forEach((item, j) => {
        validateKeyToPath(errors, `${at}.${key}.items[${j}]`, item)
        addPath(item.path)
      })
    }
    if (source.downwardAPI) {
      count++
      for (const file of source.downwardAPI.items ?? []) {
        validateDownwardFile(errors, `${at}.downwardAPI`, file)
        addPath(file.path)
      }
    }
    if (source.serviceAccountToken) {
      count++
      const token = source.serviceAccountToken
      const seconds = token.expirationSeconds ?? 0
      if (seconds < 600) errors.push(invalidValue(`${at}.serviceAccountToken.expirationSeconds`, seconds, 'must be at least 10 minutes'))
      if (seconds > 2 ** 32) errors.push(invalidValue(`${at}.serviceAccountToken.expirationSeconds`, seconds, 'must be at most 2^32 seconds'))
      if (!token.path) errors.push(required(`${path}.path`))
      else if (!rules.allowNonLocalTokenPath) validateLocalPath(errors, `${path}.path`, token.path)
    }
    if (source.clusterTrustBundle) {
      count++
      validateTrustBundle(errors, `${at}.clusterTrustBundle`, source.clusterTrustBundle)
      const file = source.clusterTrustBundle.path ?? ''
      if (seen.has(file)) errors.push(invalidValue(path, file, 'conflicting duplicate paths'))
      seen.add(file)
    }
    if (source.podCertificate) {
      count++
      validatePodCertificate(errors, `${at}.podCertificate`, source.podCertificate, addPath)
    }
    if (count > 1) errors.push(forbiddenField(at, 'may not specify more than 1 volume type per source'))
  })
}
