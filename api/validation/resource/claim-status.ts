// What schedulers and drivers write of a claim: its allocation, who has reserved it, how its devices are.
import { duplicate, forbiddenField, invalidValue, required, tooLong, tooMany } from '../../field-error.ts'
import type {
  AllocatedDeviceStatus,
  AllocationResult,
  DeviceRequestAllocationResult,
  NetworkDeviceData,
  ResourceClaim,
  ResourceClaimConsumerReference,
} from '../../types/resource-v1.ts'
import { addItems, addSet } from '../collections.ts'
import { addChoice, type Errors } from '../collect.ts'
import { validateConditions } from '../conditions.ts'
import { validateCsiDriverName } from '../csi.ts'
import { addImmutable } from '../equality.ts'
import { formatIp, parseCidr } from '../ip.ts'
import { validateLabelName } from '../labels.ts'
import { type Loose, loose } from '../loose.ts'
import { byteLength } from '../names.ts'
import { validateNodeSelector } from '../pod/scheduling.ts'
import { type RequestNames, requestNamesOf, validateRequestRef, validateRequestRefs } from './claim.ts'
import { validateDeviceConfiguration, validateDeviceToleration, validateLabelLike, validatePoolName, validateRawObject } from './names.ts'

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

const validateShare = (errors: Errors, path: string, share: string | undefined): void => {
  if (share !== undefined && !uuid.test(share)) errors.push(invalidValue(path, share, 'must be a UUID in lower case'))
}

/** Conditions a device waits for when it is bound, and those that say it cannot be; both or none. */
export const validateBindingConditions = (errors: Errors, path: string, wanted: readonly string[] = [], failing: readonly string[] = []): void => {
  const [wantedPath, failingPath] = [`${path}.bindingConditions`, `${path}.bindingFailureConditions`]
  addItems(errors, wantedPath, wanted, 4, (name, at) => validateLabelName(errors, at, name))
  addItems(errors, failingPath, failing, 4, (name, at) => validateLabelName(errors, at, name))
  wanted.forEach((name, i) => {
    if (wanted.indexOf(name) < i) errors.push(duplicate(`${wantedPath}[${i}]`, name))
  })
  failing.forEach((name, i) => {
    if (failing.indexOf(name) < i) errors.push(duplicate(`${failingPath}[${i}]`, name))
    if (wanted.includes(name)) errors.push(invalidValue(`${failingPath}[${i}]`, name, 'must not be one of bindingConditions'))
  })
  if (!wanted.length && failing.length) errors.push(invalidValue(wantedPath, wanted, 'is required with bindingFailureConditions'))
  if (wanted.length && !failing.length) errors.push(invalidValue(failingPath, failing, 'is required with bindingConditions'))
}

const validateResult = (errors: Errors, path: string, result: Loose<DeviceRequestAllocationResult>, names: RequestNames): void => {
  validateRequestRef(errors, `${path}.request`, result.request ?? '', names)
  validateCsiDriverName(errors, `${path}.driver`, result.driver)
  validatePoolName(errors, `${path}.pool`, result.pool)
  validateLabelLike(errors, `${path}.device`, result.device)
  validateBindingConditions(errors, path, result.bindingConditions, result.bindingFailureConditions)
  result.tolerations?.forEach((toleration, i) => validateDeviceToleration(errors, `${path}.tolerations[${i}]`, toleration))
  validateShare(errors, `${path}.shareID`, result.shareID)
}

const validateAllocation = (errors: Errors, path: string, allocation: Loose<AllocationResult>, names: RequestNames): void => {
  const { results, config } = allocation.devices ?? {}
  addItems(errors, `${path}.devices.results`, results, 32, (result, at) => validateResult(errors, at, result, names))
  addItems(errors, `${path}.devices.config`, config, 64, (entry, at) => {
    addChoice(errors, `${at}.source`, entry.source, ['FromClaim', 'FromClass'])
    validateRequestRefs(errors, `${at}.requests`, entry.requests, names)
    validateDeviceConfiguration(errors, at, entry, false)
  })
  if (allocation.nodeSelector) validateNodeSelector(errors, `${path}.nodeSelector`, allocation.nodeSelector)
}

interface DeviceId {
  driver?: string | undefined
  pool?: string | undefined
  device?: string | undefined
  shareID?: string | undefined
}
const idOf = ({ driver = '', pool = '', device = '', shareID }: DeviceId): string =>
  [driver, pool, device, ...(shareID === undefined ? [] : [shareID])].join('/')

const validateNetwork = (errors: Errors, path: string, network: Loose<NetworkDeviceData>): void => {
  if (byteLength(network.interfaceName ?? '') > 256) errors.push(tooLong(`${path}.interfaceName`, 256))
  if (byteLength(network.hardwareAddress ?? '') > 128) errors.push(tooLong(`${path}.hardwareAddress`, 128))
  const judge = (text: string, at: string): void => {
    const cidr = parseCidr(text)
    const isCanonical = cidr && text === `${formatIp(cidr.bytes)}/${cidr.length}`
    if (!isCanonical) errors.push(invalidValue(at, text, 'must be an address with its prefix length, in canonical form'))
  }
  addSet(errors, `${path}.ips`, network.ips, 16, judge, text => text)
}

const validateDevice = (errors: Errors, path: string, device: Loose<AllocatedDeviceStatus>, allocated: ReadonlySet<string>): void => {
  validateCsiDriverName(errors, `${path}.driver`, device.driver)
  validatePoolName(errors, `${path}.pool`, device.pool)
  validateLabelLike(errors, `${path}.device`, device.device)
  validateShare(errors, `${path}.shareID`, device.shareID)
  if (!allocated.has(idOf(device))) errors.push(invalidValue(path, idOf(device), 'must be a device that is allocated to the claim'))
  const count = device.conditions?.length ?? 0
  if (count > 8) errors.push(tooMany(`${path}.conditions`, count, 8))
  validateConditions(errors, `${path}.conditions`, device.conditions)
  if (device.data !== undefined) validateRawObject(errors, `${path}.data`, device.data, false)
  if (device.networkData) validateNetwork(errors, `${path}.networkData`, device.networkData)
}

const validateConsumer = (errors: Errors, path: string, consumer: Loose<ResourceClaimConsumerReference>): void => {
  for (const key of ['resource', 'name', 'uid'] as const) if (!consumer[key]) errors.push(required(`${path}.${key}`))
}

export const validateClaimStatus = (errors: Errors, given: ResourceClaim, stored: ResourceClaim): void => {
  const [claim, old] = [loose(given), loose(stored)]
  const { allocation, reservedFor = [], devices } = claim.status ?? {}
  addSet(
    errors,
    'status.reservedFor',
    reservedFor,
    256,
    (consumer, at) => validateConsumer(errors, at, consumer),
    consumer => consumer.uid ?? '',
  )
  const allocated = new Set((allocation?.devices?.results ?? []).map(idOf))
  addSet(errors, 'status.devices', devices, Infinity, (device, at) => validateDevice(errors, at, device, allocated), idOf)
  if (reservedFor.length && !allocation) errors.push(forbiddenField('status.reservedFor', 'may not be specified without an allocation'))
  else if (claim.metadata?.deletionTimestamp) {
    const known = new Set((old.status?.reservedFor ?? []).map(consumer => JSON.stringify(consumer)))
    if (reservedFor.some(consumer => !known.has(JSON.stringify(consumer))))
      errors.push(forbiddenField('status.reservedFor', 'new entries may not be added to a claim that is being deleted'))
  }
  if (!allocation) return
  if (old.status?.allocation) addImmutable(errors, 'status.allocation', allocation, old.status.allocation)
  else validateAllocation(errors, 'status.allocation', allocation, requestNamesOf(claim.spec?.devices))
}
