// Finds what type the objects of a resource have: of a built-in kind from the schema table, of a custom one from what the API server publishes
// (discovery and OpenAPI), which anybody may read.
import { kindType } from '../../api/cel/kind-type.ts'
import { builtinKinds } from '../../api/kinds/registry.ts'
import type { AnyResource } from '../../api/resource.ts'
import { schemaFromDefinition } from '../../api/schema/from-definition.ts'
import { schemaByName } from '../../api/schema/table.ts'
import { isReason } from '../../api/status.ts'
import type { JSONSchemaProps } from '../../api/types/apiextensions-v1.ts'
import type { ApiClient } from '../../client/types.ts'
import type { ResourceRef, TypedKind } from './compute-warnings.ts'

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string }[]
}
interface Document {
  readonly components?: { readonly schemas?: Readonly<Record<string, JSONSchemaProps & Readonly<Record<string, unknown>>>> }
}
interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const labelOf = ({ group, version, kind }: Kind): string => `${group ? `${group}/${version}` : version}, Kind=${kind}`

const ofBuiltin = (found: AnyResource | undefined): TypedKind | undefined => {
  const schema = found && schemaByName(found.schema)
  return found && schema && { label: labelOf(found), type: kindType(schema, found.kind) }
}

export class KindTypes {
  readonly #client: ApiClient
  constructor(client: ApiClient) {
    this.#client = client
  }

  async ofResource({ group, version, resource }: ResourceRef, signal: AbortSignal): Promise<TypedKind | undefined> {
    const builtin = builtinKinds.find(k => k.group === group && k.version === version && k.plural === resource)
    if (builtin || group === '') return ofBuiltin(builtin)
    const list = (await this.#read(`/apis/${group}/${version}`, signal)) as ResourceList | undefined
    const kind = list?.resources.find(r => r.name === resource)?.kind
    return kind === undefined ? undefined : this.#ofCustom({ group, version, kind }, signal)
  }

  async ofKind(apiVersion: string, kind: string, signal: AbortSignal): Promise<TypedKind | undefined> {
    const [version = '', group = ''] = apiVersion.split('/').reverse()
    const builtin = builtinKinds.find(k => k.group === group && k.version === version && k.kind === kind)
    return builtin || group === '' ? ofBuiltin(builtin) : this.#ofCustom({ group, version, kind }, signal)
  }

  async #ofCustom(kind: Kind, signal: AbortSignal): Promise<TypedKind | undefined> {
    const document = (await this.#read(`/openapi/v3/apis/${kind.group}/${kind.version}`, signal)) as Document | undefined
    const isIt = (own: unknown): boolean =>
      (own as Kind[] | undefined)?.some(k => k.group === kind.group && k.version === kind.version && k.kind === kind.kind) ?? false
    const schema = Object.values(document?.components?.schemas ?? {}).find(s => isIt(s['x-kubernetes-group-version-kind']))
    return schema && { label: labelOf(kind), type: kindType(schemaFromDefinition(schema), kind.kind) }
  }

  /** Nothing where there is no such group, version or document. */
  async #read(path: string, signal: AbortSignal): Promise<unknown> {
    return this.#client.raw('GET', path, undefined, signal).catch((error: unknown) => {
      if (isReason(error, 'NotFound')) return undefined
      throw error
    })
  }
}
