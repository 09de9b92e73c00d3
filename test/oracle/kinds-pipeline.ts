// Pushes recorded writes through what a kind's record decides, without a server: decode, defaults, prepare, validate. What the server
// itself adds (identity, the built-in admission plugins of pods and claims) is imitated here in a few lines, and nothing else is.
import { existsSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { builtinKinds } from '../../api/kinds/registry.ts'
import { patchAllocatedValues } from '../../apiserver/services/service-defaults.ts'
import type { KubeObject } from '../../api/object.ts'
import type { AnyResource } from '../../api/resource.ts'
import { decode } from '../../api/schema/decode.ts'
import { applyDefaults } from '../../api/schema/defaults.ts'
import { schemaByName } from '../../api/schema/table.ts'
import { validateObject } from '../../api/validation/validate-object.ts'

export const oracle = new URL('../../../shared/oracle/', import.meta.url).pathname
export const hasOracle = existsSync(`${oracle}behaviour`)

export interface Step {
  method: string
  path: string
  body?: any
  ignore?: boolean
  accept?: string
  contentType?: string
  expect?: { status: number; body: any }
}
export interface Case {
  id: string
  area: string
  serial?: boolean
  steps: Step[]
}
export interface Answer {
  status: number
  reason?: string
  causes?: string[]
  body?: any
}

export const loadCases = (name: string): Case[] =>
  gunzipSync(readFileSync(`${oracle}behaviour/${name}.jsonl.gz`))
    .toString()
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Case)
    .sort((a, b) => Number(b.serial ?? false) - Number(a.serial ?? false))

const now = Date.parse('2026-07-07T07:07:07Z')
const bad = (): Answer => ({ status: 400, reason: 'BadRequest', causes: [] })

interface Target {
  resource: AnyResource
  namespace: string | undefined
  name: string | undefined
  subresource: string | undefined
}
export const findTarget = (path: string): Target | undefined => {
  const match = /^\/(?:api\/(v1)|apis\/([^/]+)\/([^/]+))(?:\/namespaces\/([^/]+))?\/([^/?]+)(?:\/([^/?]+))?(?:\/([^/?]+))?(?:\?|$)/.exec(path)
  if (!match) return undefined
  const [, core, group = '', version = core, namespace, plural, name, subresource] = match
  const resource = builtinKinds.find(k => k.group === group && k.version === version && k.plural === plural)
  return resource && { resource, namespace, name, subresource }
}

/** The plugins that are on by default and change what is stored. */
const admit = (resource: AnyResource, object: any): void => {
  if (resource.id === 'pods') {
    const { spec } = object
    spec.serviceAccountName ??= 'default'
    spec.serviceAccount = spec.serviceAccountName
    spec.priority ??= 0
    spec.preemptionPolicy ??= 'PreemptLowerPriority'
    const covers = (key: string): boolean =>
      (spec.tolerations ?? []).some((t: any) => (t.key === key || (!t.key && t.operator === 'Exists')) && (t.effect === 'NoExecute' || !t.effect))
    for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
      if (!covers(key)) (spec.tolerations ??= []).push({ effect: 'NoExecute', key, operator: 'Exists', tolerationSeconds: 300 })
    }
    if (spec.automountServiceAccountToken !== false && !(spec.volumes ?? []).some((v: any) => v.name?.startsWith('kube-api-access-'))) automount(spec)
  }
  if (resource.id === 'nodes') {
    const taint = { effect: 'NoSchedule', key: 'node.kubernetes.io/not-ready' }
    if (!(object.spec.taints ?? []).some((t: any) => t.key === taint.key && t.effect === taint.effect)) (object.spec.taints ??= []).push(taint)
  }
  if (resource.id === 'certificatesigningrequests.certificates.k8s.io') {
    delete object.spec.uid
    Object.assign(object.spec, {
      username: 'admin',
      groups: ['system:masters', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/credential-id': ['X509SHA256=bbc96bc07a81c3e782f68ef83f43ac7389ac1dbb13b75d1b1cfb9ccf7bdeac9d'] },
    })
  }
  if (resource.id === 'persistentvolumeclaims') object.metadata.finalizers ??= ['kubernetes.io/pvc-protection']
  if (resource.id === 'volumeattributesclasses.storage.k8s.io') object.metadata.finalizers ??= ['kubernetes.io/vac-protection']
  if (resource.id === 'persistentvolumes') object.metadata.finalizers ??= ['kubernetes.io/pv-protection']
}

/** What the server's own controllers had written before the recorded update came. */
const settle = (object: any): any => {
  const condition = (type: string, status: string, reason: string): object => ({ type, status, reason, lastTransitionTime: '2026-07-07T07:07:07Z' })
  if (object.kind === 'FlowSchema') object.status = { conditions: [condition('Dangling', 'False', 'Found')] }
  if (object.kind === 'APIService' && object.spec.service) object.status = { conditions: [condition('Available', 'False', 'ServiceNotFound')] }
  if (object.kind === 'CustomResourceDefinition')
    object.status = {
      ...object.status,
      acceptedNames: object.spec.names,
      conditions: [condition('NamesAccepted', 'True', 'NoConflicts'), condition('Established', 'True', 'InitialNamesAccepted')],
    }
  return object
}

/** Stands in for the allocators of addresses and ports. */
const allocate = (service: any, old?: any): void => {
  const { spec } = service
  if (old) patchAllocatedValues(spec, old.spec)
  if (spec.type === 'ExternalName') return
  const headless = spec.clusterIP === 'None' || spec.clusterIPs?.[0] === 'None'
  if (!spec.clusterIP && !spec.clusterIPs?.length) {
    spec.clusterIP = old?.spec.clusterIP ?? '10.96.0.7'
    spec.clusterIPs = [spec.clusterIP]
  }
  const dual = headless && !spec.selector
  spec.ipFamilyPolicy ??= dual ? 'RequireDualStack' : 'SingleStack'
  spec.ipFamilies ??= dual ? ['IPv4', 'IPv6'] : ['IPv4']
  if (spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts))
    for (const [i, port] of (spec.ports ?? []).entries()) port.nodePort ??= 30000 + i
  if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local') spec.healthCheckNodePort ??= 30999
}

const automount = (spec: any): void => {
  const name = 'kube-api-access-abcde'
  let used = false
  for (const container of [...(spec.containers ?? []), ...(spec.initContainers ?? [])]) {
    const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount'
    if ((container.volumeMounts ?? []).some((m: any) => m.mountPath === mountPath)) continue
    ;(container.volumeMounts ??= []).push({ mountPath, name, readOnly: true })
    used = true
  }
  if (used)
    (spec.volumes ??= []).push({
      name,
      projected: {
        defaultMode: 420,
        sources: [
          { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
          { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
          { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }] } },
        ],
      },
    })
}

const decodeBody = (resource: AnyResource, body: unknown, strict = false): KubeObject | undefined => {
  const schema = schemaByName(resource.schema)
  if (!schema) throw new Error(`no schema ${resource.schema}`)
  const { object, unknownFields } = decode<KubeObject>(schema, body)
  if (!object || (strict && unknownFields.length)) return undefined
  applyDefaults(schema, object)
  resource.default?.(object)
  return object
}

const failed = (errors: ReturnType<typeof validateObject>): Answer => ({
  status: 422,
  reason: 'Invalid',
  causes: errors.map(e => `${e.field}|${e.reason}`).sort(),
})

export const create = (step: Step): Answer | undefined => {
  const target = findTarget(step.path)
  if (!target || target.name !== undefined) return undefined
  const { resource, namespace } = target
  const { body } = step
  // What an admission plugin refused is a matter of the whole server.
  if (step.expect?.status === 403) return undefined
  if (
    typeof body !== 'object' ||
    body === null ||
    (body.kind !== undefined && body.kind !== resource.kind) ||
    (body.apiVersion !== undefined && body.apiVersion !== resource.apiVersion)
  )
    return bad()
  const object = decodeBody(resource, { ...body, kind: resource.kind, apiVersion: resource.apiVersion }, step.path.includes('fieldValidation=Strict'))
  if (!object) return bad()
  const { metadata } = object
  if (resource.namespaced) {
    if (metadata.namespace !== undefined && metadata.namespace !== namespace) return bad()
    metadata.namespace = namespace!
  } else delete metadata.namespace
  if (metadata.resourceVersion !== undefined && step.method === 'POST') return { status: 500, causes: [] }
  for (const key of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields', 'selfLink'] as const) delete (metadata as any)[key]
  metadata.uid = '00000000-0000-0000-0000-000000000000'
  metadata.creationTimestamp = '2026-07-07T07:07:07Z'
  if (!metadata.name && metadata.generateName) metadata.name = `${metadata.generateName}abcde`
  if (resource.generation) metadata.generation = 1
  admit(resource, object)
  resource.prepare?.(object, undefined, { operation: 'create', nowMs: now })
  const unallocated = resource.id === 'services' ? structuredClone(object) : undefined
  if (unallocated && !validateObject(resource, unallocated, undefined, { operation: 'create', nowMs: now }).length) allocate(object)
  const errors = validateObject(resource, object, undefined, { operation: 'create', nowMs: now })
  if (errors.length) return failed(errors)
  resource.canonicalize?.(object)
  return { status: 201, body: object }
}

/** `old` is what the server answered before, as stored. */
export const update = (step: Step, stored: KubeObject): Answer | undefined => {
  const target = findTarget(step.path)
  if (target?.name === undefined) return undefined
  const { resource, namespace, subresource } = target
  const { body } = step
  if (
    typeof body !== 'object' ||
    body === null ||
    (body.kind !== undefined && body.kind !== resource.kind) ||
    (body.apiVersion !== undefined && body.apiVersion !== resource.apiVersion)
  )
    return bad()
  const old = decodeBody(resource, stored)!
  const object = decodeBody(resource, { ...body, kind: resource.kind, apiVersion: resource.apiVersion }, step.path.includes('fieldValidation=Strict'))
  if (!object) return bad()
  const { metadata } = object
  if (metadata.name !== target.name) return bad()
  if (resource.namespaced) {
    if (metadata.namespace !== undefined && metadata.namespace !== namespace) return bad()
    metadata.namespace = namespace!
  } else delete metadata.namespace
  delete (metadata as any).selfLink
  if (!metadata.resourceVersion && resource.unconditionalUpdate === false)
    return { status: 422, reason: 'Invalid', causes: ['metadata.resourceVersion|FieldValueInvalid'] }
  for (const key of ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'resourceVersion'] as const) {
    if (key === 'uid' && metadata.uid !== undefined && metadata.uid !== old.metadata.uid) return { status: 409, reason: 'Conflict', causes: [] }
    const kept = old.metadata[key]
    if (kept === undefined) delete (metadata as any)[key]
    else (metadata as any)[key] = kept
  }
  delete (metadata as any).managedFields
  const context = { operation: 'update', nowMs: now, ...(subresource === undefined ? {} : { subresource }) } as const
  const sent = metadata.generation
  if (resource.generation) (metadata as any).generation = old.metadata.generation
  else if (sent === undefined && old.metadata.generation !== undefined) metadata.generation = old.metadata.generation
  // The priority plugin: what was worked out at creation stays.
  if (resource.id === 'pods') for (const key of ['priority', 'preemptionPolicy']) (object as any).spec[key] ??= (old as any).spec[key]
  resource.prepare?.(object, old, context)
  if (resource.id === 'services' && !subresource) allocate(object, old)
  if (resource.generation) {
    const rest = (o: any): string => JSON.stringify(sorted({ ...o, metadata: undefined, status: undefined }))
    if (rest(object) !== rest(old)) metadata.generation = (old.metadata.generation ?? 0) + 1
  }
  const errors = validateObject(resource, object, old, context)
  if (errors.length) return failed(errors)
  resource.canonicalize?.(object)
  return { status: 200, body: object }
}

const sorted = (x: any): any =>
  Array.isArray(x)
    ? x.map(sorted)
    : x && typeof x === 'object'
      ? Object.fromEntries(
          Object.keys(x)
            .sort()
            .map(k => [k, sorted(x[k])]),
        )
      : x

// The same eyes as the recording's: what differs from server to server is a placeholder, wording is left out.
const volatile = new Set(['uid', 'resourceVersion', 'clusterIP', 'nodePort', 'healthCheckNodePort', 'remainingItemCount', 'continue'])
const normalize = (x: any, sent: string, key?: string): any => {
  if (Array.isArray(x)) return key === 'clusterIPs' && x.some(v => !sent.includes(`"${v}"`)) ? x.map(() => '<clusterIP>') : x.map(v => normalize(v, sent, key))
  if (x && typeof x === 'object') {
    const out: any = {}
    for (const k of Object.keys(x).sort()) {
      if (k === 'managedFields' || x[k] === undefined) continue
      if (volatile.has(k) && x[k] !== '' && x[k] !== 'None' && !sent.includes(JSON.stringify(x[k]))) {
        out[k] = `<${k}>`
        continue
      }
      if (k === 'message' && typeof x[k] === 'string' && !sent.includes(JSON.stringify(x[k]))) continue
      out[k] = normalize(x[k], sent, k)
    }
    return out
  }
  if (typeof x === 'string') {
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(x) && !sent.includes(x)) return '<time>'
    return x
      .replace(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access-<id>')
      .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, u => (sent.includes(u) ? u : '<uid>'))
      .replace(/\b10\.\d+\.\d+\.\d+\b/g, ip => (sent.includes(ip) ? ip : '<ip>'))
  }
  return x
}

const differences = (a: any, b: any, path = ''): string[] => {
  if (JSON.stringify(a) === JSON.stringify(b)) return []
  if (a && b && typeof a === 'object' && typeof b === 'object' && Array.isArray(a) === Array.isArray(b))
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap(k => differences(a[k], b[k], path ? `${path}.${k}` : k))
  return [`${path}: got ${JSON.stringify(a)?.slice(0, 120)} want ${JSON.stringify(b)?.slice(0, 120)}`]
}

/** Empty when the answer agrees in fact with the recorded one. */
export const compare = (answer: Answer, step: Step): string[] => {
  const want = step.expect!
  const causes = (want.body?.details?.causes ?? []).map((c: any) => `${c.field ?? ''}|${c.reason ?? ''}`).sort() as string[]
  if (answer.status !== want.status) return [`status: got ${answer.status} ${(answer.causes ?? []).join(' ')} want ${want.status} ${causes.join(' ')}`]
  if (want.status >= 400) {
    if (want.status !== 422) return []
    const extra = [...answer.causes!]
    const missing = causes.filter(c => {
      const i = extra.indexOf(c)
      if (i >= 0) extra.splice(i, 1)
      return i < 0
    })
    return missing.length || extra.length ? [`causes: extra ${extra.join(' ')} missing ${missing.join(' ')}`] : []
  }
  const sent = JSON.stringify(step.body ?? '') + step.path
  return differences(normalize(answer.body, sent), normalize(want.body, sent)).slice(0, 8)
}

/** The differences of each compared step of an update case; `stored` carries the objects made by earlier cases, by path. */
export const runUpdateCase = function* (kase: Case, stored: Map<string, KubeObject>): Generator<string[]> {
  for (const step of kase.steps) {
    if (step.method === 'POST') {
      const answer = create(step)
      if (answer?.status === 201)
        stored.set(
          `${step.path.split('?')[0]}/${answer.body.metadata.name}`,
          settle(JSON.parse(JSON.stringify({ ...answer.body, metadata: { ...answer.body.metadata, resourceVersion: '777777' } }))),
        )
      // Both APIs of events show the same ones.
      if (answer?.status === 201 && step.path.startsWith('/apis/events.k8s.io/')) {
        const { regarding, note, reportingController, ...rest } = answer.body
        stored.set(`${step.path.split('?')[0]!.replace('/apis/events.k8s.io/v1', '/api/v1')}/${answer.body.metadata.name}`, {
          ...rest,
          apiVersion: 'v1',
          involvedObject: regarding,
          message: note,
          reportingComponent: reportingController,
          metadata: { ...rest.metadata, resourceVersion: '777777' },
        })
      }
      if (!step.ignore && step.expect && answer) yield compare(answer, step)
    } else if (step.method === 'PUT') {
      const old = stored.get(step.path.split('?')[0]!)
      if (step.ignore || !step.expect || (!old && !findTarget(step.path)?.resource.createOnUpdate)) continue
      const answer = old ? update(step, old) : create({ ...step, path: step.path.replace(/\/[^/]+$/, '') })
      if (answer) yield compare(answer, step)
    }
  }
}
