// PATCH: JSON, merge, strategic merge, apply. The patch is worked into the stored object's JSON in the served version and the result
// goes the way of an update; on a conflict it is worked in again.
import { copyJson, isMap, type JsonMap, type JsonValue } from '../../api/patch/json-value.ts'
import { applyJsonPatch } from '../../api/patch/json-patch.ts'
import { applyMergePatch } from '../../api/patch/merge-patch.ts'
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge.ts'
import { badRequest, notFound, StatusError } from '../../api/status.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Context, Handler, Mutable, Parts, Reply } from '../context.ts'
import { parseContentType } from '../encoding/negotiate.ts'
import type { Served } from '../resource-table.ts'
import { applyObject } from './apply.ts'
import { type BodyKind, decodePatched, mergeSchemaOf, type PatchBody, readPatch } from './decode.ts'
import { setManagedFields, type Tracked, trackWrite } from './managed-fields.ts'
import { checkNamespace } from './metadata.ts'
import { type FieldValidation, parseWriteOptions } from './options.ts'
import { checkName } from './update.ts'
import { type AdmittedKind, updateObject } from './write.ts'

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

/** The patch types in the order in which a 415 names them. */
const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

const unsupportedPatch = (): StatusError => new StatusError(415, 'UnsupportedMediaType', '415: Unsupported Media Type', {})

export const toPatchType = (header: string | string[] | undefined): PatchType => {
  const type = patchTypes[parseContentType(Array.isArray(header) ? header[0] : header)]
  if (!type) throw unsupportedPatch()
  return type
}

const applyPatch = (type: PatchType, schema: BodyKind, current: JsonMap, patch: JsonValue): JsonValue => {
  switch (type) {
    case 'json':
      return applyJsonPatch(current, patch)
    case 'merge':
      return applyMergePatch(current, patch)
    case 'strategic':
      return applyStrategicMergePatch(current, patch, mergeSchemaOf(schema))
    case 'apply':
      throw badRequest('apply is not a patch of bytes')
  }
}

/** Where the patched object then has the whole numbers that the patch does not write as integers. A strategic merge computes with numbers alone. */
const wholeFloatsOf = (type: PatchType, { value, wholeFloats }: PatchBody): string[] => {
  if (type === 'merge') return [...wholeFloats]
  if (type !== 'json' || !Array.isArray(value)) return []
  return wholeFloats.flatMap(path => {
    const [, index, below = ''] = /^\[(\d+)\]\.value(.*)$/.exec(path) ?? []
    const operation = value[Number(index)]
    return isMap(operation) && typeof operation['path'] === 'string' ? [operation['path'].replaceAll('/', '.') + below] : []
  })
}

/** Works a patch into `view`, which is what the client sees of the stored object (the object itself, or its Scale). */
const patchView = (context: Context, schema: BodyKind, type: PatchType, body: PatchBody, view: KubeObject, validation: FieldValidation): Mutable => {
  const patched = applyPatch(type, schema, copyJson(view as unknown as JsonMap), body.value)
  if (type === 'strategic' && isMap(patched)) Object.assign(patched, { kind: view.kind, apiVersion: view.apiVersion })
  const prefix = type === 'json' ? 'json patch ' : ''
  return decodePatched(context, schema, patched, validation, {
    duplicates: body.duplicates.map(f => `${prefix}duplicate field ${JSON.stringify(f)}`),
    wholeFloats: wholeFloatsOf(type, body),
  })
}

/** How a patch goes through a subresource: what the client sees of the stored object, and what becomes of it. */
export interface PatchThrough {
  readonly subresource?: string
  /** The kind that the client sees, when it is not the stored one's. */
  readonly kind?: BodyKind
  /** How its fields are tracked, when not as the stored object's. */
  readonly tracked?: Tracked
  readonly view?: (old: KubeObject) => KubeObject
  readonly finish?: (patched: Mutable, old: KubeObject) => Mutable
  readonly admitted?: AdmittedKind
}

export const patchObject = async (parts: Parts, context: Context, served: Served, name: string, through: PatchThrough = {}): Promise<Reply> => {
  const { info, request } = context
  const type = toPatchType(request.headers['content-type'])
  if (type === 'strategic' && served.record.custom) throw unsupportedPatch()
  if (type === 'apply') return applyObject(parts, context, served, name, through)
  const options = parseWriteOptions(info.query, 'PatchOptions')
  const read = await readPatch(parts, context)
  const key = served.keyOf(info.namespace, name)
  if (!((await parts.store.get(key, 'any')) ?? (await parts.store.get(key, 'consistent', request.signal)))) throw notFound(served.record, name)
  const body = read()
  context.audit.requestObject(body.value)
  const { subresource, view, finish } = through
  const kind: BodyKind = through.kind ?? served.record
  return updateObject(
    parts,
    context,
    served,
    name,
    old => {
      const seen = view ? view(old) : old
      const patched = patchView(context, kind, type, body, seen, options.fieldValidation)
      checkNamespace(patched, info.namespace)
      checkName(patched, name)
      if (through.tracked) setManagedFields(patched, trackWrite(parts, context, through.tracked, seen, patched, undefined))
      return finish ? finish(patched, old) : patched
    },
    {
      dryRun: options.dryRun,
      signal: request.signal,
      ...(subresource && { subresource }),
      ...(through.tracked && { applied: true }),
      admitted: through.admitted,
    },
  )
}

export const patch: Handler = (parts, context, served) => patchObject(parts, context, served, context.info.name)
