// ResourceSlices: the devices that a driver offers, where they are, and the counters they share.
import { invalidValue, required, tooLong } from '../../field-error.ts'
import type { CounterSet, Device, DeviceAttribute, DeviceCounterConsumption, ResourceSlice, ResourceSliceSpec } from '../../types/resource-v1.ts'
import { emptiedOf } from '../../schema/emptied.ts'
import { addItems, addMap, addSet } from '../collections.ts'
import { addInvalid, addRequiredName, type Errors } from '../collect.ts'
import { validateCsiDriverName } from '../csi.ts'
import { addImmutable, semanticEqual } from '../equality.ts'
import { type Loose, loose } from '../loose.ts'
import { byteLength, isDns1123Label, isDns1123Subdomain } from '../names.ts'
import { validateNodeSelector } from '../pod/scheduling.ts'
import { validateCapacity } from './capacity.ts'
import { validateBindingConditions } from './claim-status.ts'
import { longestQualifiedName, validateDeviceTaint, validateLabelLike, validatePoolName, validateQualifiedName } from './names.ts'

const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/
const longestValue = 64
const maxAttributes = 32

interface Placement {
  nodeName?: string | undefined
  nodeSelector?: Loose<ResourceSliceSpec>['nodeSelector']
  allNodes?: boolean | undefined
  perDeviceNodeSelection?: boolean | undefined
}

/** Exactly one way to say where devices are; answers how many were used. */
const countPlacements = (errors: Errors, path: string, at: Placement): number => {
  let count = 0
  if (at.nodeName === '') errors.push(invalidValue(`${path}.nodeName`, '', 'must not be empty when set'))
  else if (at.nodeName !== undefined) {
    count++
    addInvalid(errors, `${path}.nodeName`, at.nodeName, isDns1123Subdomain(at.nodeName))
  }
  if (at.nodeSelector) {
    count++
    validateNodeSelector(errors, `${path}.nodeSelector`, at.nodeSelector)
  }
  for (const key of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (at[key]) count++
    else if (at[key] === false) errors.push(invalidValue(`${path}.${key}`, false, 'must be unset or true'))
  }
  return count
}
const requireOne = (errors: Errors, path: string, count: number, choices: string): void => {
  if (count === 0) errors.push(required(path, `exactly one of ${choices} is required`))
  else if (count > 1) errors.push(invalidValue(path, '', `exactly one of ${choices} is required, but several are set`))
}

const validateVersion = (errors: Errors, path: string, version: string): void => {
  if (!semver.test(version)) errors.push(invalidValue(path, version, 'must be a semantic version'))
  if (byteLength(version) > longestValue) errors.push(tooLong(path, longestValue))
}

const validateAttribute = (errors: Errors, path: string, attribute: Loose<DeviceAttribute>): void => {
  const { string, version } = attribute
  if (string !== undefined && byteLength(string) > longestValue) errors.push(tooLong(`${path}.string`, longestValue))
  if (version !== undefined) validateVersion(errors, `${path}.version`, version)
  const count = [attribute.bool, attribute.int, string, version].filter(value => value !== undefined).length
  if (count !== 1) errors.push(invalidValue(path, attribute, 'exactly one value must be specified'))
}

const validateCounters = (errors: Errors, path: string, counters: Readonly<Record<string, unknown>> | undefined): void => {
  if (!Object.keys(counters ?? {}).length) errors.push(required(path))
  else addMap(errors, path, counters, { max: 32, longestKey: 63, key: (name, at) => validateLabelLike(errors, at, name) })
}
const validateCounterSet = (errors: Errors, path: string, set: Loose<CounterSet>): void => {
  addRequiredName(errors, `${path}.name`, set.name, isDns1123Label)
  validateCounters(errors, `${path}.counters`, set.counters)
}
const validateConsumption = (errors: Errors, path: string, consumption: Loose<DeviceCounterConsumption>): void => {
  addRequiredName(errors, `${path}.counterSet`, consumption.counterSet, isDns1123Label)
  validateCounters(errors, `${path}.counters`, consumption.counters)
}

const validateDevicePlacement = (errors: Errors, path: string, device: Loose<Device>, isPerDevice: boolean): void => {
  const { nodeName, nodeSelector, allNodes } = device
  if (isPerDevice) requireOne(errors, path, countPlacements(errors, path, { nodeName, nodeSelector, allNodes }), '`nodeName`, `nodeSelector`, `allNodes`')
  else if (nodeName !== undefined || nodeSelector !== undefined || allNodes !== undefined)
    errors.push(invalidValue(path, null, '`nodeName`, `nodeSelector` and `allNodes` need `perDeviceNodeSelection`'))
}

const validateDevice = (errors: Errors, path: string, device: Loose<Device>, old: Loose<Device> | undefined, isPerDevice: boolean): void => {
  validateLabelLike(errors, `${path}.name`, device.name)
  const size = Object.keys(device.attributes ?? {}).length + Object.keys(device.capacity ?? {}).length
  if (size > maxAttributes) errors.push(invalidValue(path, size, `must have at most ${maxAttributes} attributes and capacities`))
  const key = (name: string, at: string): void => validateQualifiedName(errors, at, name)
  const longestKey = longestQualifiedName
  addMap(errors, `${path}.attributes`, device.attributes, { longestKey, key, value: (value, at) => validateAttribute(errors, at, value ?? {}) })
  // What a slice has already is not judged by rules that came later.
  if (!old || !semanticEqual(old.capacity, device.capacity)) {
    const isShared = device.allowMultipleAllocations ?? false
    addMap(errors, `${path}.capacity`, device.capacity, { longestKey, key, value: (value, at) => validateCapacity(errors, at, value ?? {}, isShared) })
  }
  if (!old || !semanticEqual(old.taints, device.taints))
    addItems(errors, `${path}.taints`, device.taints, 16, (taint, at) => validateDeviceTaint(errors, at, taint))
  const judge = (item: Loose<DeviceCounterConsumption>, at: string): void => validateConsumption(errors, at, item)
  addSet(errors, `${path}.consumesCounters`, device.consumesCounters, 2, judge, item => item.counterSet ?? '')
  validateDevicePlacement(errors, path, device, isPerDevice)
  validateBindingConditions(errors, path, device.bindingConditions, device.bindingFailureConditions)
}

const validatePool = (errors: Errors, pool: Loose<ResourceSliceSpec['pool']>): void => {
  validatePoolName(errors, 'spec.pool.name', pool.name)
  const { resourceSliceCount = 0, generation = 0 } = pool
  if (resourceSliceCount <= 0) errors.push(invalidValue('spec.pool.resourceSliceCount', resourceSliceCount, 'must be greater than zero'))
  if (generation < 0) errors.push(invalidValue('spec.pool.generation', generation, 'must be greater than or equal to zero'))
}

export const validateResourceSlice = (errors: Errors, given: ResourceSlice, stored: ResourceSlice | undefined): void => {
  const spec: Loose<ResourceSliceSpec> = loose(given).spec ?? {}
  const old = stored && (loose(stored).spec ?? {})
  validateCsiDriverName(errors, 'spec.driver', spec.driver)
  validatePool(errors, spec.pool ?? {})
  if (old) {
    addImmutable(errors, 'spec.pool.name', spec.pool?.name ?? '', old.pool?.name ?? '')
    addImmutable(errors, 'spec.driver', spec.driver ?? '', old.driver ?? '')
    addImmutable(errors, 'spec.nodeName', spec.nodeName, old.nodeName)
  }
  const placements = countPlacements(errors, 'spec', spec)
  // Selectors of several slices are merged, which more than one term would not allow.
  const terms = spec.nodeSelector?.nodeSelectorTerms ?? []
  if (spec.nodeSelector && terms.length !== 1) errors.push(invalidValue('spec.nodeSelector.nodeSelectorTerms', terms, 'must have exactly one term'))
  requireOne(errors, 'spec', placements, '`nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection`')
  const isSet = (key: 'devices' | 'sharedCounters'): boolean => spec[key] !== undefined || emptiedOf(given).includes(`spec.${key}`)
  if (isSet('sharedCounters') && isSet('devices')) errors.push(invalidValue('spec', '', 'only one of `sharedCounters` and `devices` is allowed'))
  const isAdvanced = spec.devices?.some(device => device.taints?.length || device.consumesCounters?.length) ?? false
  const known = new Map((old?.devices ?? []).map(device => [device.name, device]))
  const judge = (device: Loose<Device>, at: string): void => validateDevice(errors, at, device, known.get(device.name), spec.perDeviceNodeSelection ?? false)
  addSet(errors, 'spec.devices', spec.devices, isAdvanced ? 64 : 128, judge, device => device.name ?? '')
  addSet(
    errors,
    'spec.sharedCounters',
    spec.sharedCounters,
    8,
    (set, at) => validateCounterSet(errors, at, set),
    set => set.name ?? '',
  )
}
