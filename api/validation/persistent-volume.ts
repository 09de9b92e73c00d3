// PersistentVolume: capacity, modes, one source, and what stays as it was.
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-error.ts'
import type { CSIPersistentVolumeSource, PersistentVolume, PersistentVolumeSpec, VolumeNodeAffinity } from '../types/core-v1.ts'
import { addInvalid, addRequiredName, addSupported, type Errors, keyed } from './collect.ts'
import { accessModes, volumeModes } from './claim-spec.ts'
import { addImmutable, semanticEqual } from './equality.ts'
import { type Loose, loose } from './loose.ts'
import { isDns1123Label, isDns1123Subdomain } from './names.ts'
import { validateNoBackstep } from './pod/paths.ts'
import { type Amounts, validateNonNegativeAmount, validatePositiveAmount } from './pod/resources.ts'
import { validateNodeSelector } from './pod/scheduling.ts'
import * as sources from './pod/volume-sources.ts'

type Spec = Loose<PersistentVolumeSpec>
type Secret = { name?: string | undefined; namespace?: string | undefined } | undefined

const requireSecret = (errors: Errors, path: string, secret: Secret): void => {
  if (!secret) return
  if (!secret.name) errors.push(required(`${path}.name`))
  if (!secret.namespace) errors.push(required(`${path}.namespace`))
}
const validateSecret = (errors: Errors, path: string, secret: Secret): void => {
  if (!secret) return
  addRequiredName(errors, `${path}.name`, secret.name, isDns1123Subdomain)
  addRequiredName(errors, `${path}.namespace`, secret.namespace, isDns1123Label)
}

const validateCsi = (errors: Errors, path: string, csi: Loose<CSIPersistentVolumeSource>): void => {
  sources.validateCsiDriverName(errors, `${path}.driver`, csi.driver)
  if (!csi.volumeHandle) errors.push(required(`${path}.volumeHandle`))
  for (const key of ['controllerPublishSecretRef', 'controllerExpandSecretRef', 'nodePublishSecretRef', 'nodeExpandSecretRef'] as const)
    validateSecret(errors, `${path}.${key}`, csi[key])
}

type Source = Exclude<
  keyof PersistentVolumeSpec,
  | 'capacity'
  | 'accessModes'
  | 'claimRef'
  | 'persistentVolumeReclaimPolicy'
  | 'storageClassName'
  | 'mountOptions'
  | 'volumeMode'
  | 'nodeAffinity'
  | 'volumeAttributesClassName'
>
interface SourceRule {
  key: Source
  path: string
  forbiddenPath: string
  judge: (errors: Errors, path: string, source: never, spec: Spec, name: string) => void
}
const source = <K extends Source>(
  key: K,
  judge: (errors: Errors, path: string, source: Loose<NonNullable<PersistentVolumeSpec[K]>>, spec: Spec, name: string) => void,
  path: string = key,
  forbiddenPath: string = key,
): SourceRule => ({ key, path, forbiddenPath, judge })

/** Upstream's order and spelling. */
const rulesInOrder: readonly SourceRule[] = [
  source('hostPath', sources.validateHostPath),
  source('gcePersistentDisk', sources.validateGcePersistentDisk, 'persistentDisk'),
  source('awsElasticBlockStore', sources.validateAwsElasticBlockStore),
  source('glusterfs', (errors, path, s) => {
    sources.requireFields(errors, path, s, ['endpoints', 'path'])
    const namespace = s.endpointsNamespace
    if (namespace !== undefined)
      addInvalid(errors, `${path}.endpointsNamespace`, namespace, namespace === '' ? ['must be a namespace'] : isDns1123Label(namespace))
  }),
  source('flocker', sources.validateFlocker),
  source('nfs', sources.validateNfs),
  source('rbd', (errors, path, s) => sources.requireFields(errors, path, s, ['monitors', 'image'])),
  source('quobyte', sources.validateQuobyte),
  source('cephfs', (errors, path, s) => sources.requireFields(errors, path, s, ['monitors']), 'cephfs', 'cephFS'),
  source('iscsi', (errors, path, s, _spec, name) => {
    if (s.initiatorName !== undefined && `${name}:${s.targetPortal ?? ''}`.length > 64)
      errors.push(invalidValue(`${path}.targetportal`, s.targetPortal, 'name and targetPortal together must be under 64 characters with an initiatorName'))
    sources.validateIscsi(errors, path, s)
    if (s.secretRef && !s.secretRef.name) errors.push(required(`${path}.secretRef.name`))
  }),
  source('cinder', (errors, path, s) => {
    sources.requireFields(errors, path, s, ['volumeID'])
    requireSecret(errors, `${path}.secretRef`, s.secretRef)
  }),
  source('fc', sources.validateFc),
  source('flexVolume', sources.validateFlex),
  source('azureFile', (errors, path, s) => {
    sources.requireFields(errors, path, s, ['secretName', 'shareName'])
    if (s.secretNamespace === '') errors.push(required(`${path}.secretNamespace`))
  }),
  source('vsphereVolume', (errors, path, s) => sources.requireFields(errors, path, s, ['volumePath'])),
  source('photonPersistentDisk', (errors, path, s) => sources.requireFields(errors, path, s, ['pdID'])),
  source('portworxVolume', (errors, path, s) => sources.requireFields(errors, path, s, ['volumeID'])),
  source('azureDisk', sources.validateAzureDisk),
  source('scaleIO', sources.validateScaleIo),
  source('local', (errors, path, s, spec) => {
    if (!s.path) errors.push(required(`${path}.path`))
    else validateNoBackstep(errors, `${path}.path`, s.path)
    if (!spec.nodeAffinity) errors.push(required('spec.nodeAffinity', 'a local volume needs node affinity'))
  }),
  source('storageos', (errors, path, s) => {
    sources.validateStorageOs(errors, path, s)
    if (s.secretRef && !s.secretRef.namespace) errors.push(required(`${path}.secretRef.namespace`))
  }),
  source('csi', validateCsi),
]

const validateSource = (errors: Errors, path: string, spec: Spec, name: string): void => {
  let count = 0
  for (const rule of rulesInOrder) {
    const value = spec[rule.key]
    if (!value) continue
    if (count > 0 && rule.key !== 'flexVolume') errors.push(forbiddenField(`${path}.${rule.forbiddenPath}`, 'may not specify more than 1 volume type'))
    else {
      count++
      rule.judge(errors, `${path}.${rule.path}`, value as never, spec, name)
    }
  }
  if (count === 0) errors.push(required(path, 'must specify a volume type'))
}

const validateModes = (errors: Errors, path: string, modes: readonly string[]): void => {
  if (modes.length === 0) errors.push(required(path))
  for (const mode of modes) if (!accessModes.includes(mode)) errors.push(notSupported(path, mode, accessModes))
  if (modes.includes('ReadWriteOncePod') && modes.some(mode => mode !== 'ReadWriteOncePod' && accessModes.includes(mode)))
    errors.push(forbiddenField(path, 'ReadWriteOncePod excludes other access modes'))
}

const validateClassOfAttributes = (errors: Errors, path: string, spec: Spec): void => {
  const name = spec.volumeAttributesClassName
  if (name === undefined) return
  addRequiredName(errors, `${path}.volumeAttributesClassName`, name, isDns1123Subdomain)
  if (!spec.csi) errors.push(required(`${path}.csi`, 'has to be specified with volumeAttributesClassName'))
}

/** What a VolumeAttachment says of a volume that is no object: it has a CSI driver, and nothing that a claim or a class would decide. */
export const validateInlineVolume = (errors: Errors, path: string, spec: Spec): void => {
  const { claimRef, nodeAffinity, storageClassName, persistentVolumeReclaimPolicy: policy = 'Retain', volumeMode = 'Filesystem' } = spec
  const refused = {
    claimRef: claimRef !== undefined,
    nodeAffinity: nodeAffinity !== undefined,
    storageClassName: Boolean(storageClassName),
    persistentVolumeReclaimPolicy: policy !== '' && policy !== 'Retain',
    volumeMode: volumeMode !== 'Filesystem',
  }
  for (const [key, is] of Object.entries(refused)) if (is) errors.push(forbiddenField(`${path}.${key}`, 'may not be specified for an inline volume'))
  if (Object.keys(spec.capacity ?? {}).length) errors.push(forbiddenField(`${path}.capacity`, 'may not be specified for an inline volume'))
  if (!spec.csi) errors.push(required(`${path}.csi`, 'has to be specified for an inline volume'))
  validateModes(errors, `${path}.accessModes`, spec.accessModes ?? [])
  validateSource(errors, path, spec, '')
  validateClassOfAttributes(errors, path, spec)
}

const validateSpec = (errors: Errors, spec: Spec, name: string): void => {
  validateModes(errors, 'spec.accessModes', spec.accessModes ?? [])
  const capacity = (spec.capacity ?? {}) as Amounts
  const sizes = Object.keys(capacity)
  if (sizes.length === 0) errors.push(required('spec.capacity'))
  if (capacity.storage === undefined || sizes.length > 1) errors.push(notSupported('spec.capacity', capacity, ['storage']))
  for (const key of sizes) {
    const at = keyed('spec.capacity', key)
    validateNonNegativeAmount(errors, at, capacity[key] ?? '0')
    validatePositiveAmount(errors, at, capacity[key] ?? '0')
  }
  if (spec.persistentVolumeReclaimPolicy)
    addSupported(errors, 'spec.persistentVolumeReclaimPolicy', spec.persistentVolumeReclaimPolicy, ['Delete', 'Recycle', 'Retain'])
  if (spec.nodeAffinity) {
    if (spec.nodeAffinity.required) validateNodeSelector(errors, 'spec.nodeAffinity.required', spec.nodeAffinity.required)
    else errors.push(required('spec.nodeAffinity.required', 'must specify required node constraints'))
  }
  validateSource(errors, 'spec', spec, name)
  const hostPath = spec.hostPath?.path
  if (hostPath !== undefined && /^\/+(\.?\/*)*$/.test(hostPath) && spec.persistentVolumeReclaimPolicy === 'Recycle')
    errors.push(forbiddenField('spec.persistentVolumeReclaimPolicy', 'may not be Recycle for a hostPath of "/"'))
  if (spec.storageClassName) addInvalid(errors, 'spec.storageClassName', spec.storageClassName, isDns1123Subdomain(spec.storageClassName))
  if (spec.volumeMode !== undefined) addSupported(errors, 'spec.volumeMode', spec.volumeMode, volumeModes)
  validateClassOfAttributes(errors, 'spec', spec)
}

const successors: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'kubernetes.io/arch',
  'beta.kubernetes.io/instance-type': 'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/os': 'kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
}
type Affinity = Loose<VolumeNodeAffinity>

/** The old affinity with those labels of the new one that may take their place. An empty key is refused elsewhere, and is no change here. */
const withNewLabels = (old: Affinity, now: Affinity | undefined): Affinity => ({
  ...old,
  required: old.required && {
    ...old.required,
    nodeSelectorTerms: old.required.nodeSelectorTerms?.map((term, i) => ({
      ...term,
      matchExpressions: term.matchExpressions?.map((expression, j) => {
        const key = now?.required?.nodeSelectorTerms?.[i]?.matchExpressions?.[j]?.key ?? ''
        return key === (successors[expression.key ?? ''] ?? '') ? { ...expression, key } : expression
      }),
    })),
  },
})

const validateChange = (errors: Errors, spec: Spec, old: Spec): void => {
  const now: Record<string, unknown> = {}
  const was: Record<string, unknown> = {}
  for (const { key } of rulesInOrder) {
    now[key] = spec[key]
    was[key] = old[key]
  }
  // The secret for expansion may come later.
  if (spec.csi && old.csi && !old.csi.controllerExpandSecretRef) now.csi = { ...spec.csi, controllerExpandSecretRef: undefined }
  if (!semanticEqual(now, was)) errors.push(forbiddenField('spec.persistentvolumesource', 'is immutable after creation'))
  addImmutable(errors, 'volumeMode', spec.volumeMode, old.volumeMode)
  if (old.nodeAffinity) addImmutable(errors, 'nodeAffinity', spec.nodeAffinity, withNewLabels(old.nodeAffinity, spec.nodeAffinity))
  if (old.volumeAttributesClassName !== undefined && spec.volumeAttributesClassName === undefined)
    errors.push(forbiddenField('spec.volumeAttributesClassName', 'cannot be removed'))
}

export const validatePersistentVolume = (given: PersistentVolume, stored: PersistentVolume | undefined): FieldError[] => {
  const errors: Errors = []
  const spec = loose(given).spec ?? {}
  const name = given.metadata.name ?? ''
  validateSpec(errors, spec, name)
  if (!stored) return errors
  validateChange(errors, spec, loose(stored).spec ?? {})
  // Upstream judges an update's spec twice.
  validateSpec(errors, spec, name)
  return errors
}
