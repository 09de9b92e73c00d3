// The volume types that a pod and a PersistentVolume share: each judged by its own few rules.
import { invalidValue, notSupported, required, tooLong } from '../../field-error.ts'
import type {
  AWSElasticBlockStoreVolumeSource,
  AzureDiskVolumeSource,
  FCVolumeSource,
  FlexVolumeSource,
  FlockerVolumeSource,
  GCEPersistentDiskVolumeSource,
  HostPathVolumeSource,
  ISCSIVolumeSource,
  NFSVolumeSource,
  QuobyteVolumeSource,
  ScaleIOVolumeSource,
  StorageOSVolumeSource,
} from '../../types/core-v1.ts'
import { addInvalid, addRequiredName, addSupported, type Errors, keyed } from '../collect.ts'
import type { Loose } from '../loose.ts'
import { byteLength, isDns1123Label, isDns1123Subdomain } from '../names.ts'
import { validateNoBackstep } from './paths.ts'

/** Required for every field named that is empty. */
export const requireFields = <T extends object>(errors: Errors, path: string, source: T, fields: readonly (keyof T & string)[]): void => {
  for (const field of fields) {
    const value = source[field] as unknown
    if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) errors.push(required(`${path}.${field}`))
  }
}

const hostPathTypes: readonly string[] = ['', 'BlockDevice', 'CharDevice', 'Directory', 'DirectoryOrCreate', 'File', 'FileOrCreate', 'Socket']

export const validateHostPath = (errors: Errors, path: string, source: Loose<HostPathVolumeSource>): void => {
  if (!source.path) {
    errors.push(required(`${path}.path`))
    return
  }
  validateNoBackstep(errors, `${path}.path`, source.path)
  if (source.type !== undefined) addSupported(errors, `${path}.type`, source.type, hostPathTypes)
}

export const validatePartition = (errors: Errors, path: string, partition: number | undefined): void => {
  if (partition !== undefined && (partition < 0 || partition > 255)) errors.push(invalidValue(`${path}.partition`, partition, 'must be between 1 and 255'))
}

export const validateGcePersistentDisk = (errors: Errors, path: string, source: Loose<GCEPersistentDiskVolumeSource>): void => {
  requireFields(errors, path, source, ['pdName'])
  validatePartition(errors, path, source.partition)
}

export const validateAwsElasticBlockStore = (errors: Errors, path: string, source: Loose<AWSElasticBlockStoreVolumeSource>): void => {
  requireFields(errors, path, source, ['volumeID'])
  validatePartition(errors, path, source.partition)
}

export const validateNfs = (errors: Errors, path: string, source: Loose<NFSVolumeSource>): void => {
  requireFields(errors, path, source, ['server', 'path'])
  if (!source.path?.startsWith('/')) errors.push(invalidValue(`${path}.path`, source.path ?? '', 'must be an absolute path'))
}

const initiatorForms: readonly [string, RegExp][] = [
  ['iqn', /iqn\.\d{4}-\d{2}\.([a-zA-Z0-9\-.]+)(:[^,;*&$|\s]+)$/],
  ['eui', /^eui.[a-zA-Z0-9]{16}$/],
  ['naa', /^naa.[a-zA-Z0-9]{32}$/],
]
const isInitiator = (name: string): boolean => initiatorForms.some(([prefix, form]) => name.startsWith(prefix) && form.test(name))

export const validateIscsi = (errors: Errors, path: string, source: Loose<ISCSIVolumeSource>): void => {
  requireFields(errors, path, source, ['targetPortal', 'iqn'])
  if (source.iqn && !isInitiator(source.iqn)) errors.push(invalidValue(`${path}.iqn`, source.iqn, 'must be an iqn, eui or naa name'))
  const lun = source.lun ?? 0
  if (lun < 0 || lun > 255) errors.push(invalidValue(`${path}.lun`, lun, 'must be between 0 and 255'))
  if ((source.chapAuthDiscovery || source.chapAuthSession) && !source.secretRef) errors.push(required(`${path}.secretRef`))
  const name = source.initiatorName
  if (name !== undefined && !isInitiator(name)) errors.push(invalidValue(`${path}.initiatorname`, name, 'must be an iqn, eui or naa name'))
}

export const validateFc = (errors: Errors, path: string, source: Loose<FCVolumeSource>): void => {
  const [targets, ids] = [source.targetWWNs?.length ?? 0, source.wwids?.length ?? 0]
  if (!targets && !ids) errors.push(required(`${path}.targetWWNs`, 'must specify targetWWNs or wwids'))
  if (targets && ids) errors.push(invalidValue(`${path}.targetWWNs`, source.targetWWNs, 'targetWWNs and wwids exclude each other'))
  if (!targets) return
  if (source.lun === undefined) errors.push(required(`${path}.lun`, 'lun is required with targetWWNs'))
  else if (source.lun < 0 || source.lun > 255) errors.push(invalidValue(`${path}.lun`, source.lun, 'must be between 0 and 255'))
}

const splitsIntoHostAndPort = (text: string): boolean => /^(\[[^\]]*\]|[^:[\]]*):[^:]*$/.test(text)

export const validateQuobyte = (errors: Errors, path: string, source: Loose<QuobyteVolumeSource>): void => {
  if (!source.registry) errors.push(required(`${path}.registry`, 'must be host:port pairs separated by commas'))
  else if (byteLength(source.tenant ?? '') >= 65) errors.push(required(`${path}.tenant`, 'must be a UUID of at most 64 characters'))
  else
    for (const pair of source.registry.split(','))
      if (!splitsIntoHostAndPort(pair)) errors.push(invalidValue(`${path}.registry`, source.registry, 'must be host:port pairs separated by commas'))
  requireFields(errors, path, source, ['volume'])
}

export const validateFlocker = (errors: Errors, path: string, source: Loose<FlockerVolumeSource>): void => {
  if (!source.datasetName && !source.datasetUUID) errors.push(required(path, 'one of datasetName and datasetUUID is required'))
  if (source.datasetName && source.datasetUUID) errors.push(invalidValue(path, 'resource', 'datasetName and datasetUUID exclude each other'))
  if (source.datasetName?.includes('/')) errors.push(invalidValue(`${path}.datasetName`, source.datasetName, 'must not contain "/"'))
}

export const validateFlex = (errors: Errors, path: string, source: Loose<Pick<FlexVolumeSource, 'driver' | 'options'>>): void => {
  requireFields(errors, path, source, ['driver'])
  for (const key of Object.keys(source.options ?? {})) {
    const slash = key.indexOf('/')
    const domain = `.${(slash < 0 ? key : key.slice(0, slash)).toLowerCase()}`
    if (domain.endsWith('.kubernetes.io') || domain.endsWith('.k8s.io'))
      errors.push(invalidValue(keyed(`${path}.options`, key), key, 'kubernetes.io and k8s.io are reserved'))
  }
}

export const validateAzureDisk = (errors: Errors, path: string, source: Loose<AzureDiskVolumeSource>): void => {
  requireFields(errors, path, source, ['diskName', 'diskURI'])
  const { cachingMode, kind } = source
  const uri = source.diskURI ?? ''
  if (cachingMode !== undefined) addSupported(errors, `${path}.cachingMode`, cachingMode, ['None', 'ReadOnly', 'ReadWrite'])
  if (kind !== undefined) addSupported(errors, `${path}.kind`, kind, ['Dedicated', 'Managed', 'Shared'])
  if (kind === 'Managed' && !uri.startsWith('/subscriptions/'))
    errors.push(notSupported(`${path}.diskURI`, uri, ['/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/microsoft.compute/disks/{disk-id}']))
  if (kind !== undefined && kind !== 'Managed' && !uri.startsWith('https://'))
    errors.push(notSupported(`${path}.diskURI`, uri, ['https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd']))
}

export const validateScaleIo = (errors: Errors, path: string, source: Loose<Pick<ScaleIOVolumeSource, 'gateway' | 'system' | 'volumeName'>>): void =>
  requireFields(errors, path, source, ['gateway', 'system', 'volumeName'])

export const validateStorageOs = (
  errors: Errors,
  path: string,
  source: Loose<Pick<StorageOSVolumeSource, 'volumeName' | 'volumeNamespace'>> & { secretRef?: { name?: string | undefined } | undefined },
): void => {
  addRequiredName(errors, `${path}.volumeName`, source.volumeName, isDns1123Label)
  if (source.volumeNamespace) addInvalid(errors, `${path}.volumeNamespace`, source.volumeNamespace, isDns1123Label(source.volumeNamespace))
  if (source.secretRef && !source.secretRef.name) errors.push(required(`${path}.secretRef.name`))
}

export const validateCsiDriverName = (errors: Errors, path: string, name: string | undefined): void => {
  if (!name) {
    errors.push(required(path))
    return
  }
  if (byteLength(name) > 63) errors.push(tooLong(path, 63))
  addInvalid(errors, path, name, isDns1123Subdomain(name.toLowerCase()))
}
