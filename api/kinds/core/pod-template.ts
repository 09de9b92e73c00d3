// PodTemplate of v1.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { PodTemplate } from '../../types/core-v1.ts'
import { loose } from '../../validation/loose.ts'
import { validatePodTemplate } from '../../validation/pod/template.ts'
import { column, containerImages, containerNames, formatLabels, nameColumn } from '../columns.ts'
import { templateWarnings } from '../template-warnings.ts'
import { defaultTemplate } from '../workload.ts'

export const podTemplates = defineResource<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  namespaced: true,
  generation: true,
  columns: [
    nameColumn,
    column('Containers', 'string', t => containerNames(t.template?.spec), 'Names of its containers.'),
    column('Images', 'string', t => containerImages(t.template?.spec), 'Their images.'),
    column('Pod Labels', 'string', t => formatLabels(t.template?.metadata?.labels), 'Labels of its pods.'),
  ],
  metadataChecks: 'update',
  default: object => defaultTemplate((object.template ??= {} as NonNullable<PodTemplate['template']>)),
  validate: object => {
    const errors: FieldError[] = []
    validatePodTemplate(errors, 'template', loose(object).template ?? {})
    return errors
  },
  warnings: templateWarnings<PodTemplate>({ path: 'template', of: object => object.template }),
  deleteAnswersObject: true,
})
