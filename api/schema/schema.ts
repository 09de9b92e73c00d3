// What every walker (decode, prune, default, validate, patch, apply, OpenAPI, protobuf) reads: the shape of a value. Built-in kinds
// get it from the table, custom ones from their openAPIV3Schema; nothing but the builder may know which it was.

/**
 * How JSON and protobuf write a value. `object` has fields, `map` any keys; `any` is kept as it came,
 * `either` is an object of its `items`, a list of those, or a simpler value (JSONSchemaPropsOrBool and its like).
 */
export type SchemaKind =
  | 'object'
  | 'map'
  | 'list'
  | 'string'
  | 'boolean'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'double'
  | 'bytes'
  | 'time'
  | 'microTime'
  | 'duration'
  | 'quantity'
  | 'intOrString'
  | 'any'
  | 'rawExtension'
  | 'fieldsV1'
  | 'either'

export interface Schema {
  readonly kind: SchemaKind
  /** The OpenAPI name, e.g. io.k8s.api.core.v1.Pod; only what has a name of its own. */
  readonly name?: string
  /** Of an object, in the order in which they are written. JSON's view: what upstream inlines lies beside the rest. */
  readonly fields: ReadonlyMap<string, Field>
  /** The same as `fields`, to be walked fast. */
  readonly ordered: readonly Field[]
  /** Of a list its items, of a map its values. */
  readonly items?: Schema
  readonly listType?: 'map' | 'set' | 'atomic'
  readonly mapKeys?: readonly string[]
  /** Of an object or a map: whether server-side apply owns it as a whole. */
  readonly mapType?: 'atomic' | 'granular'
  /** A kind with TypeMeta, hence a GVK. */
  readonly isKind?: boolean
  /** `discriminator:field,field`. */
  readonly union?: string

  // Only custom resources have what follows.
  readonly preserveUnknownFields?: boolean
  readonly nullable?: boolean
  /** What stands in where a null is no value: for items, and values of maps; fields have their own. */
  readonly default?: unknown
  readonly embeddedResource?: boolean
  readonly values?: ValueRules
}

/** The value validations of a custom resource's schema, as its definition has them. */
export interface ValueRules {
  readonly [keyword: string]: unknown
}

export interface Field {
  readonly name: string
  readonly schema: Schema
  readonly required: boolean
  /** A pointer in Go: absent and zero are two things. */
  readonly pointer: boolean
  /** Whether Go's JSON leaves out the zero value. */
  readonly omitZero: boolean
  /** A copy is due where it is more than a scalar. */
  readonly default?: unknown
  readonly patchStrategy?: 'merge' | 'retainKeys' | 'merge,retainKeys' | 'replace'
  readonly mergeKey?: string
}
