// What a custom resource's schema declares to CEL: types, escaped names, and the largest sizes that it or a request allows. What a schema
// says nothing about is out of reach of expressions.
import type { Field, Schema } from '../schema/schema.ts'
import { escapeFieldName } from './escape.ts'
import {
  boolType,
  bytesType,
  type CelField,
  type CelType,
  deepObjectType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  objectType,
  stringType,
  timestampType,
} from './type.ts'

/** Bytes of the largest request, as upstream reckons. */
const maxRequestBytes = 3 * 1024 * 1024
const longestString = maxRequestBytes - 2
/** Of durations and times in JSON, quotation marks included. */
const longestTime = 32
const dateLength = 12

const numberOf = (schema: Schema, keyword: string): number | undefined => {
  const value = schema.values?.[keyword]
  return typeof value === 'number' ? Math.max(0, value) : undefined
}

const sized = (type: CelType, maxElements: number, minSize: number): CelType => ({ ...type, maxElements, minSize })

const stringTypeOf = (schema: Schema): CelType => {
  const maxLength = numberOf(schema, 'maxLength')
  switch (schema.values?.['format']) {
    case 'byte':
      return sized(bytesType, maxLength ?? longestString, 2)
    case 'duration':
      return sized(durationType, longestTime, 3)
    case 'date':
      return sized(timestampType, dateLength, dateLength)
    case 'date-time':
      return sized(timestampType, longestTime, 21)
  }
  // A code point takes up to four bytes.
  if (maxLength !== undefined) return sized(stringType, maxLength * 4, 2)
  const values = schema.values?.['enum']
  if (!Array.isArray(values) || !values.length) return sized(stringType, longestString, 2)
  return sized(stringType, Math.max(0, ...values.map(value => (typeof value === 'string' ? Buffer.byteLength(value) : 0))), 2)
}

const plainString = sized(stringType, longestString, 2)
const named = (name: string, type: CelType): CelField => ({ name, type })

/** What a resource has, whatever its schema says: of its metadata only the names. */
const resourceFields = (name: string): readonly CelField[] => [
  named('kind', plainString),
  named('apiVersion', plainString),
  named('metadata', sized(objectType(`${name}.metadata`, [named('name', plainString), named('generateName', plainString)]), 0, 2)),
]

const fieldOf = ({ name, schema, required }: Field, path: string): CelField | undefined => {
  const escaped = escapeFieldName(name)
  const type = schemaType(schema, `${path}.${escaped ?? name}`, schema.embeddedResource ?? false)
  return type && escaped !== undefined ? { name: escaped, type, required, ...(escaped !== name && { jsonName: name }) } : undefined
}

const objectTypeOf = (schema: Schema, name: string, isResource: boolean): CelType => {
  const fixedFields = isResource ? resourceFields(name) : []
  const own = schema.ordered.filter(f => !fixedFields.some(other => other.name === f.name))
  // What is required and has no default is there in every object.
  const minSize = own.reduce((sum, f) => {
    const type = f.required && f.default === undefined ? fieldOf(f, name)?.type : undefined
    return type ? sum + Buffer.byteLength(f.name) + (type.minSize ?? 0) + 4 : sum
  }, 2)
  return deepObjectType(name, () => [...fixedFields, ...own.flatMap(f => fieldOf(f, name) ?? [])], { maxElements: 0, minSize })
}

const listTypeOf = (schema: Schema, name: string): CelType | undefined => {
  const items = schema.items && schemaType(schema.items, `${name}.@idx`, schema.items.embeddedResource ?? false)
  if (!items) return undefined
  const most = numberOf(schema, 'maxItems') ?? Math.floor((maxRequestBytes - 2) / ((items.minSize ?? 0) + 1))
  const listKeys = schema.listType === 'set' ? ('set' as const) : schema.listType === 'map' ? (schema.mapKeys ?? []) : undefined
  return { ...sized(listType(items), most, 2), ...(listKeys && { listKeys }) }
}

const mapTypeOf = (schema: Schema, name: string): CelType | undefined => {
  const values = schema.items && schemaType(schema.items, `${name}.@elem`, schema.items.embeddedResource ?? false)
  if (!values) return undefined
  const most = numberOf(schema, 'maxProperties') ?? Math.floor((maxRequestBytes - 2) / ((values.minSize ?? 0) + 6))
  return sized(mapType({ ...stringType, maxElements: 0 }, values), most, 2)
}

/** undefined: expressions cannot see such a value. `name` is that of the type, `isResource` tells roots and embedded resources. */
export const schemaType = (schema: Schema, name: string, isResource: boolean): CelType | undefined => {
  switch (schema.kind) {
    case 'intOrString': {
      const maxLength = numberOf(schema, 'maxLength')
      return sized(dynType, maxLength === undefined ? longestString : maxLength * 4, 1)
    }
    case 'object':
      return objectTypeOf(schema, name, isResource)
    case 'map':
      return mapTypeOf(schema, name)
    case 'list':
      return listTypeOf(schema, name)
    case 'string':
      return stringTypeOf(schema)
    case 'boolean':
      return sized(boolType, 0, 4)
    case 'int64':
    case 'int32':
    case 'uint32':
      return sized(intType, 0, 1)
    case 'double':
      return sized(doubleType, 0, 1)
    default:
      return undefined
  }
}
