// Names and drivers of the Container Storage Interface.
import { duplicate, invalidValue, notSupported, required, tooLong } from '../field-error.ts'
import type { CSIDriverSpec, CSINodeDriver } from '../types/storage-v1.ts'
import { addInvalid, addSupported, type Errors } from './collect.ts'
import type { Loose } from './loose.ts'
import { byteLength, isDns1123Subdomain, isQualifiedName } from './names.ts'

export const validateCsiDriverName = (errors: Errors, path: string, name: string | undefined): void => {
  if (!name) {
    errors.push(required(path))
    return
  }
  if (byteLength(name) > 63) errors.push(tooLong(path, 63))
  addInvalid(errors, path, name, isDns1123Subdomain(name.toLowerCase()))
}

const lifecycles = ['Ephemeral', 'Persistent']
const maxTokenSeconds = 2 ** 32

export const validateCsiDriverSpec = (errors: Errors, spec: Loose<CSIDriverSpec>): void => {
  for (const key of ['attachRequired', 'podInfoOnMount', 'storageCapacity'] as const) if (spec[key] === undefined) errors.push(required(`spec.${key}`))
  if (spec.fsGroupPolicy !== undefined) addSupported(errors, 'spec.fsGroupPolicy', spec.fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType'])
  validateTokenRequests(errors, spec)
  for (const mode of spec.volumeLifecycleModes ?? []) if (!lifecycles.includes(mode)) errors.push(notSupported('spec.volumeLifecycleModes', mode, lifecycles))
  if (spec.serviceAccountTokenInSecrets !== undefined && !spec.tokenRequests?.length)
    errors.push(invalidValue('spec.serviceAccountTokenInSecrets', spec.serviceAccountTokenInSecrets, 'needs tokenRequests'))
  const period = spec.nodeAllocatableUpdatePeriodSeconds
  if (period !== undefined && period < 10) errors.push(invalidValue('spec.nodeAllocatableUpdatePeriodSeconds', period, 'must be at least 10 seconds'))
}

const validateTokenRequests = (errors: Errors, spec: Loose<CSIDriverSpec>): void => {
  const audiences = new Set<string>()
  spec.tokenRequests?.forEach(({ audience = '', expirationSeconds }, i) => {
    const path = `spec.tokenRequests[${i}]`
    if (audiences.has(audience)) errors.push(duplicate(`${path}.audience`, audience))
    else audiences.add(audience)
    if (expirationSeconds === undefined) return
    if (expirationSeconds < 600) errors.push(invalidValue(`${path}.expirationSeconds`, expirationSeconds, 'may not be less than 10 minutes'))
    if (expirationSeconds > maxTokenSeconds) errors.push(invalidValue(`${path}.expirationSeconds`, expirationSeconds, 'may not be greater than 2^32 seconds'))
  })
}

export const validateCsiNodeDrivers = (errors: Errors, path: string, drivers: readonly Loose<CSINodeDriver>[], kept: ReadonlySet<string>): void => {
  const names = new Set<string>()
  drivers.forEach((driver, i) => {
    const at = `${path}[${i}]`
    const { name = '', nodeID = '' } = driver
    validateCsiDriverName(errors, `${at}.name`, name)
    // A driver that was there before may keep an id longer than what is allowed today.
    const max = kept.has(nodeID) ? Number.POSITIVE_INFINITY : 192
    if (nodeID === '') errors.push(required(`${at}.nodeID`))
    else if (byteLength(nodeID) > max) errors.push(invalidValue(`${at}.nodeID`, nodeID, 'must be no more than 192 bytes'))
    const count = driver.allocatable?.count
    if (count !== undefined && count < 0) errors.push(invalidValue(`${at}.allocatable.count`, count, 'must be greater than or equal to 0'))
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
    names.add(name)
    const keys = driver.topologyKeys ?? []
    keys.forEach((key, j) => {
      if (key === '') errors.push(required(at))
      if (keys.indexOf(key) < j) errors.push(duplicate(at, key))
      addInvalid(errors, at, key, isQualifiedName(key))
    })
  })
}
