// What the records of the workloads share: separation of spec and status, scale, columns of the template.
import type { ScaleMapping, WriteContext } from '../resource.ts'
import type { PodTemplateSpec } from '../types/core-v1.ts'
import type { LabelSelector, ObjectMeta } from '../types/meta-v1.ts'
import { defaultPodSpec } from './core/pod-defaults.ts'
import { formatSelector } from './columns.ts'

/** The same, with the status that a new object begins with: what Go writes of a struct without values. */
export const withStatus =
  <T extends WithStatus>(initial: () => T['status']) =>
  (object: T, old: T | undefined, context: WriteContext): void =>
    separateStatus(object, old, context, initial)

interface WithStatus {
  metadata: ObjectMeta
  spec?: unknown
  status?: unknown
}

/** Writers of the resource do not touch its status, writers of /status nothing else. */
export const separateStatus = <T extends WithStatus>(object: T, old: T | undefined, context: WriteContext, initial?: () => T['status']): void => {
  const target = object as WithStatus
  if (!old) {
    if (initial) target.status = initial()
    else delete target.status
    return
  }
  if (context.subresource === 'status') {
    if (old.spec === undefined) delete target.spec
    else target.spec = structuredClone(old.spec)
    return
  }
  if (old.status === undefined) delete target.status
  else target.status = structuredClone(old.status)
}

/** Of some kinds who writes /status changes nothing of the metadata either. */
export const keepMetadataInStatus = <T extends WithStatus>(object: T, old: T | undefined, context: WriteContext): void => {
  if (!old || context.subresource !== 'status') return
  const { metadata } = object as WithStatus
  for (const key of ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const) {
    delete metadata[key]
    if (old.metadata[key]) Object.assign(metadata, { [key]: structuredClone(old.metadata[key]) })
  }
}

/** The spec as far as it was sent, made if need be. */
export const defaultTemplate = (template: PodTemplateSpec | undefined): void => {
  if (!template) return
  const spec = template.spec ?? (template.spec = { containers: null as never })
  defaultPodSpec(spec)
}

interface Scalable {
  spec?: { replicas?: number; selector?: LabelSelector | undefined } | undefined
  status?: { replicas?: number } | undefined
}

/** A label selector as text, as metav1.LabelSelectorAsSelector writes it. */
export const selectorText = (selector: LabelSelector | undefined): string => {
  const text = formatSelector(selector)
  return text === '<none>' || text === '<error>' ? '' : text
}

export const scaleOf = <T extends Scalable>(): ScaleMapping<T> => ({
  read: o => ({ spec: o.spec?.replicas ?? 0, status: o.status?.replicas ?? 0, selector: selectorText(o.spec?.selector) }),
  write: (o, replicas) => {
    if (o.spec) o.spec.replicas = replicas
  },
})
