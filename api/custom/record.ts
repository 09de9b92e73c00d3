// A CustomResourceDefinition as records: from here on a custom kind goes the way of every other. One record per version. Pure.
import { type FieldError, invalidValue } from '../field-error.ts'
import type { KubeObject } from '../object.ts'
import { isMap, jsonEqual, type JsonMap, type JsonValue } from '../patch/json-value.ts'
import { type AnyResource, defineResource, type Resource, type ScaleMapping, type WriteContext } from '../resource.ts'
import { schemaFromDefinition } from '../schema/from-definition.ts'
import type { Schema } from '../schema/schema.ts'
import { parseLabelSelector } from '../selectors.ts'
import type { CustomResourceDefinition, CustomResourceDefinitionVersion, CustomResourceSubresourceScale, JSONSchemaProps } from '../types/apiextensions-v1.ts'
import { type Coercer, createCoercer } from './coerce.ts'
import { columnsOfVersion } from './columns.ts'
import { correlate } from './correlation.ts'
import { validateEmbedded } from './embedded.ts'
import { validateListTypes } from './list-types.ts'
import { compileRules } from './rules.ts'
import { compileValidator } from './value-validator.ts'

/** What a definition brings in the place of a row of the schema table. */
export interface CustomKind {
  readonly props: JSONSchemaProps
  readonly schema: Schema
  readonly coercer: Coercer
}
type Custom = KubeObject & Record<string, unknown>

/** The value at a simple path: .spec.replicas. */
export const valueAt = (object: unknown, path: string): unknown =>
  path
    .split('.')
    .slice(1)
    .reduce<unknown>((value, name) => (isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined), object)

const setAt = (object: JsonMap, path: string, value: JsonValue): void => {
  const names = path.split('.').slice(1)
  let at = object
  for (const name of names.slice(0, -1)) {
    if (!isMap(at[name])) at[name] = {}
    at = at[name]
  }
  at[names.at(-1)!] = value
}

const toCount = (value: unknown): number => (typeof value === 'number' ? value : 0)
const scaleMapping = ({ specReplicasPath, statusReplicasPath, labelSelectorPath }: CustomResourceSubresourceScale): ScaleMapping<KubeObject> => ({
  read: object => {
    const selector = labelSelectorPath ? valueAt(object, labelSelectorPath) : undefined
    return {
      spec: toCount(valueAt(object, specReplicasPath)),
      status: toCount(valueAt(object, statusReplicasPath)),
      ...(typeof selector === 'string' && { selector }),
    }
  },
  write: (object, replicas) => setAt(object as unknown as JsonMap, specReplicasPath, replicas),
  specPath: specReplicasPath,
})

const validateCount = (path: string, value: unknown): FieldError[] => {
  if (value === undefined) return []
  if (typeof value !== 'number' || !Number.isInteger(value)) return [invalidValue(path, value, 'must be an integer')]
  if (value < 0) return [invalidValue(path, value, 'should be a non-negative integer')]
  return value > 2 ** 31 - 1 ? [invalidValue(path, value, `should be less than or equal to ${2 ** 31 - 1}`)] : []
}

const validateScale = (scale: CustomResourceSubresourceScale, object: unknown, statusOnly: boolean): FieldError[] => {
  const errors = statusOnly ? [] : validateCount(scale.specReplicasPath, valueAt(object, scale.specReplicasPath))
  errors.push(...validateCount(scale.statusReplicasPath, valueAt(object, scale.statusReplicasPath)))
  const selector = scale.labelSelectorPath ? valueAt(object, scale.labelSelectorPath) : undefined
  if (selector === undefined) return errors
  try {
    if (typeof selector !== 'string') throw new Error('it is no string')
    parseLabelSelector(selector)
  } catch {
    errors.push(invalidValue(scale.labelSelectorPath!, selector, 'must be a label selector'))
  }
  return errors
}

const content = ({ metadata: _, ...rest }: Custom): JsonValue => rest as unknown as JsonValue

/** With /status each endpoint takes its half; without, the status is content like any other. */
const prepareFor = (status: boolean) => (given: KubeObject, before: KubeObject | undefined, context: WriteContext) => {
  const object = given as Custom
  const old = before as Custom | undefined
  if (context.subresource === 'status' && old) {
    const { metadata } = object
    const { managedFields } = metadata
    const wanted = object['status']
    const had = Object.hasOwn(object, 'status')
    for (const key of Object.keys(object)) if (key !== 'metadata') delete object[key]
    for (const key of Object.keys(metadata)) delete (metadata as unknown as Record<string, unknown>)[key]
    Object.assign(object, structuredClone({ ...old, metadata: undefined }), { metadata })
    Object.assign(metadata, structuredClone(old.metadata), { managedFields })
    if (!managedFields) delete metadata.managedFields
    delete object['status']
    if (had) object['status'] = wanted
    return
  }
  if (status) {
    if (old && Object.hasOwn(old, 'status')) object['status'] = structuredClone(old['status'])
    else delete object['status']
  } else if (old && !jsonEqual(content(object), content(old))) object.metadata.generation = (old.metadata.generation ?? 0) + 1
}

const blocking = new Set(['FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid'])
const unchecked: FieldError = {
  field: '<nil>',
  reason: 'FieldValueInvalid',
  value: null,
  detail: 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
}

const validateFor = (props: JSONSchemaProps, schema: Schema, kind: string, apiVersion: string, scale: CustomResourceSubresourceScale | undefined) => {
  const validate = compileValidator(props)
  const rules = compileRules(props, schema)
  return (object: KubeObject, old: KubeObject | undefined, context: WriteContext): FieldError[] => {
    if (object.kind !== kind) return [invalidValue('kind', object.kind, `must be ${kind}`)]
    if (object.apiVersion !== apiVersion) return [invalidValue('apiVersion', object.apiVersion, `must be ${apiVersion}`)]
    const statusOnly = context.subresource === 'status'
    const past = correlate(object, old)
    const errors = validate(object, past)
    if (scale) errors.push(...validateScale(scale, object, statusOnly))
    if (!statusOnly) errors.push(...validateEmbedded(props, object))
    if (!old || validateListTypes(props, old).length === 0) errors.push(...validateListTypes(props, object))
    if (!rules) return errors
    if (errors.some(e => blocking.has(e.reason))) errors.push(unchecked)
    else errors.push(...rules(object, old, text => context.warn?.(text)))
    return errors
  }
}

const fieldText = (value: unknown): string => (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number' ? String(value) : '')

const recordOf = (definition: CustomResourceDefinition, version: CustomResourceDefinitionVersion): Resource => {
  const { group, names, scope } = definition.spec
  const accepted = definition.status?.acceptedNames
  const props = version.schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const schema = schemaFromDefinition(props)
  const apiVersion = `${group}/${version.name}`
  const scale = version.subresources?.scale
  const fields = version.selectableFields ?? []
  return defineResource({
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    singular: accepted?.singular || (names.singular ?? names.kind.toLowerCase()),
    listKind: names.listKind ?? `${names.kind}List`,
    ...(accepted?.shortNames?.length && { shortNames: accepted.shortNames }),
    ...(accepted?.categories?.length && { categories: accepted.categories }),
    namespaced: scope === 'Namespaced',
    schema: '',
    custom: { props, schema, coercer: createCoercer(props, schema) },
    storagePrefix: `/registry/${group}/${names.plural}/`,
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    columns: columnsOfVersion(version),
    ...(fields.length && {
      selectableFields: Object.fromEntries(fields.map(({ jsonPath }) => [jsonPath.slice(1), (o: KubeObject) => fieldText(valueAt(o, jsonPath))])),
    }),
    metadataChecks: 'update',
    prepare: prepareFor(version.subresources?.status !== undefined),
    validate: validateFor(props, schema, names.kind, apiVersion, scale),
    status: version.subresources?.status !== undefined,
    generation: true,
    ...(scale && { scale: scaleMapping(scale) }),
    unconditionalUpdate: false,
    ...(definition.metadata.deletionTimestamp !== undefined && { createRefusal: 'create not allowed while custom resource definition is terminating' }),
    ...(version.deprecated && { deprecationWarning: version.deprecationWarning ?? `${apiVersion} ${names.kind} is deprecated` }),
  })
}

export interface CustomRecords {
  /** By version, those that are not served included: objects may be stored in them. */
  readonly byVersion: ReadonlyMap<string, AnyResource>
  readonly served: readonly AnyResource[]
  readonly storage: AnyResource
}

export const recordsOf = (definition: CustomResourceDefinition): CustomRecords => {
  const { versions } = definition.spec
  const byVersion = new Map(versions.map(v => [v.name, recordOf(definition, v)]))
  return {
    byVersion,
    served: versions.filter(v => v.served).map(v => byVersion.get(v.name)!),
    storage: byVersion.get((versions.find(v => v.storage) ?? versions[0]!).name)!,
  }
}
