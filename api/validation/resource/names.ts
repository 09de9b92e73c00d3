// Names in dynamic resource allocation: pools, attributes and capacities, requests, taints, parameters of drivers.
import { invalidValue, notSupported, required, tooLong } from '../../field-error.ts'
import type { DeviceTaint, DeviceToleration, OpaqueDeviceConfiguration } from '../../types/resource-v1.ts'
import { addChoice, addInvalid, type Errors } from '../collect.ts'
import { validateCsiDriverName } from '../csi.ts'
import { validateLabelName } from '../labels.ts'
import type { Loose } from '../loose.ts'
import { byteLength, isCIdentifier, isDns1123Label, isDns1123Subdomain, isLabelValue } from '../names.ts'

export const longestId = 32
export const longestDomain = 63
/** `domain/id`. */
export const longestQualifiedName = longestDomain + 1 + longestId

/** DNS names, joined by slashes. */
export const validatePoolName = (errors: Errors, path: string, name = ''): void => {
  if (name === '') {
    errors.push(required(path))
    return
  }
  if (byteLength(name) > 253) errors.push(tooLong(path, 253))
  for (const part of name.split('/')) addInvalid(errors, path, part, isDns1123Subdomain(part))
}

export const validateLabelLike = (errors: Errors, path: string, name = ''): void => addInvalid(errors, path, name, isDns1123Label(name))

const validateId = (errors: Errors, path: string, id: string): void => {
  if (byteLength(id) > longestId) errors.push(tooLong(path, longestId))
  addInvalid(errors, path, id, isCIdentifier(id))
}

/** The name of an attribute or a capacity: `id`, in the driver's own domain, or `domain/id`. */
export const validateQualifiedName = (errors: Errors, path: string, name: string): void => {
  const [first = '', second, ...more] = name.split('/')
  if (second === undefined) validateId(errors, path, first)
  else if (more.length === 0) {
    if (first === '') errors.push(invalidValue(path, '', 'the domain must not be empty'))
    else validateCsiDriverName(errors, path, first)
    if (second === '') errors.push(invalidValue(path, '', 'the name must not be empty'))
    else validateId(errors, path, second)
  }
}

export const validateFullyQualifiedName = (errors: Errors, path: string, name: string): void => {
  validateQualifiedName(errors, path, name)
  if (!name.includes('/')) errors.push(invalidValue(path, name, 'must be a domain and a name joined by "/"'))
}

const effects = ['NoExecute', 'NoSchedule', 'None']

export const validateDeviceTaint = (errors: Errors, path: string, taint: Loose<DeviceTaint>): void => {
  validateLabelName(errors, `${path}.key`, taint.key ?? '')
  if (taint.value) addInvalid(errors, `${path}.value`, taint.value, isLabelValue(taint.value))
  addChoice(errors, `${path}.effect`, taint.effect, effects)
}

export const validateDeviceToleration = (errors: Errors, path: string, toleration: Loose<DeviceToleration>): void => {
  const { key, operator, value = '', effect } = toleration
  if (key) validateLabelName(errors, `${path}.key`, key)
  if (operator === 'Exists') {
    if (value !== '') errors.push(invalidValue(`${path}.value`, value, 'must be empty for operator Exists'))
  } else if (operator === 'Equal') addInvalid(errors, `${path}.value`, value, isLabelValue(value))
  else addChoice(errors, `${path}.operator`, operator, ['Equal', 'Exists'])
  if (effect && !effects.includes(effect)) errors.push(notSupported(`${path}.effect`, effect, effects))
}

/** A JSON object of the driver's; one that is stored may be longer than what is allowed today. */
export const validateRawObject = (errors: Errors, path: string, value: unknown, isStored: boolean): void => {
  if (value === undefined || value === null) errors.push(required(path))
  else if (!isStored && byteLength(JSON.stringify(value)) > 10 * 1024) errors.push(tooLong(path, 10 * 1024))
  else if (typeof value !== 'object' || Array.isArray(value)) errors.push(invalidValue(path, '<value omitted>', 'must be a JSON object'))
}

export const validateDeviceConfiguration = (
  errors: Errors,
  path: string,
  config: { opaque?: Loose<OpaqueDeviceConfiguration> | undefined },
  isStored: boolean,
): void => {
  const { opaque } = config
  if (!opaque) {
    errors.push(required(`${path}.opaque`))
    return
  }
  validateCsiDriverName(errors, `${path}.opaque.driver`, opaque.driver)
  validateRawObject(errors, `${path}.opaque.parameters`, opaque.parameters, isStored)
}
