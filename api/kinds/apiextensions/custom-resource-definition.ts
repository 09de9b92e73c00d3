// CustomResourceDefinition of apiextensions.k8s.io/v1.
import { unknownFormats } from '../../custom/formats.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { CustomResourceDefinition } from '../../types/apiextensions-v1.ts'
import { isZero, loose } from '../../validation/loose.ts'
import { defaultWebhookClient } from '../../validation/webhook-client.ts'
import { column, nameColumn } from '../columns.ts'
import { separateStatus } from '../workload.ts'
import { validateDefinition } from './definition-rules.ts'

const setDefaults = (definition: CustomResourceDefinition): void => {
  const { spec } = loose(definition)
  if (!spec) return
  if (spec.names?.kind) {
    if (!spec.names.singular) spec.names.singular = spec.names.kind.toLowerCase()
    if (!spec.names.listKind) spec.names.listKind = `${spec.names.kind}List`
  }
  spec.conversion ??= { strategy: 'None' }
  if (spec.conversion.webhook && isZero(spec.conversion.webhook)) delete spec.conversion.webhook
  defaultWebhookClient(spec.conversion.webhook?.clientConfig)
}

const prepare = (definition: CustomResourceDefinition, old: CustomResourceDefinition | undefined, context: WriteContext): void => {
  separateStatus(definition, old, context, () => ({ conditions: null, acceptedNames: { plural: '', kind: '' }, storedVersions: null }) as never)
  const { spec, status } = loose(definition)
  // A status that forgets every version remembers that in which objects are stored now.
  if (context.subresource && status?.storedVersions?.length) return
  // A version that objects are stored in is remembered for as long as some may be.
  const version = spec?.versions?.find(v => v.storage)?.name
  if (status && version !== undefined && !status.storedVersions?.includes(version)) status.storedVersions = [...(status.storedVersions ?? []), version]
}

export const customResourceDefinitions = defineResource<CustomResourceDefinition>({
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
  namespaced: false,
  shortNames: ['crd', 'crds'],
  categories: ['api-extensions'],
  storagePrefix: '/registry/apiextensions.k8s.io/customresourcedefinitions/',
  status: true,
  generation: true,
  columns: [nameColumn, column('Created At', 'date', d => d.metadata.creationTimestamp, 'When it was made.')],
  default: setDefaults,
  prepare,
  validate: (definition, old, context) => (context.subresource ? [] : validateDefinition(definition, old)),
  // Upstream says so of each version's schema once for each format.
  warnings: ({ spec }) =>
    spec.versions.flatMap(({ schema }) => [...new Set(unknownFormats(schema?.openAPIV3Schema))].map(format => `unrecognized format ${JSON.stringify(format)}`)),
  unconditionalUpdate: false,
})
