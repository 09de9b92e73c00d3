// OpenAPI v3: one document per group version, from the records and the schema table, and the index that names them with their hashes.
import { createHash } from 'node:crypto'
import type { AnyResource } from '../resource.ts'
import { builtinSchemas, schemaByName } from '../schema/table.ts'
import { tableTexts } from '../types/table-texts.ts'
import { type Describe, type Json, refsIn, refTo, toComponent } from './component.ts'
import { idPart, operation, pathsOf, tagOf } from './operations.ts'

/** A kind to publish. Custom resources bring their components; built-in ones have theirs in the table. */
export interface PublishedKind {
  readonly record: AnyResource
  readonly custom?: {
    /** io.example.v1.Widget */
    readonly name: string
    /** The definition's openAPIV3Schema, with kind, apiVersion and metadata filled in. */
    readonly schema: Json
  }
}
export interface PublishedGroup {
  readonly group: string
  readonly version: string
  readonly kinds: readonly PublishedKind[]
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.'
/** These belong to every group that uses them. */
const shared = new Set([`${meta}DeleteOptions`, `${meta}WatchEvent`])
const silent: Describe = () => undefined

export const pathOf = ({ group, version }: { group: string; version: string }): string => (group ? `apis/${group}/${version}` : `api/${version}`)

const kindsOf = (name: string, group: { group: string; version: string }): { group: string; version: string; kind: string }[] => {
  const schema = schemaByName(name)
  if (!schema?.isKind) return []
  const kind = name.slice(name.lastIndexOf('.') + 1)
  const own = builtinSchemas.groupVersionOf(name)
  return [{ ...own, kind }, ...(shared.has(name) && group.group !== '' ? [{ group: group.group, version: group.version, kind }] : [])]
}

const listOf = (record: AnyResource, item: string): Json => ({
  type: 'object',
  required: ['items'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    items: { type: 'array', items: refTo(item) },
    metadata: { allOf: [refTo(`${meta}ListMeta`)] },
  },
  'x-kubernetes-group-version-kind': [{ group: record.group, version: record.version, kind: record.listKind }],
})

/** Everything that `parts` refers to, and what that refers to. */
const collectComponents = (parts: unknown, custom: Readonly<Record<string, Json>>, group: PublishedGroup, describe: Describe): Record<string, Json> => {
  const components: Record<string, Json> = {}
  const open = [...refsIn(parts)]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (components[name]) continue
    const schema = schemaByName(name)
    const component = custom[name] ?? (schema ? toComponent(schema, kindsOf(name, group), describe) : { type: 'object' })
    components[name] = component
    open.push(...refsIn(component))
  }
  return Object.fromEntries(Object.entries(components).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** Takes some milliseconds for the core group: build it when it is asked for, and keep the bytes. */
export const openApiV3Document = (group: PublishedGroup, describe: Describe = silent): Json => {
  const custom: Record<string, Json> = {}
  const base = `/${pathOf(group)}/`
  const fromDefinitions = group.kinds.every(kind => kind.custom)
  const paths: Record<string, Json> = fromDefinitions
    ? {}
    : {
        [base]: {
          get: operation(tagOf(group), {
            id: `get${idPart(group)}APIResources`,
            gvk: { ...group, kind: '' },
            parameters: [],
            answer: refTo(`${meta}APIResourceList`),
          }),
        },
      }
  for (const { record, custom: own } of group.kinds) {
    const name = own?.name ?? record.schema
    const listName = `${name.slice(0, name.lastIndexOf('.') + 1)}${record.listKind}`
    if (own) Object.assign(custom, { [name]: own.schema, [listName]: listOf(record, name) })
    Object.assign(paths, pathsOf(record, name, listName))
  }
  return {
    openapi: '3.0.0',
    info: fromDefinitions ? { title: 'Kubernetes CRD Swagger', version: 'v0.1.0' } : { title: 'Kubernetes', version: 'unversioned' },
    paths: Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1))),
    components: {
      schemas: collectComponents(paths, custom, group, describe),
      ...(!fromDefinitions && { securitySchemes: { BearerToken: { description: 'a bearer token', in: 'header', name: 'authorization', type: 'apiKey' } } }),
    },
  }
}

const tableHash = (): Buffer => createHash('sha256').update(JSON.stringify(tableTexts)).digest()

/** Changes when a group's document does; made without the document. `release` is the version of the program. */
export const openApiHash = (group: PublishedGroup, release: string, table = tableHash()): string => {
  const hash = createHash('sha256').update(release).update(table)
  for (const { record, custom } of group.kinds)
    hash.update(
      JSON.stringify([
        record.id,
        record.version,
        record.kind,
        record.listKind,
        record.namespaced,
        record.verbs,
        record.status,
        record.scale !== undefined,
        custom,
      ]),
    )
  return hash.digest('hex').toUpperCase()
}

/** The answer of /openapi/v3. */
export const openApiV3Index = (groups: readonly PublishedGroup[], release: string): { paths: Record<string, { serverRelativeURL: string }> } => {
  const table = tableHash()
  return { paths: Object.fromEntries(groups.map(g => [pathOf(g), { serverRelativeURL: `/openapi/v3/${pathOf(g)}?hash=${openApiHash(g, release, table)}` }])) }
}

/** Records by group version, in their order. */
export const toPublishedGroups = (kinds: readonly PublishedKind[]): PublishedGroup[] => {
  const groups = new Map<string, { group: string; version: string; kinds: PublishedKind[] }>()
  for (const kind of kinds) {
    const { group, version } = kind.record
    const key = `${group}/${version}`
    if (!groups.has(key)) groups.set(key, { group, version, kinds: [] })
    groups.get(key)!.kinds.push(kind)
  }
  return [...groups.values()]
}
