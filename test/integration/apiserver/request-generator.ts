// Requests as a hostile or careless client may send them, from a seed: objects that follow a kind's schema, then bent; bodies that are
// cut, nested, repeated, mistyped; patches of every type; absurd queries. The same seed makes the same requests.
import type { AnyResource } from '../../../api/resource.ts'
import type { Schema } from '../../../api/schema/schema.ts'
import { schemaByName } from '../../../api/schema/table.ts'
import { encodeProtobuf } from '../../../api/protobuf/codec.ts'
import { stringifyJson } from '../../../api/json.ts'

export interface GeneratedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: Buffer | undefined
}

export interface Random {
  /** An integer in [0, n). */
  below(n: number): number
  chance(p: number): boolean
  pick<T>(list: readonly T[]): T
}

/** mulberry32. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number): number => Math.floor(next() * n)
  return { below, chance: p => next() < p, pick: list => list[below(list.length)]! }
}

const strings = [
  '',
  'a',
  'x-1',
  'Always',
  'None',
  'example.com/x',
  '10.0.0.1',
  '10.0.0.0/8',
  'fd00::1',
  '100m',
  '1Gi',
  '-1',
  '1e400',
  '/tmp/../x',
  'UPPER',
  'a b',
  'é\u0000',
  '\ud800',
  '*',
  '(a+)+$',
  '__proto__',
  'kubernetes.io/arch',
  'https://[::1',
  'x'.repeat(300),
  '2024-01-01T00:00:00Z',
]
const odd: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  2 ** 53,
  9223372036854775808n,
  -9223372036854775809n,
  '',
  'x',
  [],
  {},
  [[]],
  [null],
  { a: null },
  'NaN',
]

const scalar = (r: Random, kind: Schema['kind']): unknown => {
  switch (kind) {
    case 'boolean':
      return r.chance(0.5)
    case 'int32':
    case 'int64':
    case 'uint32':
      return r.pick([0, 1, 2, 80, 443, 30_000, 65_535, 65_536, -1, 2_147_483_648])
    case 'double':
      return r.pick([0, 0.5, -1, 1e300])
    case 'quantity':
      return r.pick(['1', '100m', '1Gi', '-1', '1.5e3', '0', 5, 'x'])
    case 'intOrString':
      return r.pick([1, '25%', 'http', '', '101%', -1])
    case 'time':
    case 'microTime':
      return r.pick(['2024-01-01T00:00:00Z', '2024-01-01T00:00:00.000001Z', null, 'yesterday'])
    case 'duration':
      return r.pick(['1s', '1h', '-1s', 'x'])
    case 'bytes':
      return r.pick(['', 'eA==', 'no base64!', 'LS0tLS1CRUdJTg=='])
    case 'any':
    case 'rawExtension':
    case 'fieldsV1':
      return r.pick(odd)
    default:
      return r.pick(strings)
  }
}

/** A value that follows the schema but for one in `1 / faults` places, and has a field that is not required with the chance `density`. */
const value = (r: Random, schema: Schema, depth: number, bent: { readonly faults: number; readonly density: number }): unknown => {
  if (r.chance(bent.faults)) return r.pick(odd)
  switch (schema.kind) {
    case 'object': {
      const out: Record<string, unknown> = {}
      const p = depth > 5 ? bent.density / 4 : bent.density
      for (const field of schema.ordered) if (field.required || r.chance(p)) out[field.name] = value(r, field.schema, depth + 1, bent)
      if (r.chance(bent.faults)) out[r.pick(['bogus', '__proto__', 'constructor', 'toString', 'Spec'])] = r.pick(odd)
      return out
    }
    case 'map':
      return Object.fromEntries(Array.from({ length: r.below(3) }, () => [r.pick(strings), schema.items ? value(r, schema.items, depth + 1, bent) : 'x']))
    case 'list':
      return Array.from({ length: depth > 8 ? 0 : r.below(3) }, () => (schema.items ? value(r, schema.items, depth + 1, bent) : 'x'))
    case 'either':
      return depth > 6 || !schema.items ? true : value(r, schema.items, depth + 1, bent)
    default:
      return scalar(r, schema.kind)
  }
}

const namespaces = ['default', 'fuzz', 'none', 'kube-system', '', '..', '%2e', 'a%00b']
const names = ['a', 'b', 'c', 'x-1', 'kubernetes', '', '..', '%2F', '%zz', 'A', 'x'.repeat(260)]

const template = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'registry.local/app:1' }] } }
const selector = { matchLabels: { app: 'a' } }

/** What a valid object of some kinds has at least, so that more than its refusal is met. */
const bases: Readonly<Record<string, Record<string, unknown>>> = {
  configmaps: { data: { a: '1' } },
  secrets: { stringData: { a: '1' } },
  serviceaccounts: {},
  services: { spec: { type: 'NodePort', ports: [{ port: 80 }], selector: { app: 'a' } } },
  pods: { spec: template.spec },
  persistentvolumeclaims: { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
  replicationcontrollers: { spec: { selector: { app: 'a' }, template } },
  resourcequotas: { spec: { hard: { pods: '5' } } },
  nodes: {},
  'deployments.apps': { spec: { selector, template } },
  'replicasets.apps': { spec: { selector, template } },
  'daemonsets.apps': { spec: { selector, template } },
  'statefulsets.apps': { spec: { selector, template, serviceName: 's' } },
  'jobs.batch': { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } },
  'cronjobs.batch': { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } } } },
  'horizontalpodautoscalers.autoscaling': { spec: { maxReplicas: 3, scaleTargetRef: { kind: 'Deployment', name: 'a', apiVersion: 'apps/v1' } } },
  'poddisruptionbudgets.policy': { spec: { selector, minAvailable: 1 } },
  'ingresses.networking.k8s.io': { spec: { defaultBackend: { service: { name: 'a', port: { number: 80 } } } } },
  'networkpolicies.networking.k8s.io': { spec: { podSelector: {} } },
  'endpointslices.discovery.k8s.io': { addressType: 'IPv4', endpoints: [{ addresses: ['192.0.2.1'] }] },
  'roles.rbac.authorization.k8s.io': { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] },
  'leases.coordination.k8s.io': { spec: {} },
  'priorityclasses.scheduling.k8s.io': { value: 5 },
  'storageclasses.storage.k8s.io': { provisioner: 'example.com/p' },
}

/** One place of a valid object, bent. */
const disturb = (r: Random, base: Record<string, unknown>, schema: Schema): Record<string, unknown> => {
  const object = structuredClone(base)
  if (r.chance(0.5)) return object
  let at: Record<string, unknown> = object
  let here = schema
  for (let depth = 0; ; depth++) {
    const field = r.pick(here.ordered)
    const list = field.schema.kind === 'list' ? field.schema.items : undefined
    const below = list?.kind === 'object' ? list : field.schema.kind === 'object' ? field.schema : undefined
    const child = Array.isArray(at[field.name]) ? (at[field.name] as unknown[])[0] : at[field.name]
    if (below && typeof child === 'object' && child !== null && depth < 6 && r.chance(0.8)) {
      at = child as Record<string, unknown>
      here = below
      continue
    }
    at[field.name] = value(r, field.schema, depth, { faults: 0.05, density: 0.2 })
    return object
  }
}

const namespaceOf = (r: Random): string => (r.chance(0.9) ? 'fuzz' : r.pick(namespaces))
const nameOf = (r: Random): string => (r.chance(0.9) ? r.pick(['a', 'b', 'c']) : r.pick(names))

const objectOf = (r: Random, record: AnyResource): Record<string, unknown> => {
  const schema = schemaByName(record.schema)!
  const base = bases[record.id]
  const object =
    base && r.chance(0.6)
      ? disturb(r, base, schema)
      : (value(r, schema, 0, { faults: r.pick([0, 0, 0.003, 0.02]), density: r.pick([0, 0.1, 0.3]) }) as Record<string, unknown>)
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return { kind: record.kind }
  const metadata = typeof object['metadata'] === 'object' && object['metadata'] !== null && r.chance(0.3) ? (object['metadata'] as object) : {}
  return {
    ...object,
    ...(r.chance(0.95) && { kind: record.kind, apiVersion: record.apiVersion }),
    metadata: r.chance(0.97) ? { ...metadata, name: nameOf(r), ...(r.chance(0.1) && { generateName: 'g-' }) } : r.pick(odd),
  }
}

/** Bytes that are not quite what they were. */
const bend = (r: Random, bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes)
  switch (r.below(6)) {
    case 0:
      return copy.subarray(0, r.below(copy.length + 1))
    case 1:
      for (let i = 0; i < 3 && copy.length; i++) copy[r.below(copy.length)] = r.below(256)
      return copy
    case 2:
      return Buffer.concat([copy, Buffer.from(r.pick([']', '}', '\u0000', 'null', '{}', '---\n- 1\n']))])
    case 3: {
      const deep = r.pick([10, 1_000, 9_990, 20_000])
      return Buffer.from(`${'{"a":['.repeat(deep)}1${']}'.repeat(deep)}`)
    }
    case 4:
      return Buffer.from(copy.toString().replace(/"metadata":\{/, '"metadata":{"name":"twice","name":"a",'))
    default:
      return Buffer.concat([copy.subarray(0, copy.length / 2), Buffer.from([0xff, 0xfe, 0xc0]), copy.subarray(copy.length / 2)])
  }
}

const pointers = [
  '',
  '/',
  '/metadata/name',
  '/metadata/labels/a',
  '/spec',
  '/spec/x/-',
  '/data/a~1b',
  '/metadata/finalizers/-1',
  '/a/b/c',
  'x',
  '/__proto__/polluted',
]

const patchOf = (r: Random, record: AnyResource): { type: string; body: unknown } => {
  const some = objectOf(r, record)
  switch (r.below(4)) {
    case 0:
      return {
        type: 'application/json-patch+json',
        body: r.chance(0.95)
          ? Array.from({ length: r.below(4) }, () => ({
              op: r.pick(['add', 'remove', 'replace', 'move', 'copy', 'test', 'bogus', 1]),
              path: r.pick(pointers),
              ...(r.chance(0.5) && { from: r.pick(pointers) }),
              ...(r.chance(0.8) && { value: r.pick([...odd, some]) }),
            }))
          : r.pick(odd),
      }
    case 1:
      return { type: 'application/merge-patch+json', body: r.chance(0.9) ? { ...some, __proto__: { polluted: 1 } } : r.pick(odd) }
    case 2: {
      const directives = {
        $patch: r.pick(['replace', 'delete', 'merge', 'bogus', 1]),
        '$setElementOrder/containers': r.pick([[{ name: 'a' }], ['a'], 1]),
        '$deleteFromPrimitiveList/finalizers': r.pick([['a'], 1, [{}]]),
        '$retainKeys': r.pick([['a'], 1]),
      }
      const [key, directive] = r.pick(Object.entries(directives))
      return { type: 'application/strategic-merge-patch+json', body: r.chance(0.9) ? { ...some, ...(r.chance(0.4) && { [key]: directive }) } : r.pick(odd) }
    }
    default:
      return { type: 'application/apply-patch+yaml', body: some }
  }
}

const queries = [
  'dryRun=All',
  'dryRun=x',
  'fieldManager=m',
  `fieldManager=${'m'.repeat(200)}`,
  'fieldValidation=Strict',
  'fieldValidation=no',
  'force=true',
  'limit=1',
  'limit=-9223372036854775808',
  'limit=x',
  'continue=x',
  'continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6LTEsInN0YXJ0IjoiYSJ9',
  'resourceVersion=0',
  'resourceVersion=99999999999999999999',
  'resourceVersion=1&resourceVersionMatch=Exact',
  'resourceVersion=abc',
  'resourceVersionMatch=NotOlderThan',
  'labelSelector=a%20in%20(b,c),!d',
  'labelSelector=a%20in%20(',
  `labelSelector=${'a,'.repeat(500)}b`,
  'labelSelector=%FF',
  'fieldSelector=metadata.name%3Da',
  'fieldSelector=spec.nodeName!%3D',
  'fieldSelector=%3D%3D%3D',
  'fieldSelector=a%5C',
  'watch=true&timeoutSeconds=1',
  'watch=1&timeoutSeconds=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan',
  'gracePeriodSeconds=-1',
  'gracePeriodSeconds=9999999999999999999',
  'propagationPolicy=Foreground',
  'propagationPolicy=x',
  'orphanDependents=x',
  'timeout=5s',
  'timeout=x',
  'pretty=true',
  '%zz=%zz',
  'includeObject=None',
]
const accepts = [
  'application/json',
  '*/*',
  'application/yaml',
  'application/vnd.kubernetes.protobuf',
  'application/json;as=Table;v=v1;g=meta.k8s.io',
  'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
  'application/json;as=Table;v=v9;g=meta.k8s.io, application/json;q=0.1',
  'text/html',
  ';;;,q=',
  'application/vnd.kubernetes.protobuf;stream=watch',
]

const queryOf = (r: Random): string => {
  if (!r.chance(0.3)) return ''
  return `?${Array.from({ length: 1 + r.below(3) }, () => r.pick(queries)).join('&')}`
}

const bodyOf = (r: Random, record: AnyResource): { type: string; bytes: Buffer } => {
  const object = objectOf(r, record)
  if (r.chance(0.15)) {
    try {
      const bytes = encodeProtobuf(object as { apiVersion: string; kind: string })
      return { type: 'application/vnd.kubernetes.protobuf', bytes: r.chance(0.6) ? bend(r, bytes) : bytes }
    } catch {
      // What the codec cannot write (a wrong type) has no protobuf form.
    }
  }
  const bytes = Buffer.from(stringifyJson(object))
  const type = r.pick(['application/json', 'application/json', 'application/json', 'application/json', 'application/yaml', 'text/plain', ''])
  return { type, bytes: r.chance(0.15) ? bend(r, bytes) : bytes }
}

/** One request about one of `records`. */
export const generateRequest = (r: Random, records: readonly AnyResource[]): GeneratedRequest => {
  const record = r.pick(records)
  const root = record.group ? `/apis/${record.group}/${record.version}` : `/api/${record.version}`
  const scope = record.namespaced && r.chance(0.97) ? `/namespaces/${namespaceOf(r)}` : ''
  const collection = `${root}${scope}/${record.plural}`
  const item = `${collection}/${nameOf(r)}`
  const sub = r.chance(0.15) ? `/${r.pick(['status', 'scale', 'eviction', 'binding', 'finalize', 'approval', 'ephemeralcontainers', 'resize', 'nothing'])}` : ''
  const query = queryOf(r)
  const accept: Record<string, string> = r.chance(0.3) ? { accept: r.pick(accepts) } : {}
  switch (r.below(8)) {
    case 0:
    case 1: {
      const { type, bytes } = bodyOf(r, record)
      return { method: 'POST', path: `${sub ? item + sub : collection}${query}`, headers: { ...accept, ...(type && { 'content-type': type }) }, body: bytes }
    }
    case 2: {
      const { type, bytes } = bodyOf(r, record)
      return { method: 'PUT', path: `${item}${sub}${query}`, headers: { ...accept, ...(type && { 'content-type': type }) }, body: bytes }
    }
    case 3:
    case 4: {
      const { type, body } = patchOf(r, record)
      const manager = type.includes('apply') && r.chance(0.9) ? `${query ? '&' : '?'}fieldManager=f` : ''
      const bytes = Buffer.from(stringifyJson(body))
      return {
        method: 'PATCH',
        path: `${item}${sub}${query}${manager}`,
        headers: { ...accept, 'content-type': type },
        body: r.chance(0.15) ? bend(r, bytes) : bytes,
      }
    }
    case 5:
      return {
        method: 'DELETE',
        path: `${r.chance(0.1) ? collection : item}${query}`,
        headers: { ...accept, 'content-type': 'application/json' },
        body: r.chance(0.4)
          ? Buffer.from(
              stringifyJson({
                kind: 'DeleteOptions',
                apiVersion: 'v1',
                [r.pick(['gracePeriodSeconds', 'propagationPolicy', 'preconditions', 'dryRun'])]: r.pick(odd),
              }),
            )
          : undefined,
      }
    default:
      return { method: 'GET', path: `${r.chance(0.6) ? collection : item + sub}${query}`, headers: accept, body: undefined }
  }
}
