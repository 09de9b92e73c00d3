// The type of a whole object for expressions that are only type-checked: every field of its schema, those of its metadata too, each found
// when it is asked for, as schemas may contain themselves. What a schema leaves open is dyn.
import type { Field, Schema } from '../schema/schema.ts'
import { escapeFieldName } from './escape.ts'
import {
  boolType,
  bytesType,
  type CelField,
  type CelType,
  doubleType,
  durationType,
  dynType,
  type FieldSet,
  intType,
  listType,
  mapType,
  stringType,
  timestampType,
} from './type.ts'

const byFormat: Readonly<Record<string, CelType>> = { byte: bytesType, duration: durationType, date: timestampType, 'date-time': timestampType }

/** The fields of an object, made on first use. */
class SchemaFields implements FieldSet {
  readonly #schema: Schema
  #fields: ReadonlyMap<string, CelField> | undefined
  constructor(schema: Schema) {
    this.#schema = schema
  }
  get #all(): ReadonlyMap<string, CelField> {
    return (this.#fields ??= new Map(this.#schema.ordered.flatMap(toCelField).map(field => [field.name, field])))
  }
  get(name: string): CelField | undefined {
    return this.#all.get(name)
  }
  keys(): MapIterator<string> {
    return this.#all.keys()
  }
  values(): MapIterator<CelField> {
    return this.#all.values()
  }
}

const toCelField = ({ name, schema }: Field): CelField[] => {
  const escaped = escapeFieldName(name)
  return escaped === undefined ? [] : [{ name: escaped, type: kindType(schema, name), ...(escaped !== name && { jsonName: name }) }]
}

const isOpen = (schema: Schema): boolean => schema.preserveUnknownFields === true && schema.ordered.length === 0

export const kindType = (schema: Schema, name: string): CelType => {
  switch (schema.kind) {
    case 'object':
      return isOpen(schema) ? dynType : { kind: 'object', name: schema.name ?? name, parameters: [], fields: new SchemaFields(schema) }
    case 'map':
      return mapType(stringType, schema.items ? kindType(schema.items, name) : dynType)
    case 'list':
      return listType(schema.items ? kindType(schema.items, name) : dynType)
    case 'string':
      return byFormat[String(schema.values?.['format'])] ?? stringType
    case 'duration':
      return stringType
    case 'bytes':
      return bytesType
    case 'time':
    case 'microTime':
      return timestampType
    case 'boolean':
      return boolType
    case 'int32':
    case 'int64':
    case 'uint32':
      return intType
    case 'double':
      return doubleType
    default:
      return dynType
  }
}
