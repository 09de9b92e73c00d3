// RuntimeClass of node.k8s.io/v1.
import { duplicate, type FieldError, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { RuntimeClass } from '../../types/node-v1.ts'
import { addInvalid } from '../../validation/collect.ts'
import { addImmutable } from '../../validation/equality.ts'
import { validateLabels } from '../../validation/labels.ts'
import { loose } from '../../validation/loose.ts'
import { isDns1123Label } from '../../validation/names.ts'
import { podRules } from '../../validation/pod/options.ts'
import { validateContainerResources } from '../../validation/pod/resources.ts'
import { validateTolerations } from '../../validation/pod/scheduling.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { labelWarnings } from '../deprecated-labels.ts'
import { defaultAmounts } from '../core/pod-defaults.ts'

const validate = (given: RuntimeClass, old: RuntimeClass | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const runtime = loose(given)
  if (!runtime.handler) errors.push(required('handler'))
  else addInvalid(errors, 'handler', runtime.handler, isDns1123Label(runtime.handler))
  if (runtime.overhead) validateContainerResources(errors, 'overhead', { limits: runtime.overhead.podFixed }, new Set(), podRules)
  if (runtime.scheduling) {
    validateLabels(errors, 'scheduling.nodeSelector', (runtime.scheduling.nodeSelector ?? {}) as Record<string, string>)
    const tolerations = runtime.scheduling.tolerations ?? []
    validateTolerations(errors, 'scheduling.tolerations', tolerations)
    tolerations.forEach((t, i) => {
      if (tolerations.findIndex(o => JSON.stringify(o) === JSON.stringify(t)) < i) errors.push(duplicate(`scheduling.tolerations[${i}]`, t))
    })
  }
  if (old) addImmutable(errors, 'handler', given.handler, old.handler)
  return errors
}

export const runtimeClasses = defineResource<RuntimeClass>({
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  namespaced: false,
  columns: [nameColumn, column('Handler', 'string', r => r.handler, 'What the container runtime calls it.'), ageColumn],
  default: runtime => defaultAmounts(runtime.overhead?.podFixed),
  validate,
  warnings: runtime => Object.keys(runtime.scheduling?.nodeSelector ?? {}).flatMap(label => labelWarnings('scheduling.nodeSelector', label)),
  createOnUpdate: true,
  unconditionalUpdate: false,
})
