// What a CustomResourceDefinition may say: names, versions, columns, subresources, conversion, and that its schemas state their types.
// Further rules of structural schemas and CEL rules are not judged here.
import { duplicate, type FieldError, invalidValue, required } from '../../field-error.ts'
import type { CustomResourceDefinition, CustomResourceDefinitionVersion, JSONSchemaProps } from '../../types/apiextensions-v1.ts'
import { addChoice, type Errors } from '../../validation/collect.ts'
import { addImmutable } from '../../validation/equality.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { isDns1035Label, isDns1123Subdomain, type Messages } from '../../validation/names.ts'
import { validateWebhookClient } from '../../validation/webhook-client.ts'

/** Here several broken rules are one fault. */
const addJoined = (errors: Errors, path: string, value: string, messages: Messages): void => {
  if (messages.length) errors.push(invalidValue(path, value, messages.join(', ')))
}

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string']
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']
const isSimplePath = (path: string): boolean => /^(\.[^.[\]{}\s]+|\[[^\]]*\])+$/.test(path) && path.startsWith('.')

const validateNames = (errors: Errors, spec: Loose<CustomResourceDefinition['spec']>): void => {
  const names = spec.names ?? {}
  for (const key of ['plural', 'singular', 'kind', 'listKind'] as const) {
    const name = names[key] ?? ''
    if (name === '') errors.push(required(`spec.names.${key}`))
    else addJoined(errors, `spec.names.${key}`, name, isDns1035Label(key === 'kind' || key === 'listKind' ? name.toLowerCase() : name))
  }
  if (names.kind && names.kind === names.listKind) errors.push(invalidValue('spec.names.listKind', names.listKind, 'kind and listKind may not be the same'))
  for (const key of ['shortNames', 'categories'] as const)
    names[key]?.forEach((name, i) => {
      addJoined(errors, `spec.names.${key}[${i}]`, name, isDns1035Label(name))
    })
}

const validatePath = (errors: Errors, at: string, path: string | undefined, roots: readonly string[]): void => {
  if (!path) errors.push(required(at))
  else if (!isSimplePath(path) || (roots.length && !roots.some(root => path.startsWith(root))))
    errors.push(invalidValue(at, path, `must be a simple path${roots.length ? ` under ${roots.join(' or ')}` : ''}`))
}

const validateSchema = (errors: Errors, path: string, schema: Loose<JSONSchemaProps>, root: boolean): void => {
  const free = !root && (schema['x-kubernetes-int-or-string'] ?? schema['x-kubernetes-preserve-unknown-fields']) === true
  if (!schema.type && !free) errors.push(required(`${path}.type`))
  else if (root && schema.type !== 'object') errors.push(invalidValue(`${path}.type`, schema.type, 'must be object at the root'))
  for (const [name, property] of Object.entries(schema.properties ?? {})) validateSchema(errors, `${path}.properties[${name}]`, property ?? {}, false)
  const { items } = schema
  if (items && !Array.isArray(items)) validateSchema(errors, `${path}.items`, items, false)
}

/** `hoisted`: upstream judges what a single version has under `spec` itself. */
const validateVersion = (errors: Errors, path: string, version: Loose<CustomResourceDefinitionVersion>, hoisted: boolean): void => {
  const base = hoisted ? 'spec' : path
  const name = version.name ?? ''
  addJoined(errors, `${path}.name`, name, isDns1035Label(name))
  if (hoisted && name) addJoined(errors, 'spec.version', name, isDns1035Label(name))
  if (version.deprecationWarning !== undefined && !version.deprecated)
    errors.push(invalidValue(`${path}.deprecationWarning`, version.deprecationWarning, 'can only be set for deprecated versions'))
  const schema = version.schema?.openAPIV3Schema
  if (!schema) errors.push(required(`${path}.schema.openAPIV3Schema`, 'schemas are required'))
  else validateSchema(errors, hoisted ? 'spec.validation.openAPIV3Schema' : `${path}.schema.openAPIV3Schema`, schema, true)
  version.additionalPrinterColumns?.forEach((column, i) => {
    const at = `${base}.additionalPrinterColumns[${i}]`
    if (!column.name) errors.push(required(`${at}.name`))
    if (!column.type) errors.push(required(`${at}.type`))
    else if (!columnTypes.includes(column.type)) errors.push(invalidValue(`${at}.type`, column.type, `must be one of ${columnTypes.join(', ')}`))
    if (column.format && !columnFormats.includes(column.format))
      errors.push(invalidValue(`${at}.format`, column.format, `must be one of ${columnFormats.join(', ')}`))
    validatePath(errors, `${at}.JSONPath`, column.jsonPath, [])
  })
  const fields = version.selectableFields ?? []
  fields.forEach(({ jsonPath }, i) => {
    validatePath(errors, `${base}.selectableFields[${i}].jsonPath`, jsonPath, [])
    if (jsonPath && fields.findIndex(f => f.jsonPath === jsonPath) < i) errors.push(duplicate(`${base}.selectableFields[${i}].jsonPath`, jsonPath))
  })
  const scale = version.subresources?.scale
  if (!scale) return
  const at = `${base}.subresources.scale`
  validatePath(errors, `${at}.specReplicasPath`, scale.specReplicasPath, ['.spec.'])
  validatePath(errors, `${at}.statusReplicasPath`, scale.statusReplicasPath, ['.status.'])
  if (scale.labelSelectorPath) validatePath(errors, `${at}.labelSelectorPath`, scale.labelSelectorPath, ['.spec.', '.status.'])
}

const validateConversion = (errors: Errors, spec: Loose<CustomResourceDefinition['spec']>): void => {
  const { conversion } = spec
  if (!conversion) return
  addChoice(errors, 'spec.conversion.strategy', conversion.strategy, ['None', 'Webhook'])
  if (conversion.strategy !== 'Webhook') return
  const client = conversion.webhook?.clientConfig
  if (!client) errors.push(required('spec.conversion.webhookClientConfig', 'required when the strategy is Webhook'))
  else validateWebhookClient(errors, 'spec.conversion.webhookClientConfig', client)
  if (!conversion.webhook?.conversionReviewVersions?.length) errors.push(required('spec.conversion.conversionReviewVersions'))
}

const validateName = (errors: Errors, given: CustomResourceDefinition, wanted: string): void => {
  for (const key of ['name', 'generateName'] as const) {
    const name = given.metadata[key]
    if (name && name !== wanted) errors.push(invalidValue(`metadata.${key}`, name, `must be the plural and the group: ${wanted}`))
  }
}

/** Once its objects can be stored, what their keys and types are made of stays. */
const validateEstablished = (errors: Errors, { spec }: CustomResourceDefinition, { spec: old }: CustomResourceDefinition): void => {
  addImmutable(errors, 'spec.group', spec.group, old.group)
  addImmutable(errors, 'spec.scope', spec.scope, old.scope)
  for (const key of ['kind', 'plural'] as const) addImmutable(errors, `spec.names.${key}`, loose(spec).names?.[key], old.names[key])
}

export const validateDefinition = (given: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const spec = loose(given).spec ?? {}
  const group = spec.group ?? ''
  if (!old) validateName(errors, given, `${spec.names?.plural ?? ''}.${group}`)
  if (group === '') errors.push(required('spec.group'))
  else addJoined(errors, 'spec.group', group, [...isDns1123Subdomain(group), ...(group.includes('.') ? [] : ['must be a domain with at least one dot'])])
  addChoice(errors, 'spec.scope', spec.scope, ['Cluster', 'Namespaced'])
  if (spec.preserveUnknownFields)
    for (let i = 0; i < 2; i++) errors.push(invalidValue('spec.preserveUnknownFields', true, 'must be false: say so in the schema'))
  const versions = spec.versions ?? []
  if (versions.filter(v => v.storage).length !== 1) errors.push(invalidValue('spec.versions', versions, 'must have exactly one storage version'))
  if (new Set(versions.map(v => v.name)).size < versions.length) errors.push(invalidValue('spec.versions', versions, 'must have unique names'))
  versions.forEach((version, i) => {
    validateVersion(errors, `spec.versions[${i}]`, version, versions.length === 1)
  })
  validateNames(errors, spec)
  validateConversion(errors, spec)
  if (old?.status?.conditions?.some(c => c.type === 'Established' && c.status === 'True')) validateEstablished(errors, given, old)
  given.status?.storedVersions?.forEach((name, i) => {
    if (!versions.some(v => v.name === name)) errors.push(invalidValue(`status.storedVersions[${i}]`, name, 'must appear in spec.versions'))
  })
  if (!loose(given).status?.storedVersions?.length) errors.push(invalidValue('status.storedVersions', [], 'must have at least one version'))
  return errors
}
