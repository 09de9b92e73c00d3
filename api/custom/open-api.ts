// What OpenAPI publishes of a custom kind: the definition's schema, with kind, apiVersion and metadata filled in. Pure.
import type { Json } from '../openapi/component.ts'
import type { PublishedKind } from '../openapi/v3.ts'
import type { AnyResource } from '../resource.ts'
import type { JSONSchemaProps } from '../types/apiextensions-v1.ts'

/** com.example.v1.Widget: what says where it comes from, from right to left. */
export const publishedName = ({ group, version, kind }: { group: string; version: string; kind: string }): string =>
  [...group.split('.').reverse(), version, kind].join('.')

const metaRef = {
  allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' }],
  description: 'What every object has: names, labels, owners.',
}
const resourceFields = {
  kind: { type: 'string', description: 'The kind of the object.' },
  apiVersion: { type: 'string', description: 'The group and version in which the object is written.' },
  metadata: metaRef,
}

const toJson = (props: JSONSchemaProps, isResource: boolean): Json => {
  const { properties, items, additionalProperties, ...rest } = props
  const out: Json = { ...rest }
  const below: Record<string, unknown> = Object.fromEntries(Object.entries(properties ?? {}).map(([name, child]) => [name, toJson(child, embeds(child))]))
  if (isResource) Object.assign(below, resourceFields)
  if (embeds(props)) out['required'] = ['kind', 'apiVersion', ...(props.required ?? []).filter(name => name !== 'kind' && name !== 'apiVersion')]
  if (props['x-kubernetes-int-or-string'] && !props.anyOf && !props.allOf) out['anyOf'] = [{ type: 'integer' }, { type: 'string' }]
  if (Object.keys(below).length) out['properties'] = below
  if (items !== undefined) out['items'] = Array.isArray(items) ? items : toJson(items, embeds(items))
  if (additionalProperties !== undefined)
    out['additionalProperties'] = typeof additionalProperties === 'object' ? toJson(additionalProperties, embeds(additionalProperties)) : additionalProperties
  return out
}
const embeds = (props: JSONSchemaProps): boolean => props['x-kubernetes-embedded-resource'] ?? false

export const toPublishedKind = (record: AnyResource): PublishedKind => {
  const { custom, group, version, kind } = record
  if (!custom) return { record }
  const schema = { ...toJson(custom.props, true), 'x-kubernetes-group-version-kind': [{ group, version, kind }] }
  return { record, custom: { name: publishedName(record), schema } }
}
