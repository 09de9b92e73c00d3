// From a body to a typed, defaulted, private object, and the complaints about it: content type, syntax, kind, unknown and duplicate fields.
import { applyDefaults } from '../../api/schema/defaults.ts'
import { decode } from '../../api/schema/decode.ts'
import type { Schema } from '../../api/schema/schema.ts'
import { schemaByName } from '../../api/schema/table.ts'
import { parseJson } from '../../api/json.ts'
import { isMap, type JsonMap, type JsonValue } from '../../api/patch/json-value.ts'
import type { MergeSchema } from '../../api/patch/strategic-merge.ts'
import { toMergeSchema } from '../../api/patch/patch-schema.ts'
import type { CustomKind } from '../../api/custom/record.ts'
import type { AnyResource } from '../../api/resource.ts'
import { invalid, invalidValue } from '../../api/field-error.ts'
import { badRequest, StatusError } from '../../api/status.ts'
import type { Context, Mutable, Parts } from '../context.ts'
import { objectTypes, parseContentType } from '../encoding/negotiate.ts'
import { canonicalCustom, decodeCustom, undeclaredFields } from './decode-custom.ts'
import { type DeleteOptions, type FieldValidation, parseDeleteBody, parseDeleteQuery } from './options.ts'

/** What a body may be: a kind's record, or a kind that only subresources know. */
export interface BodyKind {
  readonly schema: string
  readonly apiVersion: string
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly alsoVersions?: readonly string[]
  readonly custom?: CustomKind
}

const schemaOf = (kind: BodyKind): Schema => {
  const schema = schemaByName(kind.schema)
  if (!schema) throw new Error(`the schema table has no ${kind.schema}`)
  return schema
}

const contentTypeOf = (context: Context): string => {
  const header = context.request.headers['content-type']
  return parseContentType(Array.isArray(header) ? header[0] : header) || 'application/json'
}
const unsupported = (): StatusError =>
  new StatusError(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${objectTypes.join(', ')}`, {})

interface Parsed extends WrittenAs {
  value: JsonValue
}

/** `merging`: a repeated key of a typed object adds to what it said before, as Go decodes into the same struct. */
const parseBody = async ({ yaml }: Parts, type: string, bytes: Buffer, what: string, merging = true): Promise<Parsed> => {
  try {
    return type === 'application/yaml' ? await yaml.read(bytes) : (parseJson(bytes, { merging }) as Parsed)
  } catch (error) {
    if (error instanceof StatusError && error.code !== 400) throw error
    throw badRequest(`the object provided is unrecognized (must be of type ${what}): ${error instanceof Error ? error.message : String(error)}`)
  }
}

const complain = (context: Context, kind: BodyKind, complaints: readonly string[], validation: FieldValidation): void => {
  if (!complaints.length || validation === 'Ignore') return
  if (validation === 'Strict') throw cannotBeHandled(kind, kind.kind, `strict decoding error: ${complaints.join(', ')}`)
  for (const complaint of complaints) context.warnings.add(complaint)
}
const cannotBeHandled = (kind: BodyKind, given: string, why: string): StatusError =>
  badRequest(`${given} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: ${why}`)

const checkKind = (kind: BodyKind, value: Record<string, unknown>): void => {
  const { kind: givenKind = '', apiVersion: givenVersion = '' } = value
  if (typeof givenKind !== 'string' || typeof givenVersion !== 'string')
    throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): kind and apiVersion are strings`)
  // That a custom resource is of the right kind is one of its rules.
  if (!kind.custom && givenKind !== '' && givenKind !== kind.kind) throw cannotBeHandled(kind, givenKind, `a ${givenKind} is not converted to a ${kind.kind}`)
  if (givenVersion !== '' && givenVersion !== kind.apiVersion && !kind.alsoVersions?.includes(givenVersion))
    throw badRequest(`the API version in the data (${givenVersion}) does not match the expected API version (${kind.apiVersion})`)
}

/** What the text of a body says beside the value. */
export interface WrittenAs {
  readonly duplicates?: readonly string[]
  readonly wholeFloats?: readonly string[]
}

/** A parsed value as a typed object: pruned, normalised, defaulted. Throws 400 for what does not fit. */
export const decodeValue = (context: Context, kind: BodyKind, value: unknown, validation: FieldValidation, written: WrittenAs = {}): Mutable => {
  if (!isMap(value)) throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): it is no object`)
  if (kind.custom) return decodeCustomBody(context, kind, kind.custom, value, validation, written.duplicates ?? [])
  const schema = schemaOf(kind)
  const { object, unknownFields, duplicateFields, errors } = decode<Mutable>(schema, value, written)
  if (!object) throw cannotBeHandled(kind, kind.kind, errors.map(e => (e.path ? `${e.path}: ${e.message}` : e.message)).join(', '))
  checkKind(kind, value)
  complain(
    context,
    kind,
    [...duplicateFields.map(f => `duplicate field ${JSON.stringify(f)}`), ...unknownFields.map(f => `unknown field ${JSON.stringify(f)}`)],
    validation,
  )
  return keepEmptyEntries(complete(kind, schema, object), value)
}

/** An empty list of managedFields says something (to forget them), which decoding, as storage, would not keep. */
const keepEmptyEntries = (object: Mutable, value: JsonMap): Mutable => {
  const sent = isMap(value['metadata']) ? value['metadata']['managedFields'] : undefined
  if (Array.isArray(sent) && sent.length === 0) object.metadata.managedFields = []
  return object
}

const toUnknown = (fields: readonly string[]): string[] => fields.map(f => `unknown field ${JSON.stringify(f)}`)

const decodeCustomBody = (
  context: Context,
  kind: BodyKind,
  custom: CustomKind,
  value: JsonMap,
  validation: FieldValidation,
  duplicates: readonly string[],
): Mutable => {
  const decoded = decodeCustom(custom, value)
  if ('error' in decoded) throw cannotBeHandled(kind, kind.kind, decoded.error)
  checkKind(kind, value)
  complain(context, kind, [...duplicates.map(f => `duplicate field ${JSON.stringify(f)}`), ...toUnknown(decoded.unknown)], validation)
  return decoded.object
}

const complete = (kind: BodyKind, schema: Schema, object: Mutable): Mutable => {
  applyDefaults(schema, object)
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object
  return { kind: kind.kind, apiVersion: kind.apiVersion, ...rest, metadata: rest.metadata }
}

/** What a webhook or policy made of an object: as decodeValue, with nobody to complain to. Throws an Error for what does not fit. */
export const decodeMutated = (kind: BodyKind, value: unknown): Mutable => {
  if (kind.custom && isMap(value)) {
    const decoded = decodeCustom(kind.custom, value)
    if ('error' in decoded) throw new Error(decoded.error)
    return decoded.object
  }
  const schema = schemaOf(kind)
  const { object, errors } = isMap(value) ? decode<Mutable>(schema, value) : { object: undefined, errors: [] }
  if (!object) throw new Error(errors.map(e => (e.path ? `${e.path}: ${e.message}` : e.message)).join(', ') || 'it is no object')
  return complete(kind, schema, object)
}

/** The request's body as an object of that kind. */
export const readObject = async (parts: Parts, context: Context, kind: BodyKind, validation: FieldValidation): Promise<Mutable> => {
  const object = await decodeBody(parts, context, kind, validation)
  context.audit.requestObject(object)
  return object
}

const decodeBody = async (parts: Parts, context: Context, kind: BodyKind, validation: FieldValidation): Promise<Mutable> => {
  const type = contentTypeOf(context)
  if (!(objectTypes as readonly string[]).includes(type)) throw unsupported()
  const bytes = await context.request.body(parts.config.limits.bodyBytes)
  if (type === 'application/vnd.kubernetes.protobuf') {
    if (kind.custom) throw unsupported()
    return readProtobuf(bytes, kind)
  }
  const parsed = await parseBody(parts, type, bytes, kind.kind, !kind.custom)
  return decodeValue(context, kind, parsed.value, validation, parsed)
}

/** Protobuf knows no unknown fields of ours and no duplicates; its zero values are brought to JSON's form like a hook's. */
const readProtobuf = async (bytes: Buffer, kind: BodyKind): Promise<Mutable> => {
  const { decodeProtobuf } = await import('../../api/protobuf/codec.ts')
  let value: Record<string, unknown>
  try {
    value = decodeProtobuf(bytes, kind)
  } catch (error) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind.kind}): ${error instanceof Error ? error.message : String(error)}`)
  }
  checkKind(kind, value)
  // Protobuf can carry what a field may not hold: numbers too large for it, quantities that are none.
  const { object, errors } = decode<Mutable>(schemaOf(kind), value)
  if (!object) throw cannotBeHandled(kind, kind.kind, errors.map(e => (e.path ? `${e.path}: ${e.message}` : e.message)).join(', '))
  return complete(kind, schemaOf(kind), object)
}

const deleteOptionsKind: BodyKind = {
  schema: 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions',
  apiVersion: 'v1',
  group: '',
  version: 'v1',
  kind: 'DeleteOptions',
}

const readProtobufDeleteOptions = async (bytes: Buffer): Promise<Record<string, unknown>> => {
  const [{ openEnvelope }, { decodeMessage }] = await Promise.all([import('../../api/protobuf/codec.ts'), import('../../api/protobuf/decode.ts')])
  try {
    const { kind, raw } = openEnvelope(bytes)
    if (kind !== '' && kind !== 'DeleteOptions') throw new Error(`no kind ${JSON.stringify(kind)} is expected here`)
    return decodeMessage(schemaOf(deleteOptionsKind), raw)
  } catch (error) {
    throw badRequest(`the body of a DELETE is DeleteOptions: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** DeleteOptions: a body replaces the query's whole. */
export const readDeleteOptions = async (parts: Parts, context: Context): Promise<DeleteOptions> => {
  const bytes = await context.request.body(parts.config.limits.bodyBytes)
  const query = parseDeleteQuery(context.info.query)
  if (bytes.length === 0) return query
  const type = contentTypeOf(context)
  if (type === 'application/vnd.kubernetes.protobuf') return parseDeleteBody(await readProtobufDeleteOptions(bytes))
  if (type !== 'application/json' && type !== 'application/yaml') throw unsupported()
  const { value } = await parseBody(parts, type, bytes, 'DeleteOptions')
  if (!isMap(value)) throw badRequest('the body of a DELETE is a DeleteOptions object')
  const { kind } = value
  if (kind !== undefined && kind !== '' && kind !== 'DeleteOptions')
    throw badRequest(`no kind ${JSON.stringify(kind)} is expected here: the body of a DELETE is DeleteOptions`)
  return parseDeleteBody(value)
}

/** What a patch does wrong is a 422 about the field `patch`, as upstream has it. */
export const invalidPatch = (why: string): StatusError => invalid({ group: '', kind: '' }, '', [invalidValue('patch', '', why)])

export interface PatchBody {
  readonly value: JsonValue
  readonly duplicates: readonly string[]
  readonly wholeFloats: readonly string[]
}

/** A patch's body; it is parsed only once the object is known to exist. */
export const readPatch = async (parts: Parts, context: Context): Promise<() => PatchBody> => {
  const bytes = await context.request.body(parts.config.limits.bodyBytes)
  return () => {
    try {
      return parseJson(bytes) as PatchBody
    } catch (error) {
      throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

/** The patched value as an object; what does not fit, or is not known under Strict, is the patch's fault. */
export const decodePatched = (context: Context, kind: BodyKind, value: unknown, validation: FieldValidation, written: WrittenAs): Mutable => {
  if (!isMap(value)) throw invalidPatch('it does not leave an object')
  const { object, unknownFields } = kind.custom ? decodePatchedCustom(kind.custom, value) : decodePatchedTyped(kind, value, written)
  if (!kind.custom) checkKind(kind, value)
  const complaints = [...(written.duplicates ?? []), ...toUnknown(unknownFields)]
  if (complaints.length && validation === 'Strict') throw invalidPatch(`strict decoding error: ${complaints.join(', ')}`)
  if (validation === 'Warn') for (const complaint of complaints) context.warnings.add(complaint)
  return object
}

interface Patched {
  object: Mutable
  unknownFields: readonly string[]
}
const decodePatchedTyped = (kind: BodyKind, value: JsonMap, { wholeFloats = [] }: WrittenAs): Patched => {
  const schema = schemaOf(kind)
  const { object, unknownFields, errors } = decode<Mutable>(schema, value, { wholeFloats })
  if (!object) throw invalidPatch(errors.map(e => (e.path ? `${e.path}: ${e.message}` : e.message)).join(', '))
  return { object: keepEmptyEntries(complete(kind, schema, object), value), unknownFields }
}
const decodePatchedCustom = (custom: CustomKind, value: JsonMap): Patched => {
  const decoded = decodeCustom(custom, value)
  if ('error' in decoded) throw invalidPatch(decoded.error)
  return { object: decoded.object, unknownFields: decoded.unknown }
}

/** An applied configuration: YAML or JSON, as it was written (nothing defaulted, nothing dropped). Fields must be declared. */
export const readApplyBody = async (parts: Parts, context: Context, kind: BodyKind, validation: FieldValidation): Promise<JsonMap> => {
  const bytes = await context.request.body(parts.config.limits.bodyBytes)
  const { value, duplicates } = await parseBody(parts, 'application/yaml', bytes, kind.kind)
  if (!isMap(value)) throw badRequest('error decoding YAML: an applied configuration is an object')
  if (!value['kind'] || !value['apiVersion']) throw badRequest('an applied configuration names its kind and apiVersion')
  checkKind(kind, value)
  const { object, unknownFields, errors } = kind.custom
    ? { object: value, unknownFields: undeclaredFields(kind.custom, value), errors: [] }
    : decode<Mutable>(schemaOf(kind), value)
  if (!object) throw badRequest(`failed to create typed patch object: ${errors.map(e => `.${e.path}: ${e.message}`).join(', ')}`)
  if (unknownFields.length) throw badRequest(`failed to create typed patch object: ${unknownFields.map(f => `.${f}: field not declared in schema`).join(', ')}`)
  complain(context, kind, duplicates ?? [], validation)
  return value
}

export const mergeSchemaOf = (kind: BodyKind): MergeSchema => toMergeSchema(schemaOf(kind))

/** An object after the hooks in the form that is stored: fields in the schema's order, zero values as Go writes them. */
export const toCanonical = (kind: BodyKind, object: Mutable): Mutable => {
  if (kind.custom) return canonicalCustom(object)
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object
  const { object: canonical, errors } = decode<Mutable>(schemaOf(kind), rest)
  if (!canonical) throw new Error(`a hook left an object that does not fit its schema: ${errors.map(e => `${e.path}: ${e.message}`).join(', ')}`)
  const { kind: _k, apiVersion: _a, ...fields } = canonical
  return { kind: kind.kind, apiVersion: kind.apiVersion, ...fields }
}

export const emptyFieldsOf = (record: AnyResource): Record<string, unknown> => {
  if (record.custom) return {}
  const { kind: _kind, apiVersion: _apiVersion, metadata: _metadata, ...rest } = decode<Mutable>(schemaOf(record), {}).object ?? ({} as Mutable)
  return rest
}
