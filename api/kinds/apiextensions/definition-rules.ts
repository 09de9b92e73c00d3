// What a CustomResourceDefinition may say: names, versions, columns, subresources, conversion, approval; of its schemas, that they are sound.
import { approvalAnnotation, approvalOf, isProtectedGroup } from '../../custom/approval.ts'
import { followFieldPath } from '../../custom/field-path.ts'
import { duplicate, type FieldError, forbiddenField, invalidValue, required, tooMany } from '../../field-error.ts'
import { emptiedOf } from '../../schema/emptied.ts'
import type { CustomResourceDefinition, CustomResourceDefinitionVersion, JSONSchemaProps, SelectableField } from '../../types/apiextensions-v1.ts'
import { addChoice, type Errors } from '../../validation/collect.ts'
import { addImmutable } from '../../validation/equality.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { isDns1035Label, isDns1123Subdomain, type Messages } from '../../validation/names.ts'
import { isCertificate, readPem } from '../../validation/pem.ts'
import { validateWebhookClient } from '../../validation/webhook-client.ts'
import { rootScope, TotalCost } from './cel-rules.ts'
import { validateDefaults } from './default-rules.ts'
import { validateSchema } from './schema-rules.ts'
import { validateStructural } from './structural-rules.ts'

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

/** What the root of a schema may say beside a status of its own. */
const besideStatus = new Set(
  'description type format title maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems multipleOf required items properties externalDocs example x-kubernetes-preserve-unknown-fields x-kubernetes-validations'.split(
    ' ',
  ),
)

/** `emptied`: keywords that were sent with nothing in them count as well. */
const validateRoot = (errors: Errors, path: string, schema: JSONSchemaProps, hasStatus: boolean, emptied: readonly string[]): void => {
  if (emptied.includes('dependencies')) errors.push(forbiddenField(`${path}.dependencies`, 'dependencies is not supported'))
  if (hasStatus) {
    if (schema.type && schema.type !== 'object')
      errors.push(invalidValue(`${path}.type`, schema.type ?? '', 'only object is allowed at the root if the status subresource is enabled'))
    const stated = Object.entries(schema).flatMap(([keyword, value]) => (value !== undefined && value !== false ? [keyword] : []))
    const odd = [...stated, ...emptied].find(keyword => !besideStatus.has(keyword))
    if (odd) errors.push(invalidValue(path, schema, `${odd} is not allowed at the root of the schema if the status subresource is enabled`))
  }
  if (schema.nullable) errors.push(forbiddenField(`${path}.nullable`, 'nullable cannot be true at the root'))
}

const validateVersionSchema = (errors: Errors, path: string, schema: JSONSchemaProps, hasStatus: boolean, emptied: readonly string[]): void => {
  validateRoot(errors, path, schema, hasStatus, emptied)
  const total = new TotalCost()
  const found = validateSchema(schema, path, { root: true, insideMeta: false, scope: rootScope(schema, total) })
  errors.push(...found.schema, ...found.cel)
  const structural = validateStructural(schema, path)
  if (structural) errors.push(...(structural.length ? structural : validateDefaults(schema, path)))
  errors.push(...total.errors(path))
}

const selectableTypes = ['string', 'boolean', 'integer']
const maxSelectableFields = 8

const validateSelectableFields = (errors: Errors, at: string, fields: readonly Loose<SelectableField>[], schema: JSONSchemaProps): void => {
  const seen = new Set<string>()
  fields.forEach(({ jsonPath }, i) => {
    const path = `${at}[${i}].jsonPath`
    if (!jsonPath) {
      errors.push(required(path))
      return
    }
    const found = followFieldPath(jsonPath, schema, { brackets: false })
    if ('error' in found) {
      errors.push(invalidValue(path, jsonPath, `is an invalid path: ${found.error}`))
      return
    }
    if (/^metadata(\.|$)/.test(found.path)) errors.push(invalidValue(path, jsonPath, 'must not point to fields in metadata'))
    if (!selectableTypes.includes(found.schema.type ?? ''))
      errors.push(
        invalidValue(path, jsonPath, 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.'),
      )
    if (seen.has(jsonPath)) errors.push(duplicate(path, jsonPath))
    seen.add(jsonPath)
  })
  if (fields.length > maxSelectableFields) errors.push(tooMany(at, fields.length, maxSelectableFields))
}

const maxWarning = 256

const validateDeprecation = (errors: Errors, path: string, { deprecated, deprecationWarning: text }: Loose<CustomResourceDefinitionVersion>): void => {
  if (text === undefined) return
  const at = `${path}.deprecationWarning`
  if (!deprecated) errors.push(invalidValue(at, text, 'can only be set for deprecated versions'))
  if (text.length > maxWarning) errors.push(invalidValue(at, text, `must be <= ${maxWarning} characters long`))
  if (text === '') errors.push(invalidValue(at, text, 'must not be empty'))
  if (/[^\P{C} ]|[\p{Zl}\p{Zp}]/u.test(text)) errors.push(invalidValue(at, text, 'must only contain printable UTF-8 characters'))
}

/** `hoisted`: upstream judges what a single version has under `spec` itself. */
const validateVersion = (errors: Errors, path: string, version: Loose<CustomResourceDefinitionVersion>, hoisted: boolean, emptied: readonly string[]): void => {
  const base = hoisted ? 'spec' : path
  const name = version.name ?? ''
  addJoined(errors, `${path}.name`, name, isDns1035Label(name))
  if (hoisted && name) addJoined(errors, 'spec.version', name, isDns1035Label(name))
  validateDeprecation(errors, path, version)
  const schema = version.schema?.openAPIV3Schema
  if (!schema) errors.push(required(`${path}.schema.openAPIV3Schema`, 'schemas are required'))
  else {
    const at = hoisted ? 'spec.validation.openAPIV3Schema' : `${path}.schema.openAPIV3Schema`
    const below = `${path}.schema.openAPIV3Schema.`
    const keywords = emptied.flatMap(field => (field.startsWith(below) ? [field.slice(below.length)] : [])).filter(keyword => !/[.[]/.test(keyword))
    validateVersionSchema(errors, at, schema as JSONSchemaProps, version.subresources?.status !== undefined, keywords)
  }
  version.additionalPrinterColumns?.forEach((column, i) => {
    const at = `${base}.additionalPrinterColumns[${i}]`
    if (!column.name) errors.push(required(`${at}.name`))
    if (!column.type) errors.push(required(`${at}.type`))
    else if (!columnTypes.includes(column.type)) errors.push(invalidValue(`${at}.type`, column.type, `must be one of ${columnTypes.join(', ')}`))
    if (column.format && !columnFormats.includes(column.format))
      errors.push(invalidValue(`${at}.format`, column.format, `must be one of ${columnFormats.join(', ')}`))
    validatePath(errors, `${at}.JSONPath`, column.jsonPath, [])
  })
  if (version.selectableFields?.length && !schema) errors.push(invalidValue(`${base}.selectableFields`, '', 'may only be set when a schema is included'))
  else if (version.selectableFields) validateSelectableFields(errors, `${base}.selectableFields`, version.selectableFields, schema as JSONSchemaProps)
  const scale = version.subresources?.scale
  if (!scale) return
  const at = `${base}.subresources.scale`
  validatePath(errors, `${at}.specReplicasPath`, scale.specReplicasPath, ['.spec.'])
  validatePath(errors, `${at}.statusReplicasPath`, scale.statusReplicasPath, ['.status.'])
  if (scale.labelSelectorPath) validatePath(errors, `${at}.labelSelectorPath`, scale.labelSelectorPath, ['.spec.', '.status.'])
}

const reviewVersions = ['v1', 'v1beta1']

const validateReviewVersions = (errors: Errors, at: string, versions: readonly string[]): void => {
  if (!versions.length) {
    errors.push(required(at))
    return
  }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) errors.push(invalidValue(`${at}[${i}]`, version, 'duplicate version'))
    else for (const message of isDns1035Label(version)) errors.push(invalidValue(`${at}[${i}]`, version, message))
  })
  if (!versions.some(v => reviewVersions.includes(v))) errors.push(invalidValue(at, versions, `must include at least one of ${reviewVersions.join(', ')}`))
}

/** What a definition came with stays, as long as nobody touches it. */
const validateBundle = (errors: Errors, at: string, bundle: string | undefined, before: string | undefined): void => {
  if (!bundle || bundle === before) return
  const certificates = readPem(bundle).filter(block => block.type === 'CERTIFICATE' && !block.hasHeaders)
  if (!certificates.length || !certificates.every(block => isCertificate(block.der)))
    errors.push(invalidValue(at, '<bundle>', 'must be PEM-encoded certificates'))
}

const validateConversion = (errors: Errors, { conversion }: Loose<CustomResourceDefinition['spec']>, old: CustomResourceDefinition | undefined): void => {
  if (!conversion) return
  const { strategy, webhook } = conversion
  addChoice(errors, 'spec.conversion.strategy', strategy, ['None', 'Webhook'])
  const at = 'spec.conversion.webhookClientConfig'
  const client = webhook?.clientConfig
  const versions = webhook?.conversionReviewVersions ?? []
  if (strategy !== 'Webhook') {
    const why = 'should not be set when strategy is not set to Webhook'
    if (client) errors.push(forbiddenField(at, why))
    if (versions.length) errors.push(forbiddenField('spec.conversion.conversionReviewVersions', why))
    return
  }
  if (!client) errors.push(required(at, 'required when strategy is set to Webhook'))
  else {
    validateWebhookClient(errors, at, client)
    validateBundle(errors, `${at}.caBundle`, client.caBundle, old?.spec.conversion?.webhook?.clientConfig?.caBundle)
  }
  validateReviewVersions(errors, 'spec.conversion.conversionReviewVersions', versions)
}

/** Once it has the Kubernetes project's approval it keeps it; a state that does not change is nobody's fault. */
const validateApproval = (errors: Errors, given: CustomResourceDefinition, old: CustomResourceDefinition | undefined): void => {
  if (!isProtectedGroup(given.spec.group)) return
  const state = approvalOf(given.metadata.annotations)
  if (old && approvalOf(old.metadata.annotations) === state) return
  const at = `metadata.annotations[${approvalAnnotation}]`
  if (state === 'missing') errors.push(required(at, `protected groups must have approval annotation ${JSON.stringify(approvalAnnotation)}`))
  if (state === 'invalid') errors.push(invalidValue(at, given.metadata.annotations?.[approvalAnnotation], 'must be a URL, or begin with "unapproved"'))
}

const validateName = (errors: Errors, given: CustomResourceDefinition, wanted: string): void => {
  for (const key of ['name', 'generateName'] as const) {
    const name = given.metadata[key]
    if (name && name !== wanted) errors.push(invalidValue(`metadata.${key}`, name, `must be the plural and the group: ${wanted}`))
  }
}

/** What keys and types are made of stays: the names of the resource always, the rest once its objects can be stored. */
const validateKept = (errors: Errors, { spec }: CustomResourceDefinition, { spec: old, status }: CustomResourceDefinition): void => {
  if (status?.conditions?.some(c => c.type === 'Established' && c.status === 'True')) {
    addImmutable(errors, 'spec.scope', spec.scope, old.scope)
    addImmutable(errors, 'spec.names.kind', loose(spec).names?.kind, old.names.kind)
  }
  addImmutable(errors, 'spec.group', spec.group, old.group)
  addImmutable(errors, 'spec.names.plural', loose(spec).names?.plural, old.names.plural)
}

/** As upstream counts: a version that is named twice is found once. */
const validateStoredVersions = (errors: Errors, stored: readonly string[], versions: readonly Loose<CustomResourceDefinitionVersion>[]): void => {
  const at = 'status.storedVersions'
  if (!stored.length) errors.push(invalidValue(at, stored, 'must have at least one stored version'))
  const left = new Map(stored.map((name, i) => [name, i]))
  for (const { name = '', storage } of versions)
    if (!left.delete(name) && storage) errors.push(invalidValue(at, stored, `must have the storage version ${name}`))
  for (const [name, i] of left) errors.push(invalidValue(`${at}[${i}]`, name, 'must appear in spec.versions until no object is stored in it'))
}

const hasDefault = (schema: unknown): boolean =>
  typeof schema === 'object' && schema !== null && (('default' in schema && schema.default !== undefined) || Object.values(schema).some(hasDefault))

/** What v1beta1 allowed is refused, and what would not go with it as well. */
const validatePreserving = (errors: Errors, spec: Loose<CustomResourceDefinition['spec']>): void => {
  const at = 'spec.preserveUnknownFields'
  if (spec.versions?.some(v => hasDefault(v.schema?.openAPIV3Schema)))
    errors.push(invalidValue(at, true, 'must be false in order to use defaults in the schema'))
  errors.push(invalidValue(at, true, 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead'))
  if (spec.conversion?.strategy === 'Webhook')
    errors.push(invalidValue('spec.conversion.strategy', spec.conversion.strategy, 'must be None if spec.preserveUnknownFields is true'))
}

export const validateDefinition = (given: CustomResourceDefinition, old: CustomResourceDefinition | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const spec = loose(given).spec ?? {}
  const group = spec.group ?? ''
  if (!old) validateName(errors, given, `${spec.names?.plural ?? ''}.${group}`)
  if (group === '') errors.push(required('spec.group'))
  else addJoined(errors, 'spec.group', group, [...isDns1123Subdomain(group), ...(group.includes('.') ? [] : ['must be a domain with at least one dot'])])
  addChoice(errors, 'spec.scope', spec.scope, ['Cluster', 'Namespaced'])
  const versions = spec.versions ?? []
  if (spec.preserveUnknownFields) validatePreserving(errors, spec)
  if (versions.filter(v => v.storage).length !== 1) errors.push(invalidValue('spec.versions', versions, 'must have exactly one storage version'))
  if (new Set(versions.map(v => v.name)).size < versions.length) errors.push(invalidValue('spec.versions', versions, 'must have unique names'))
  versions.forEach((version, i) => {
    validateVersion(errors, `spec.versions[${i}]`, version, versions.length === 1, emptiedOf(given))
  })
  validateNames(errors, spec)
  validateConversion(errors, spec, old)
  if (old) validateKept(errors, given, old)
  validateApproval(errors, given, old)
  validateStoredVersions(errors, given.status?.storedVersions ?? [], versions)
  return errors
}
