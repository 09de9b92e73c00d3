// The static types of CEL, and with them what is declared about a value: its fields, and how large it can be (for cost estimates).

export type CelKind =
  | 'dyn'
  | 'error'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'list'
  | 'map'
  /** Has named fields: an object of a schema, or a message. */
  | 'object'
  /** Opaque to the language; `parameters` as in optional_type(int). */
  | 'opaque'
  /** The type of a type. */
  | 'type'
  /** A parameter of a generic function. */
  | 'parameter'

export interface CelField {
  readonly name: string
  readonly type: CelType
  /** Set for what a schema requires. */
  readonly required?: boolean
  /** The field's name in JSON, where that is another. */
  readonly jsonName?: string
}

/** A map of fields, or one that makes them up as they are asked for. */
export type FieldSet = Pick<ReadonlyMap<string, CelField>, 'get' | 'keys' | 'values'>

export interface CelType {
  readonly kind: CelKind
  /** Of an object, an opaque type or a parameter; for others their CEL name. */
  readonly name: string
  /** Of a list [items], of a map [keys, values], of an opaque or type type its own. */
  readonly parameters: readonly CelType[]
  /** Of an object, by the name that expressions use (escaped). */
  readonly fields?: FieldSet
  /** Also null is a value of this type. */
  readonly nullable?: boolean
  /** Most code points of a string, bytes, items or entries; 0 for what has no size, absent where nothing is declared. */
  readonly maxElements?: number
  /** The fewest bytes that a value takes in JSON. */
  readonly minSize?: number
  /** How lists of a schema compare and add up: in any order, the latter by these keys. Absent: in order. */
  readonly listKeys?: 'set' | readonly string[]
}

const simple = (kind: CelKind, name: string = kind): CelType => ({ kind, name, parameters: [] })

export const dynType = simple('dyn')
export const errorType = simple('error', '!error!')
export const nullType = simple('null', 'null_type')
export const boolType = simple('bool')
export const intType = simple('int')
export const uintType = simple('uint')
export const doubleType = simple('double')
export const stringType = simple('string')
export const bytesType = simple('bytes')
export const timestampType = simple('timestamp', 'google.protobuf.Timestamp')
export const durationType = simple('duration', 'google.protobuf.Duration')

export const listType = (items: CelType, maxElements?: number): CelType => ({
  kind: 'list',
  name: 'list',
  parameters: [items],
  ...(maxElements !== undefined && { maxElements }),
})
export const mapType = (keys: CelType, values: CelType, maxElements?: number): CelType => ({
  kind: 'map',
  name: 'map',
  parameters: [keys, values],
  ...(maxElements !== undefined && { maxElements }),
})
export const opaqueType = (name: string, ...parameters: CelType[]): CelType => ({ kind: 'opaque', name, parameters })
export const typeType = (of: CelType): CelType => ({ kind: 'type', name: 'type', parameters: [of] })
export const parameterType = (name: string): CelType => simple('parameter', name)
const byName = (fields: readonly CelField[]): ReadonlyMap<string, CelField> => new Map(fields.map(field => [field.name, field]))
export const objectType = (name: string, fields: readonly CelField[]): CelType => ({ kind: 'object', name, parameters: [], fields: byName(fields) })
/** Its fields are worked out when somebody asks for them: types can be deep, and an expression sees little of them. */
export const deepObjectType = (name: string, fieldsOf: () => readonly CelField[], sizes: Pick<CelType, 'maxElements' | 'minSize'>): CelType => {
  let fields: ReadonlyMap<string, CelField> | undefined
  return {
    kind: 'object',
    name,
    parameters: [],
    ...sizes,
    get fields() {
      return (fields ??= byName(fieldsOf()))
    },
  }
}

/** As cel-go prints it: list(map(string, int)). */
export const formatType = (type: CelType): string => {
  if (type.kind === 'type' && type.parameters[0]?.kind === 'dyn') return 'type'
  if (type.kind === 'null') return 'null'
  return type.parameters.length ? `${type.name}(${type.parameters.map(formatType).join(', ')})` : type.name
}
