// ResourceSlice of resource.k8s.io/v1.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { ResourceSlice } from '../../types/resource-v1.ts'
import { loose } from '../../validation/loose.ts'
import { validateResourceSlice } from '../../validation/resource/slice.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

/** Attributes with several values and shares of the node's resources are off in this release. */
const dropDisabled = (slice: ResourceSlice): void => {
  for (const device of slice.spec.devices ?? []) {
    delete device.nodeAllocatableResourceMappings
    for (const attribute of Object.values(device.attributes ?? {})) {
      delete attribute.bools
      delete attribute.ints
      delete attribute.strings
      delete attribute.versions
    }
  }
}

export const resourceSlices = defineResource<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  namespaced: false,
  generation: true,
  selectableFields: { 'spec.driver': slice => slice.spec.driver, 'spec.nodeName': slice => slice.spec.nodeName ?? '' },
  columns: [
    nameColumn,
    column('Node', 'string', slice => loose(slice).spec?.nodeName ?? '', 'Whose devices they are.'),
    column('Driver', 'string', slice => loose(slice).spec?.driver ?? '', 'Which driver offers them.'),
    column('Pool', 'string', slice => loose(slice).spec?.pool?.name ?? '', 'Which pool they belong to.'),
    ageColumn,
  ],
  metadataChecks: 'update',
  prepare: (slice, _old, { nowMs }) => {
    dropDisabled(slice)
    for (const device of slice.spec.devices ?? []) for (const taint of device.taints ?? []) taint.timeAdded ??= `${new Date(nowMs).toISOString().slice(0, 19)}Z`
  },
  validate: (slice, old) => {
    const errors: FieldError[] = []
    validateResourceSlice(errors, slice, old)
    return errors
  },
})
