// spec.volumes: one source each, judged in upstream's order. The answer says which volumes a mount may name: the faultless ones.
import { duplicate, forbiddenField, invalidValue, required } from '../../field-error.ts'
import { quantitySign } from '../../quantity.ts'
import type { CSIVolumeSource, Volume } from '../../types/core-v1.ts'
import { addInvalid, addRequiredName, type Errors } from '../collect.ts'
import { validateClaimTemplate } from '../claim-spec.ts'
import type { Loose } from '../loose.ts'
import { isDns1123Label, isDns1123Subdomain } from '../names.ts'
import type { KnownVolumes } from './env.ts'
import type { PodRules } from './options.ts'
import { validateDescendingPath } from './paths.ts'
import { validateDownwardFile, validateKeyToPath, validateMode, validateProjected } from './projected.ts'
import * as sources from './volume-sources.ts'

type Source = Exclude<keyof Volume, 'name'>
type Judge<K extends Source> = (errors: Errors, path: string, source: Loose<NonNullable<Volume[K]>>, rules: PodRules) => void
interface SourceRule {
  key: Source
  path: string
  forbiddenPath: string
  judge: Judge<never>
}

// A judge is only ever called with the source that its rule names.
const source = <K extends Source>(key: K, judge: Judge<K>, path: string = key, forbiddenPath: string = key): SourceRule => ({ key, path, forbiddenPath, judge })

const validateCsi = (errors: Errors, path: string, csi: Loose<CSIVolumeSource>): void => {
  sources.validateCsiDriverName(errors, `${path}.driver`, csi.driver)
  if (!csi.nodePublishSecretRef) return
  if (!csi.nodePublishSecretRef.name) errors.push(required(`${path}.nodePublishSecretRef.name`))
  else addInvalid(errors, `${path}.name`, csi.nodePublishSecretRef.name, isDns1123Subdomain(csi.nodePublishSecretRef.name))
}

const pullPolicies: readonly string[] = ['Always', 'IfNotPresent', 'Never']
export const validatePullPolicy = (errors: Errors, path: string, policy: string | undefined): void => {
  if (!policy) errors.push(required(path))
  else if (!pullPolicies.includes(policy))
    errors.push({ field: path, reason: 'FieldValueNotSupported', value: policy, detail: `supported values: ${pullPolicies.join(', ')}` })
}

const require =
  <K extends Source>(...fields: (keyof NonNullable<Volume[K]> & string)[]): Judge<K> =>
  (errors, path, value) =>
    sources.requireFields<object>(errors, path, value, fields as never)

/** Upstream's order, and its slips in spelling, which clients see as field names. */
const rulesInOrder: readonly SourceRule[] = [
  source('emptyDir', (errors, path, s) => {
    if (s.sizeLimit && quantitySign(s.sizeLimit) < 0) errors.push(forbiddenField(`${path}.sizeLimit`, 'must not be negative'))
  }),
  source('hostPath', sources.validateHostPath),
  source('gitRepo', (errors, path, s) => {
    if (!s.repository) errors.push(required(`${path}.repository`))
    validateDescendingPath(errors, `${path}.directory`, s.directory ?? '')
  }),
  source('gcePersistentDisk', sources.validateGcePersistentDisk, 'persistentDisk'),
  source('awsElasticBlockStore', sources.validateAwsElasticBlockStore),
  source('secret', (errors, path, s) => {
    if (!s.secretName) errors.push(required(`${path}.secretName`))
    validateMode(errors, `${path}.defaultMode`, s.defaultMode)
    s.items?.forEach((item, i) => validateKeyToPath(errors, `${path}.items[${i}]`, item))
  }),
  source('nfs', sources.validateNfs),
  source('iscsi', sources.validateIscsi),
  source('glusterfs', require<'glusterfs'>('endpoints', 'path')),
  source('flocker', sources.validateFlocker),
  source('persistentVolumeClaim', require<'persistentVolumeClaim'>('claimName')),
  source('rbd', require<'rbd'>('monitors', 'image')),
  source('cinder', (errors, path, s) => {
    sources.requireFields(errors, path, s, ['volumeID'])
    if (s.secretRef && !s.secretRef.name) errors.push(required(`${path}.secretRef.name`))
  }),
  source('cephfs', require<'cephfs'>('monitors'), 'cephfs', 'cephFS'),
  source('quobyte', sources.validateQuobyte),
  source(
    'downwardAPI',
    (errors, path, s) => {
      validateMode(errors, `${path}.defaultMode`, s.defaultMode)
      for (const file of s.items ?? []) validateDownwardFile(errors, path, file)
    },
    'downwardAPI',
    'downwarAPI',
  ),
  source('fc', sources.validateFc),
  source('flexVolume', sources.validateFlex),
  source('configMap', (errors, path, s) => {
    if (!s.name) errors.push(required(`${path}.name`))
    validateMode(errors, `${path}.defaultMode`, s.defaultMode)
    s.items?.forEach((item, i) => validateKeyToPath(errors, `${path}.items[${i}]`, item))
  }),
  source('azureFile', require<'azureFile'>('secretName', 'shareName')),
  source('vsphereVolume', require<'vsphereVolume'>('volumePath')),
  source('photonPersistentDisk', require<'photonPersistentDisk'>('pdID')),
  source('portworxVolume', require<'portworxVolume'>('volumeID')),
  source('azureDisk', sources.validateAzureDisk),
  source('storageos', sources.validateStorageOs),
  source('projected', validateProjected),
  source('scaleIO', sources.validateScaleIo),
  source('csi', validateCsi),
  source('ephemeral', (errors, path, s) => {
    if (!s.volumeClaimTemplate) errors.push(required(`${path}.volumeClaimTemplate`))
    else validateClaimTemplate(errors, `${path}.volumeClaimTemplate`, s.volumeClaimTemplate)
  }),
  source('image', (errors, path, s, rules) => {
    if (rules.isPod && !s.reference) errors.push(required(`${path}.reference`))
    validatePullPolicy(errors, `${path}.pullPolicy`, s.pullPolicy)
  }),
]

const validateVolumeSource = (errors: Errors, path: string, volume: Loose<Volume>, podName: string | undefined, rules: PodRules): void => {
  let count = 0
  for (const rule of rulesInOrder) {
    const value = volume[rule.key]
    if (!value) continue
    if (count > 0) errors.push(forbiddenField(`${path}.${rule.forbiddenPath}`, 'may not specify more than 1 volume type'))
    else {
      count++
      rule.judge(errors, `${path}.${rule.path}`, value as never, rules)
      if (rule.key === 'ephemeral' && podName && volume.name) {
        addInvalid(errors, `${path}.name`, volume.name, isDns1123Subdomain(`${podName}-${volume.name}`))
      }
    }
    if (rule.key === 'iscsi' && volume.iscsi?.initiatorName !== undefined && `${volume.name ?? ''}:${volume.iscsi.targetPortal ?? ''}`.length > 64) {
      errors.push(invalidValue(`${path}.name`, volume.name, 'name and targetPortal together must be under 64 characters with an initiatorName'))
    }
  }
  if (count === 0) errors.push(required(path, 'must specify a volume type'))
}

export const validateVolumes = (
  errors: Errors,
  path: string,
  volumes: readonly Loose<Volume>[],
  podName: string | undefined,
  rules: PodRules,
): KnownVolumes => {
  const known = new Map<string, Loose<Volume>>()
  const created = new Set<string>()
  if (podName) for (const volume of volumes) if (volume.ephemeral) created.add(`${podName}-${volume.name ?? ''}`)
  volumes.forEach((volume, i) => {
    const at = `${path}[${i}]`
    const before = errors.length
    validateVolumeSource(errors, at, volume, podName, rules)
    addRequiredName(errors, `${at}.name`, volume.name, isDns1123Label)
    if (known.has(volume.name ?? '')) errors.push(duplicate(`${at}.name`, volume.name))
    if (errors.length === before) known.set(volume.name ?? '', volume)
    const claim = volume.persistentVolumeClaim?.claimName
    if (claim !== undefined && created.has(claim))
      errors.push(invalidValue(`${at}.persistentVolumeClaim.claimName`, claim, 'must not name a claim that is made for an ephemeral volume'))
  })
  return known
}
