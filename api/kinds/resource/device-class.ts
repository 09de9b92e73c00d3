// DeviceClass of resource.k8s.io/v1. Selectors' expressions are judged for being there, not compiled.
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { DeviceClass } from '../../types/resource-v1.ts'
import { validateCsiDriverName } from '../../validation/csi.ts'
import { loose } from '../../validation/loose.ts'
import { isExtended } from '../../validation/pod/resources.ts'
import { ageColumn, nameColumn } from '../columns.ts'

const validate = (given: DeviceClass): FieldError[] => {
  const errors: FieldError[] = []
  const spec = loose(given).spec ?? {}
  spec.selectors?.forEach(({ cel }, i) => {
    if (!cel) errors.push(required(`spec.selectors[${i}].cel`))
    else if (!cel.expression?.trim()) errors.push(invalidValue(`spec.selectors[${i}].cel.expression`, cel.expression, 'must not be empty'))
  })
  spec.config?.forEach(({ opaque }, i) => {
    const path = `spec.config[${i}].opaque`
    if (!opaque) {
      errors.push(required(path))
      return
    }
    validateCsiDriverName(errors, `${path}.driver`, opaque.driver)
    const parameters: unknown = opaque.parameters
    if (parameters === undefined || parameters === null) errors.push(required(`${path}.parameters`))
    else if (typeof parameters !== 'object' || Array.isArray(parameters)) errors.push(invalidValue(`${path}.parameters`, parameters, 'must be an object'))
  })
  const name = spec.extendedResourceName
  if (name !== undefined && !isExtended(name)) errors.push(invalidValue('spec.extendedResourceName', name, 'must be the name of an extended resource'))
  return errors
}

export const deviceClasses = defineResource<DeviceClass>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'DeviceClass',
  plural: 'deviceclasses',
  namespaced: false,
  generation: true,
  columns: [nameColumn, ageColumn],
  validate,
})
