// PriorityClass of scheduling.k8s.io/v1.
import { type FieldError, forbiddenField } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { PriorityClass } from '../../types/scheduling-v1.ts'
import { addChoice } from '../../validation/collect.ts'
import { addImmutable } from '../../validation/equality.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

const systemPrefix = 'system-'
const systemClasses: Readonly<Record<string, number>> = { 'system-node-critical': 2000001000, 'system-cluster-critical': 2000000000 }
const highestUserValue = 1000000000

const validate = (priority: PriorityClass, old: PriorityClass | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const name = priority.metadata.name ?? ''
  if (old) {
    if (priority.value !== old.value) errors.push(forbiddenField('value', 'may not be changed in an update'))
    addImmutable(errors, 'preemptionPolicy', priority.preemptionPolicy, old.preemptionPolicy)
    return errors
  }
  if (name.startsWith(systemPrefix)) {
    if (systemClasses[name] !== priority.value)
      errors.push(forbiddenField('metadata.name', `names beginning with ${systemPrefix} are for upstream's own classes`))
  } else if ((priority.value ?? 0) > highestUserValue) errors.push(forbiddenField('value', `the highest value of a class of users' own is ${highestUserValue}`))
  if (priority.preemptionPolicy !== undefined) addChoice(errors, 'preemptionPolicy', priority.preemptionPolicy, ['Never', 'PreemptLowerPriority'])
  return errors
}

export const priorityClasses = defineResource<PriorityClass>({
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  namespaced: false,
  shortNames: ['pc'],
  columns: [
    nameColumn,
    column('Value', 'integer', p => p.value, 'Its rank.'),
    column('Global-Default', 'boolean', p => p.globalDefault ?? false, 'Whether pods without a class have it.'),
    ageColumn,
    column('PreemptionPolicy', 'string', p => p.preemptionPolicy ?? '', 'Whether its pods displace others.'),
  ],
  default: priority => {
    priority.preemptionPolicy ??= 'PreemptLowerPriority'
  },
  // Its generation is given at creation and never counted on.
  prepare: (priority, old) => {
    if (!old) priority.metadata.generation = 1
  },
  metadataChecks: 'update',
  validate,
})
