// A kind is one record. Storage, routing, discovery, OpenAPI, tables, validation, patch semantics and typed clients derive from it
// and from the schema table. A CRD becomes such a record at run time. Pure: hooks decide, they perform nothing.
import type { FieldError } from './field-error.ts'
import type { CustomKind } from './custom/record.ts'
import type { KubeObject } from './object.ts'

/** meta.k8s.io TableRowCondition. */
export interface RowCondition {
  readonly type: 'Completed'
  readonly status: 'True'
  readonly reason: string
  readonly message: string
}

export type Cell = string | number | boolean | null | undefined

/** One column of `kubectl get`. Upstream's order, names and types. */
export interface Column<T> {
  name: string
  type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  /** 'name' for the Name column, else ''. */
  format?: string
  description?: string
  /** 0 is always shown, 1 with `-o wide`. */
  priority?: 0 | 1
  /** Rows have the cell, but the table does not define the column. */
  undefinedInTable?: true
  /** `nowMs` is for ages. */
  value: (object: T, nowMs: number) => Cell
}

export interface ScaleMapping<T> {
  /** spec.replicas, status.replicas and the serialized selector of autoscaling/v1 Scale. */
  read: (object: T) => { spec: number; status: number; selector?: string }
  write: (object: T, replicas: number) => void
  /** Where the replicas asked for are; `.spec.replicas` by default. */
  readonly specPath?: string
}

export interface WriteContext {
  readonly operation: 'create' | 'update'
  readonly subresource?: string
  readonly nowMs: number
  /** Adds a Warning header (299) to the answer. */
  readonly warn?: (text: string) => void
}

/**
 * Hooks run in this order on a decoded, private, mutable object:
 * schema decode → schema defaults → `default` → mutating admission → `prepare` → `validate` → validating admission → `canonicalize` → stored.
 * On update `old` is the stored object (frozen).
 */
export interface ResourceDefinition<T extends KubeObject = KubeObject> {
  group: string
  version: string
  kind: string
  plural: string
  singular?: string
  listKind?: string
  shortNames?: readonly string[]
  categories?: readonly string[]
  namespaced: boolean
  /** Name in the schema table, e.g. io.k8s.api.core.v1.Pod; by default derived from group, version and kind. */
  schema?: string
  /** Where objects lie in the store; by default `/registry/<plural>/`. */
  storagePrefix?: string
  /** By default create, delete, deletecollection, get, list, patch, update, watch. Reviews have only create. */
  verbs?: readonly string[]
  columns?: readonly Column<T>[]
  /** In which order a Table has the objects of a list; by default in that of the list. */
  tableOrder?: (a: T, b: T) => number
  /** What a client may leave a Table's row out for. */
  rowConditions?: (object: T) => readonly RowCondition[] | undefined
  /** Field selectors beside metadata.name and metadata.namespace. */
  selectableFields?: Readonly<Record<string, (object: T) => string>>
  /** How metadata.name is judged: by default a DNS subdomain. */
  validateName?: (name: string) => string[]
  /** Which judgement of metadata upstream's rules of this kind repeat on update (each fault then counts again); by default both. */
  metadataChecks?: 'object' | 'objectTwice' | 'update' | 'both' | 'none'
  /** generateName is not judged where there is a name. */
  anyGenerateName?: boolean
  /** Defaults that depend on other fields; scalar ones are in the schema table. */
  default?: (object: T) => void
  /** Drops what the writer must not set (status on the main resource, spec on /status), sets generation, and so on. */
  prepare?: (object: T, old: T | undefined, context: WriteContext) => void
  validate?: (object: T, old: T | undefined, context: WriteContext) => FieldError[]
  canonicalize?: (object: T) => void
  /** Warning headers (299) for what is accepted but unwise. */
  warnings?: (object: T, old: T | undefined) => string[]
  /** Has /status; the object must have the fields spec and status. */
  status?: boolean
  /** Whether `metadata.generation` is kept by the server (bumped when anything but metadata and status changed). */
  generation?: boolean
  scale?: ScaleMapping<T>
  /** PUT to a missing object creates it. */
  createOnUpdate?: boolean
  /** PUT without resourceVersion is accepted (default true). */
  unconditionalUpdate?: boolean
  /** DELETE answers the object instead of a Status. */
  deleteAnswersObject?: boolean
  defaultPropagation?: 'Background' | 'Orphan'
  /** Grace in seconds when the client names none; undefined: deleted at once. */
  defaultGraceSeconds?: (object: T) => number | undefined
  /** Seconds after which the store forgets the object (Events). */
  ttlSeconds?: number
  /** What a CustomResourceDefinition brings in the place of the schema table. */
  custom?: CustomKind
  /** A Warning header (299) of every request to this version. */
  deprecationWarning?: string
  /** Why nothing new may be made just now, as the end of a sentence. */
  createRefusal?: string
}

/** A completed record. */
export interface Resource<T extends KubeObject = KubeObject> extends ResourceDefinition<T> {
  readonly apiVersion: string
  readonly singular: string
  readonly listKind: string
  readonly schema: string
  readonly storagePrefix: string
  readonly verbs: readonly string[]
  /** `plural` or `plural.group`: unique in a cluster. */
  readonly id: string
}

const schemaPackages: Readonly<Record<string, string>> = {
  '': 'io.k8s.api.core',
  'rbac.authorization.k8s.io': 'io.k8s.api.rbac',
  'flowcontrol.apiserver.k8s.io': 'io.k8s.api.flowcontrol',
  'apiextensions.k8s.io': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  'apiregistration.k8s.io': 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
}
const allVerbs = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const

export const defineResource = <T extends KubeObject>(d: ResourceDefinition<T>): Resource<T> => ({
  ...d,
  apiVersion: d.group ? `${d.group}/${d.version}` : d.version,
  singular: d.singular ?? d.kind.toLowerCase(),
  listKind: d.listKind ?? `${d.kind}List`,
  schema: d.schema ?? `${schemaPackages[d.group] ?? `io.k8s.api.${d.group.split('.')[0] ?? ''}`}.${d.version}.${d.kind}`,
  storagePrefix: d.storagePrefix ?? `/registry/${d.plural}/`,
  verbs: d.verbs ?? allVerbs,
  id: d.group ? `${d.plural}.${d.group}` : d.plural,
})

/** A record whose object type does not matter to the reader. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- hooks take T contravariantly; registries hold records of every T
export type AnyResource = Resource<any>
