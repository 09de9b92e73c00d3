// What a client can do with one kind: the paths of its record, with upstream's operation ids, actions and GVKs.
import type { AnyResource } from '../resource.ts'
import { type Json, refTo } from './component.ts'
import {
  connectParameters,
  deleteCollectionParameters,
  deleteParameters,
  hoistParameters,
  listParameters,
  logParameters,
  namespaceParameter,
  nameParameter,
  type Parameter,
  patchParameters,
  pathParameter,
  pretty,
  versionParameter,
  writeParameters,
} from './parameters.ts'
import { subresourcePaths, type SubresourcePath } from './subresource-paths.ts'

export interface Gvk {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1.'
const plainTypes = ['application/json', 'application/vnd.kubernetes.protobuf', 'application/yaml']
const watchTypes = [
  'application/json',
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf',
  'application/vnd.kubernetes.protobuf;stream=watch',
  'application/yaml',
]
/** Custom resources have no protobuf, and nothing that a strategic merge would go by: kubectl looks for that here. */
const customTypes = ['application/json', 'application/yaml']
const patchTypes = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json', 'application/strategic-merge-patch+json']
const proxyMethods = ['delete', 'get', 'head', 'options', 'patch', 'post', 'put']

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
/** rbac.authorization.k8s.io → RbacAuthorization; the core group is Core. */
const groupName = (group: string): string =>
  group === ''
    ? 'Core'
    : group
        .replace(/\.k8s\.io$/, '')
        .split(/[.-]/)
        .map(capital)
        .join('')
const uncapital = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1)
export const tagOf = ({ group, version }: { group: string; version: string }): string => `${uncapital(groupName(group))}_${version}`
export const idPart = ({ group, version }: { group: string; version: string }): string => `${groupName(group)}${capital(version)}`

const content = (types: readonly string[], schema: Json): Json => ({ content: Object.fromEntries(types.map(type => [type, { schema }])) })
const statusWords: Readonly<Record<number, string>> = { 200: 'OK', 201: 'Created', 202: 'Accepted' }
const answers = (codes: readonly number[], types: readonly string[], schema: Json): Json => ({
  ...Object.fromEntries(codes.map(code => [code, { description: statusWords[code], ...content(types, schema) }])),
  401: { description: 'Unauthorized' },
})

interface OperationSpec {
  id: string
  action?: string
  gvk: Gvk
  parameters: readonly Parameter[]
  codes?: readonly number[]
  types?: readonly string[]
  answer: Json
  body?: Json
}

export const operation = (tag: string, o: OperationSpec, responses = answers(o.codes ?? [200], o.types ?? plainTypes, o.answer)): Json => ({
  tags: [tag],
  operationId: o.id,
  parameters: o.parameters,
  ...(o.body && { requestBody: o.body }),
  responses,
  ...(o.action !== undefined && { 'x-kubernetes-action': o.action, 'x-kubernetes-group-version-kind': o.gvk }),
})
const body = (types: readonly string[], schema: string, required = true): Json => ({ ...content(types, refTo(schema)), ...(required && { required }) })

/** All operations on one object or collection of a kind; `at` are the parameters of its path. */
class Operations {
  readonly #tag: string
  readonly #part: string
  /** The same answers come back in every operation of a kind: one object each. */
  readonly #answers = new Map<string, Json>()
  readonly #custom: boolean
  readonly #bodyTypes: readonly string[]
  constructor(record: AnyResource) {
    this.#custom = record.custom !== undefined
    this.#bodyTypes = this.#custom ? customTypes : ['*/*']
    this.#tag = tagOf(record)
    this.#part = idPart(record)
  }

  #operation(o: OperationSpec): Json {
    const { codes = [200], answer } = o
    const types = this.#custom ? customTypes : (o.types ?? plainTypes)
    const key = `${codes.join()} ${types.join()} ${String(answer['$ref'])}`
    let responses = this.#answers.get(key)
    if (!responses) this.#answers.set(key, (responses = answers(codes, types, answer)))
    return operation(this.#tag, o, responses)
  }
  #id(verb: string, rest: string): string {
    return `${verb}${this.#part}${rest}`
  }

  read(rest: string, gvk: Gvk, schema: string, at: readonly Parameter[]): Json {
    return this.#operation({ id: this.#id('read', rest), action: 'get', gvk, parameters: this.#custom ? [...at, versionParameter] : at, answer: refTo(schema) })
  }
  list(rest: string, gvk: Gvk, schema: string, at: readonly Parameter[]): Json {
    return this.#operation({
      id: this.#id('list', rest),
      action: 'list',
      gvk,
      parameters: [...at, ...listParameters],
      types: watchTypes,
      answer: refTo(schema),
    })
  }
  create(rest: string, gvk: Gvk, schema: string, at: readonly Parameter[]): Json {
    return this.#operation({
      id: this.#id('create', rest),
      action: 'post',
      gvk,
      parameters: [...at, ...writeParameters],
      codes: [200, 201, 202],
      answer: refTo(schema),
      body: body(this.#bodyTypes, schema),
    })
  }
  replace(rest: string, gvk: Gvk, schema: string, at: readonly Parameter[]): Json {
    return this.#operation({
      id: this.#id('replace', rest),
      action: 'put',
      gvk,
      parameters: [...at, ...writeParameters],
      codes: [200, 201],
      answer: refTo(schema),
      body: body(this.#bodyTypes, schema),
    })
  }
  patch(rest: string, gvk: Gvk, schema: string, at: readonly Parameter[]): Json {
    return this.#operation({
      id: this.#id('patch', rest),
      action: 'patch',
      gvk,
      parameters: [...at, ...patchParameters],
      codes: this.#custom ? [200] : [200, 201],
      answer: refTo(schema),
      body: body(this.#custom ? patchTypes.slice(0, 3) : patchTypes, `${meta}Patch`),
    })
  }
  delete(rest: string, gvk: Gvk, schema: string, at: readonly Parameter[]): Json {
    return this.#operation({
      id: this.#id('delete', rest),
      action: 'delete',
      gvk,
      parameters: [...at, ...deleteParameters],
      codes: [200, 202],
      answer: refTo(schema),
      body: body(this.#bodyTypes, `${meta}DeleteOptions`, false),
    })
  }
  deleteCollection(rest: string, gvk: Gvk, at: readonly Parameter[]): Json {
    return this.#operation({
      id: this.#id('delete', `Collection${rest}`),
      action: 'deletecollection',
      gvk,
      parameters: [...at, ...(this.#custom ? listParameters : deleteCollectionParameters)],
      answer: refTo(`${meta}Status`),
      ...(!this.#custom && { body: body(this.#bodyTypes, `${meta}DeleteOptions`, false) }),
    })
  }
  watch(rest: string, gvk: Gvk, action: 'watch' | 'watchlist', at: readonly Parameter[]): Json {
    return this.#operation({
      id: this.#id('watch', rest),
      action,
      gvk,
      parameters: [...at, ...listParameters],
      types: watchTypes,
      answer: refTo(`${meta}WatchEvent`),
    })
  }
  connect(method: string, rest: string, gvk: Gvk, at: readonly Parameter[]): Json {
    return this.#operation({
      id: this.#id('connect', `${capital(method)}${rest}`),
      action: 'connect',
      gvk,
      parameters: at,
      types: ['*/*'],
      answer: { type: 'string' },
    })
  }
  log(rest: string, gvk: Gvk, at: readonly Parameter[]): Json {
    return this.#operation({
      id: this.#id('read', rest),
      action: 'get',
      gvk,
      parameters: [...at, ...logParameters],
      types: [...plainTypes, 'text/plain'],
      answer: { type: 'string' },
    })
  }
}

const defined = (operations: Record<string, Json | false>): Record<string, Json> =>
  Object.fromEntries(Object.entries(operations).filter((entry): entry is [string, Json] => entry[1] !== false))

/** `schemaName` is the component of the kind, `listName` that of its list, `scaleName` that of autoscaling/v1 Scale. */
export const pathsOf = (record: AnyResource, schemaName: string, listName: string): Record<string, Json> => {
  const { group, version, kind, plural, namespaced, verbs } = record
  const gvk: Gvk = { group, version, kind }
  const ops = new Operations(record)
  const base = group ? `/apis/${group}/${version}` : `/api/${version}`
  const space = namespaced ? '/namespaces/{namespace}' : ''
  const spaced = namespaced ? `Namespaced${kind}` : kind
  const at: Parameter[] = namespaced ? [namespaceParameter, pretty] : [pretty]
  const one = [nameParameter(kind), ...at]
  const has = (verb: string): boolean => verbs.includes(verb)
  const paths: Record<string, Json> = {}
  const add = (path: string, operations: Record<string, Json | false>): void => {
    const kept = defined(operations)
    if (Object.keys(kept).length) paths[path] = hoistParameters(kept)
  }

  add(`${base}${space}/${plural}`, {
    get: has('list') && ops.list(spaced, gvk, listName, at),
    post: has('create') && ops.create(spaced, gvk, schemaName, at),
    delete: has('deletecollection') && ops.deleteCollection(spaced, gvk, at),
  })
  add(`${base}${space}/${plural}/{name}`, {
    get: has('get') && ops.read(spaced, gvk, schemaName, one),
    put: has('update') && ops.replace(spaced, gvk, schemaName, one),
    patch: has('patch') && ops.patch(spaced, gvk, schemaName, one),
    delete: has('delete') && ops.delete(spaced, gvk, record.deleteAnswersObject ? schemaName : `${meta}Status`, one),
  })
  if (namespaced && has('list')) add(`${base}/${plural}`, { get: ops.list(`${kind}ForAllNamespaces`, gvk, listName, [pretty]) })
  if (has('watch') && !record.custom) {
    add(`${base}/watch${space}/${plural}`, { get: ops.watch(`${spaced}List`, gvk, 'watchlist', at) })
    add(`${base}/watch${space}/${plural}/{name}`, { get: ops.watch(spaced, gvk, 'watch', one) })
    if (namespaced) add(`${base}/watch/${plural}`, { get: ops.watch(`${kind}ListForAllNamespaces`, gvk, 'watchlist', [pretty]) })
  }
  for (const sub of subresourcesOf(record)) {
    const path = `${base}${space}/${plural}/{name}/${sub.name}`
    const rest = `${spaced}${capital(sub.name)}`
    const subGvk = sub.gvk ?? gvk
    const schema = sub.schema ?? schemaName
    const subOne = [nameParameter(subGvk.kind), ...at]
    if (sub.connect) {
      const streamAt = [...subOne.filter(p => p !== pretty), ...(connectParameters[subGvk.kind] ?? [])]
      const methods = sub.connect === 'proxy' ? proxyMethods : sub.methods
      add(path, Object.fromEntries(methods.map(method => [method, ops.connect(method, rest, subGvk, streamAt)])))
      if (sub.connect === 'proxy')
        add(`${path}/{path}`, Object.fromEntries(methods.map(method => [method, ops.connect(method, `${rest}WithPath`, subGvk, [...streamAt, pathParameter])])))
    } else if (sub.name === 'log')
      add(path, {
        get: ops.log(
          rest,
          subGvk,
          subOne.filter(p => p !== pretty),
        ),
      })
    else {
      const may = (method: SubresourcePath['methods'][number]): boolean => sub.methods.includes(method)
      add(path, {
        get: may('get') && ops.read(rest, subGvk, schema, subOne),
        put: may('put') && ops.replace(rest, subGvk, schema, subOne),
        post: may('post') && ops.create(rest, subGvk, schema, subOne),
        patch: may('patch') && ops.patch(rest, subGvk, schema, subOne),
      })
    }
  }
  return paths
}

const subresourcesOf = (record: AnyResource): SubresourcePath[] => [
  ...subresourcePaths.filter(s => s.of === record.id),
  ...(record.status ? [{ of: record.id, name: 'status', methods: ['get', 'put', 'patch'] as const }] : []),
  ...(record.scale
    ? [
        {
          of: record.id,
          name: 'scale',
          methods: ['get', 'put', 'patch'] as const,
          schema: 'io.k8s.api.autoscaling.v1.Scale',
          gvk: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
        },
      ]
    : []),
]
