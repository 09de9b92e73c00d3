// DeviceClass of resource.k8s.io/v1.
import { type FieldError, invalidValue } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { DeviceClass } from '../../types/resource-v1.ts'
import { addItems } from '../../validation/collections.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { loose } from '../../validation/loose.ts'
import { isExtended } from '../../validation/pod/resources.ts'
import { validateDeviceConfiguration } from '../../validation/resource/names.ts'
import { SelectorJudge } from '../../validation/resource/selectors.ts'
import { ageColumn, nameColumn } from '../columns.ts'

const validate = (given: DeviceClass, stored: DeviceClass | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const spec = loose(given).spec ?? {}
  const old = stored && (loose(stored).spec ?? {})
  new SelectorJudge(old !== undefined && semanticEqual(spec.selectors, old.selectors)).judge(errors, 'spec.selectors', spec.selectors)
  const isStored = old !== undefined && semanticEqual(spec.config, old.config)
  addItems(errors, 'spec.config', spec.config, 32, (config, at) => validateDeviceConfiguration(errors, at, config, isStored))
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
  anyGenerateName: true,
  columns: [nameColumn, ageColumn],
  validate,
})
