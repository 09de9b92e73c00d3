// How a capacity may be shared out: by values or in a range, with a default that fits.
import { forbiddenField, invalidValue, required } from '../../field-error.ts'
import { addQuantities, byteValue, compareQuantities, quantitySign } from '../../quantity.ts'
import type { CapacityRequestPolicy, CapacityRequestPolicyRange, DeviceCapacity } from '../../types/resource-v1.ts'
import { addSet } from '../collections.ts'
import type { Errors } from '../collect.ts'
import type { Loose } from '../loose.ts'

const validateValues = (errors: Errors, path: string, values: readonly string[], fallback: string, capacity: string): void => {
  values.forEach((value, i) => {
    const before = values[i - 1]
    if (before !== undefined && compareQuantities(before, value) > 0) errors.push(invalidValue(`${path}[${i}]`, value, 'values must be in ascending order'))
  })
  const judge = (value: string, at: string): void => {
    if (compareQuantities(value, capacity) > 0) errors.push(invalidValue(at, value, `is larger than the capacity ${capacity}`))
  }
  addSet(errors, path, values, 10, judge, value => String(byteValue(value)))
  if (!values.some(value => compareQuantities(value, fallback) === 0)) errors.push(invalidValue(path, fallback, 'the default is none of the values'))
}

const validateRange = (errors: Errors, path: string, range: Loose<CapacityRequestPolicyRange>, fallback: string, capacity: string): void => {
  const { min, max, step } = range
  if (min === undefined) {
    errors.push(required(`${path}.min`))
    return
  }
  if (compareQuantities(min, capacity) > 0) errors.push(invalidValue(`${path}.min`, min, `is larger than the capacity ${capacity}`))
  if (compareQuantities(fallback, min) < 0) errors.push(invalidValue(`${path}.default`, fallback, `is less than min ${min}`))
  if (max !== undefined) {
    if (compareQuantities(min, max) > 0) errors.push(invalidValue(`${path}.max`, min, `min is larger than max ${max}`))
    if (compareQuantities(max, capacity) > 0) errors.push(invalidValue(`${path}.max`, max, `is larger than the capacity ${capacity}`))
    if (compareQuantities(fallback, max) > 0) errors.push(invalidValue(`${path}.default`, fallback, `is more than max ${max}`))
  }
  if (step !== undefined) validateStep(errors, `${path}.step`, { min, max, step, fallback, capacity })
}

interface Steps {
  readonly min: string
  readonly max: string | undefined
  readonly step: string
  readonly fallback: string
  readonly capacity: string
}
const validateStep = (errors: Errors, path: string, { min, max, step, fallback, capacity }: Steps): void => {
  if (quantitySign(step) <= 0) {
    errors.push(invalidValue(path, step, 'must be greater than zero'))
    return
  }
  if (compareQuantities(addQuantities(min, step), capacity) > 0) errors.push(invalidValue(path, step, `one step is larger than the capacity ${capacity}`))
  for (const value of max === undefined ? [fallback] : [fallback, max])
    if ((byteValue(value) - byteValue(min)) % byteValue(step) !== 0) errors.push(invalidValue(path, value, `is no multiple of ${step} from ${min}`))
}

const validatePolicy = (errors: Errors, path: string, policy: Loose<CapacityRequestPolicy>, capacity: string): void => {
  const { validValues = [], validRange } = policy
  if (validValues.length && validRange) errors.push(forbiddenField(path, 'only one of `validValues` and `validRange` may be specified'))
  else if (!validValues.length && !validRange) return
  else if (policy.default === undefined) errors.push(required(`${path}.default`))
  else if (validRange) validateRange(errors, `${path}.validRange`, validRange, policy.default, capacity)
  else validateValues(errors, `${path}.validValues`, validValues, policy.default, capacity)
}

export const validateCapacity = (errors: Errors, path: string, capacity: Loose<DeviceCapacity>, isShared: boolean): void => {
  const { requestPolicy } = capacity
  if (!requestPolicy) return
  if (isShared) validatePolicy(errors, `${path}.requestPolicy`, requestPolicy, capacity.value ?? '0')
  else errors.push(forbiddenField(`${path}.requestPolicy`, 'needs `allowMultipleAllocations`'))
}
