// pods/binding and the older bindings collection: gives a pod its node, once.
import { invalid, notSupported, required } from '../../api/field-error.ts'
import { badRequest, conflict } from '../../api/status.ts'
import { toTime } from '../../base/clock.ts'
import { toAdmissionRequest } from '../admission/request.ts'
import type { Context, Handler, Mutable, Parts, Reply } from '../context.ts'
import type { Served } from '../resource-table.ts'
import { readObject } from '../verbs/decode.ts'
import { checkNamespace } from '../verbs/metadata.ts'
import { parseWriteOptions, toOptionsObject } from '../verbs/options.ts'
import { updateObject } from '../verbs/write.ts'
import type { Subresource } from './registry.ts'

const bindingKind = { schema: 'io.k8s.api.core.v1.Binding', apiVersion: 'v1', group: '', version: 'v1', kind: 'Binding' } as const

export const createdStatus = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } as const

interface Binding {
  target?: { kind?: string; name?: string }
}
interface BoundPod {
  spec: { nodeName?: string; schedulingGates?: unknown[] }
  status?: { conditions?: { type: string; status: string; lastTransitionTime?: string; lastProbeTime?: null }[] }
}

export const bindPod = async (parts: Parts, context: Context, pods: Served, podName: string | undefined): Promise<Reply> => {
  const { info, request } = context
  const options = parseWriteOptions(info.query, 'CreateOptions')
  const object = await readObject(parts, context, bindingKind, options.fieldValidation)
  const name = podName ?? object.metadata.name ?? ''
  if ((object.metadata.name ?? '') !== name) throw badRequest('name in URL does not match name in Binding object')
  checkNamespace(object, info.namespace)
  const { target } = object as Binding
  const errors = []
  if (target?.kind && target.kind !== 'Node') errors.push(notSupported('target.kind', target.kind, ['Node', '<empty>']))
  if (!target?.name) errors.push(required('target.name'))
  if (errors.length) throw invalid(bindingKind, name, errors)
  const admission = toAdmissionRequest(
    context,
    pods.record,
    { operation: 'CREATE', object, old: undefined, options: toOptionsObject(info.query, 'CreateOptions'), dryRun: options.dryRun },
    { kind: bindingKind, name, subresource: 'binding' },
  )
  await parts.admission.admit(admission)
  await parts.admission.validate(admission)
  const about = { group: '', plural: 'pods/binding' }
  await updateObject(
    parts,
    context,
    pods,
    name,
    old => {
      const pod = structuredClone(old) as Mutable & BoundPod
      const { uid, resourceVersion, annotations, labels } = object.metadata
      if (uid && uid !== pod.metadata.uid)
        throw conflict(
          { group: '', plural: 'Pod' },
          name,
          `the UID in the precondition (${uid}) does not match the UID in record (${pod.metadata.uid ?? ''}). The object might have been deleted and then recreated`,
        )
      if (resourceVersion && resourceVersion !== pod.metadata.resourceVersion)
        throw conflict(
          { group: '', plural: 'Pod' },
          name,
          `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${pod.metadata.resourceVersion ?? ''}). The object might have been modified`,
        )
      if (pod.metadata.deletionTimestamp) throw conflict(about, name, `pod ${name} is being deleted, cannot be assigned to a host`)
      if (pod.spec.nodeName) throw conflict(about, name, `pod ${name} is already assigned to node ${JSON.stringify(pod.spec.nodeName)}`)
      if (pod.spec.schedulingGates?.length) throw conflict(about, name, `pod ${name} has non-empty .spec.schedulingGates`)
      delete pod.metadata.resourceVersion
      pod.spec.nodeName = target!.name!
      if (annotations) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations }
      if (labels) pod.metadata.labels = { ...pod.metadata.labels, ...labels }
      setScheduled(pod, parts.clock.now())
      return pod
    },
    { dryRun: options.dryRun, subresource: 'binding', direct: true, signal: request.signal },
  )
  return { kind: 'object', status: 201, object: createdStatus }
}

const setScheduled = (pod: BoundPod, nowMs: number): void => {
  const status = (pod.status ??= {})
  const conditions = (status.conditions ??= [])
  const known = conditions.find(c => c.type === 'PodScheduled')
  if (known?.status === 'True') return
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: toTime(nowMs) }
  status.conditions = known ? conditions.map(c => (c === known ? scheduled : c)) : [...conditions, scheduled]
}

const create: Handler = (parts, context, served) => bindPod(parts, context, served, context.info.name)

export const binding: Subresource = {
  name: 'binding',
  appliesTo: record => record.id === 'pods',
  handlers: { create },
  conversions: false,
  discovery: { kind: 'Binding', verbs: ['create'] },
}
