// The v2 document as gnostic's protobuf (openapiv2/OpenAPIv2.proto): the only form in which client-go asks for /openapi/v2.
import { ProtoWriter } from '../protobuf/writer.ts'
import type { Json } from './component.ts'

/** What clients accept (older ones write it so), and what the answer is called: `@` is no character of a media type. */
export const openApiV2ProtobufAccept = [
  'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
  'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
]
export const openApiV2ProtobufType = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

type Write = (writer: ProtoWriter, number: number, value: unknown) => void
/** Key in JSON, field number, how it is written. proto3: what is absent is not written. */
type Member = readonly [key: string, number: number, write: Write]

const string: Write = (w, n, v) => w.string(n, v as string)
const bool: Write = (w, n, v) => {
  if (v === true) w.int(n, 1)
}
const int: Write = (w, n, v) => w.int(n, v as number)
const double: Write = (w, n, v) => w.double(n, v as number)
const yaml: Write = (w, n, v) => within(w, n, () => w.string(2, JSON.stringify(v)))
const each =
  (write: Write): Write =>
  (w, n, v) => {
    for (const item of (v as unknown[]).toReversed()) write(w, n, item)
  }
const strings = each(string)

const within = (writer: ProtoWriter, number: number, write: () => void): void => {
  const before = writer.length
  write()
  writer.message(number, before)
}

const vendor = (writer: ProtoWriter, number: number, value: Json): void => {
  for (const [key, item] of Object.entries(value).reverse())
    if (key.startsWith('x-'))
      within(writer, number, () => {
        yaml(writer, 2, item)
        writer.string(1, key)
      })
}
/** Members must be in the order of their numbers; `extensions` is the number of the vendor extensions. */
const writeMembers = (writer: ProtoWriter, members: readonly Member[], value: Json, extensions?: number): void => {
  if (extensions !== undefined) vendor(writer, extensions, value)
  for (const [key, number, write] of members.toReversed()) if (value[key] !== undefined) write(writer, number, value[key])
}
const message =
  (members: () => readonly Member[], extensions?: number): Write =>
  (w, n, v) =>
    within(w, n, () => writeMembers(w, members(), v as Json, extensions))
/** A map: its entries are messages {name 1, value 2}. */
const entries =
  (value: Write): Write =>
  (w, n, v) => {
    for (const [name, item] of Object.entries(v as Json).reverse())
      within(w, n, () => {
        value(w, 2, item)
        w.string(1, name)
      })
  }
/** The same, in a message of its own. */
const wrapped =
  (value: Write): Write =>
  (w, n, v) =>
    within(w, n, () => entries(value)(w, 1, v))

const schema: Write = message(() => schemaMembers, 31)
const schemaMembers: readonly Member[] = [
  ['$ref', 1, string],
  ['format', 2, string],
  ['title', 3, string],
  ['description', 4, string],
  ['default', 5, yaml],
  ['multipleOf', 6, double],
  ['maximum', 7, double],
  ['exclusiveMaximum', 8, bool],
  ['minimum', 9, double],
  ['exclusiveMinimum', 10, bool],
  ['maxLength', 11, int],
  ['minLength', 12, int],
  ['pattern', 13, string],
  ['maxItems', 14, int],
  ['minItems', 15, int],
  ['uniqueItems', 16, bool],
  ['maxProperties', 17, int],
  ['minProperties', 18, int],
  ['required', 19, strings],
  ['enum', 20, each(yaml)],
  [
    'additionalProperties',
    21,
    (w, n, v) =>
      within(w, n, () => {
        if (typeof v === 'boolean') bool(w, 2, v)
        else schema(w, 1, v)
      }),
  ],
  ['type', 22, (w, n, v) => within(w, n, () => string(w, 1, v))],
  [
    'items',
    23,
    (w, n, v) =>
      within(w, n, () => {
        for (const item of [v].flat().toReversed()) schema(w, 1, item)
      }),
  ],
  ['allOf', 24, each(schema)],
  ['properties', 25, wrapped(schema)],
]

const bodyParameter = message(
  () => [
    ['description', 1, string],
    ['name', 2, string],
    ['in', 3, string],
    ['required', 4, bool],
    ['schema', 5, schema],
  ],
  6,
)
const queryParameter = message(
  () => [
    ['required', 1, bool],
    ['in', 2, string],
    ['description', 3, string],
    ['name', 4, string],
    ['type', 6, string],
    ['uniqueItems', 20, bool],
  ],
  23,
)
const pathParameter = message(
  () => [
    ['required', 1, bool],
    ['in', 2, string],
    ['description', 3, string],
    ['name', 4, string],
    ['type', 5, string],
    ['uniqueItems', 19, bool],
  ],
  22,
)
const parameter: Write = (w, n, v) =>
  within(w, n, () =>
    within(w, 1, () => {
      const where = (v as Json)['in']
      if (where === 'body') bodyParameter(w, 1, v)
      else
        within(w, 2, () => {
          if (where === 'path') pathParameter(w, 4, v)
          else queryParameter(w, 3, v)
        })
    }),
  )

const response: Write = (w, n, v) => within(w, n, () => writeResponse(w, 1, v))
const writeResponse = message(
  () => [
    ['description', 1, string],
    ['schema', 2, (w, n, v) => within(w, n, () => schema(w, 1, v))],
  ],
  5,
)
const operation = message(
  () => [
    ['tags', 1, strings],
    ['description', 3, string],
    ['operationId', 5, string],
    ['produces', 6, strings],
    ['consumes', 7, strings],
    ['parameters', 8, each(parameter)],
    ['responses', 9, wrapped(response)],
    ['schemes', 10, strings],
  ],
  13,
)
const pathItem = message(
  () => [
    ['get', 2, operation],
    ['put', 3, operation],
    ['post', 4, operation],
    ['delete', 5, operation],
    ['options', 6, operation],
    ['head', 7, operation],
    ['patch', 8, operation],
    ['parameters', 9, each(parameter)],
  ],
  10,
)

const info = message(() => [
  ['title', 1, string],
  ['version', 2, string],
])
const apiKey = message(() => [
  ['type', 1, string],
  ['name', 2, string],
  ['in', 3, string],
  ['description', 4, string],
])
const documentMembers: readonly Member[] = [
  ['swagger', 1, string],
  ['info', 2, info],
  ['paths', 8, (w, n, v) => within(w, n, () => entries(pathItem)(w, 2, v))],
  ['definitions', 9, wrapped(schema)],
  ['securityDefinitions', 13, wrapped((w, n, v) => within(w, n, () => apiKey(w, 2, v)))],
]

/** `document` is what openApiV2Document made. */
export const encodeOpenApiV2 = (document: Json): Buffer => {
  const writer = new ProtoWriter(1 << 20)
  writeMembers(writer, documentMembers, document)
  return writer.finish()
}
