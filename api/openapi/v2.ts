// OpenAPI v2 (Swagger): one document of everything, converted from the v3 documents. Defaults and oneOf are not part of it.
import { type Describe, type Json } from './component.ts'
import type { Parameter } from './parameters.ts'
import { openApiV3Document, type PublishedGroup } from './v3.ts'

const schemaV2 = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(schemaV2)
  if (typeof value !== 'object' || value === null) return value
  const { allOf, oneOf, default: _default, nullable: _nullable, $ref, properties, ...rest } = value as Json
  const out: Json = {}
  for (const [key, item] of Object.entries(rest)) out[key] = key.startsWith('x-kubernetes-') || key === 'enum' || key === 'required' ? item : schemaV2(item)
  if (typeof properties === 'object' && properties !== null)
    out['properties'] = Object.fromEntries(Object.entries(properties).map(([name, item]) => [name, schemaV2(item)]))
  const ref = $ref ?? ((allOf as Json[] | undefined)?.length === 1 ? (allOf as Json[])[0]!['$ref'] : undefined)
  if (typeof ref === 'string') out['$ref'] = ref.replace('#/components/schemas/', '#/definitions/')
  if (Array.isArray(oneOf)) out['type'] = 'string' // a quantity, or a number that may be a name
  return out
}

const parameterV2 = ({ schema, ...rest }: Parameter): Json => ({ ...rest, ...schema })

const operationV2 = (operation: Json): Json => {
  const {
    parameters = [],
    requestBody,
    responses,
    ...rest
  } = operation as Json & { parameters?: Parameter[]; requestBody?: { content: Record<string, { schema: Json }>; required?: boolean } }
  const answers = responses as Record<string, { description: string; content?: Record<string, { schema: Json }> }>
  const body = requestBody && Object.values(requestBody.content)[0]
  return {
    ...rest,
    consumes: requestBody ? Object.keys(requestBody.content) : ['*/*'],
    produces: Object.keys(answers['200']?.content ?? {}),
    schemes: ['https'],
    parameters: [
      ...(body ? [{ in: 'body', name: 'body', ...(requestBody.required && { required: true }), schema: schemaV2(body.schema) }] : []),
      ...parameters.map(parameterV2),
    ],
    responses: Object.fromEntries(
      Object.entries(answers).map(([code, { description, content }]) => {
        const schema = content && Object.values(content)[0]?.schema
        return [code, { description, ...(schema && { schema: schemaV2(schema) }) }]
      }),
    ),
  }
}

const pathV2 = (path: Json): Json =>
  Object.fromEntries(
    Object.entries(path).map(([method, value]) => [method, method === 'parameters' ? (value as Parameter[]).map(parameterV2) : operationV2(value as Json)]),
  )

const kindsKey = 'x-kubernetes-group-version-kind'
/** A type that every group's document has, with the kinds it is in all of them. */
const mergeKinds = (known: Json, other: Json): void => {
  const kinds = (known[kindsKey] ?? []) as Json[]
  const have = new Set(kinds.map(k => JSON.stringify(k)))
  const more = ((other[kindsKey] ?? []) as Json[]).filter(k => !have.has(JSON.stringify(k)))
  if (more.length) known[kindsKey] = [...kinds, ...more]
}

/** Takes a tenth of a second: yields between groups. */
export const openApiV2Document = async (groups: readonly PublishedGroup[], gitVersion: string, describe?: Describe): Promise<Json> => {
  const paths: Json = {}
  const definitions: Record<string, Json> = {}
  for (const group of groups) {
    const v3 = openApiV3Document(group, describe) as { paths: Record<string, Json>; components: { schemas: Record<string, Json> } }
    for (const [path, item] of Object.entries(v3.paths)) paths[path] = pathV2(item)
    for (const [name, schema] of Object.entries(v3.components.schemas)) {
      const known = definitions[name]
      if (known) mergeKinds(known, schema)
      else definitions[name] = schemaV2(schema) as Json
    }
    await new Promise<void>(resolve => setImmediate(resolve))
  }
  return {
    swagger: '2.0',
    info: { title: 'Kubernetes', version: gitVersion },
    paths,
    definitions: Object.fromEntries(Object.entries(definitions).sort(([a], [b]) => (a < b ? -1 : 1))),
    securityDefinitions: { BearerToken: { description: 'a bearer token', in: 'header', name: 'authorization', type: 'apiKey' } },
    security: [{ BearerToken: [] }],
  }
}
