// What discovery knows of a group version that a Service behind serves. Pure.

export interface RemoteVersion {
  readonly group: string
  readonly version: string
  readonly groupPriority: number
  readonly versionPriority: number
  /** Whether the Service answered when it was last asked; what it said before stays. */
  readonly fresh: boolean
  /** As in an APIGroupDiscovery of apidiscovery.k8s.io. */
  readonly resources: readonly AggregatedResource[]
}

interface ResponseKind {
  group: string
  version: string
  kind: string
}

export interface AggregatedResource {
  resource: string
  responseKind: ResponseKind
  scope: 'Namespaced' | 'Cluster'
  singularResource: string
  verbs: readonly string[]
  shortNames?: readonly string[]
  categories?: readonly string[]
  subresources?: { subresource: string; responseKind: ResponseKind; verbs: readonly string[] }[]
}

interface ApiResource {
  name: string
  singularName?: string
  namespaced?: boolean
  group?: string
  version?: string
  kind: string
  verbs?: string[]
  shortNames?: string[]
  categories?: string[]
}

const isApiResource = (value: unknown): value is ApiResource => {
  const { name, kind } = (value ?? {}) as Partial<ApiResource>
  return typeof name === 'string' && typeof kind === 'string'
}

/** From an APIResourceList; undefined for what is none. */
export const toAggregatedResources = (list: unknown): AggregatedResource[] | undefined => {
  const { kind, resources } = (list ?? {}) as { kind?: unknown; resources?: unknown }
  if (kind !== 'APIResourceList' || !Array.isArray(resources)) return undefined
  const found = new Map<string, AggregatedResource>()
  for (const r of resources.filter(isApiResource)) {
    const responseKind = { group: r.group ?? '', version: r.version ?? '', kind: r.kind }
    const verbs = r.verbs ?? []
    const [resource = '', ...rest] = r.name.split('/')
    const parent = found.get(resource)
    if (!rest.length)
      found.set(resource, {
        resource,
        responseKind,
        scope: r.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: r.singularName ?? '',
        verbs,
        ...(r.shortNames?.length && { shortNames: r.shortNames }),
        ...(r.categories?.length && { categories: r.categories }),
        ...(parent?.subresources && { subresources: parent.subresources }),
      })
    else if (parent) (parent.subresources ??= []).push({ subresource: rest.join('/'), responseKind, verbs })
  }
  return [...found.values()]
}
