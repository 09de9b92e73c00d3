// Events in core's words, judged by the rules of the API they were written through: old clients may leave out nearly everything.
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import type { Event } from '../../types/core-v1.ts'
import { addInvalid, addNonNegative } from '../../validation/collect.ts'
import { addImmutable } from '../../validation/equality.ts'
import { loose } from '../../validation/loose.ts'
import { byteLength, isQualifiedName } from '../../validation/names.ts'

/** Kinds without a namespace, as far as upstream's own table here knows them. */
const clusterKinds: ReadonlySet<string> = new Set(['Namespace', 'Node', 'PersistentVolume', 'ComponentStatus'])

const validateLegacy = (errors: FieldError[], event: Event): void => {
  const involved = loose(event.involvedObject)
  const namespace = involved.namespace ?? ''
  const own = event.metadata.namespace ?? ''
  const path = 'involvedObject.namespace'
  if (namespace === '' ? own !== '' && own !== 'default' : false) errors.push(invalidValue(path, namespace, 'does not match the event\'s namespace'))
  else if (namespace !== '' && own !== namespace && !(clusterKinds.has(involved.kind ?? '') && own === 'default')) errors.push(invalidValue(path, namespace, 'does not match the event\'s namespace'))
}

const validateNew = (errors: FieldError[], event: Event): void => {
  const e = loose(event)
  if (!e.reportingComponent) errors.push(required('reportingController'))
  addInvalid(errors, 'reportingController', e.reportingComponent, isQualifiedName(e.reportingComponent ?? ''))
  if (!e.reportingInstance) errors.push(required('reportingInstance'))
  else if (byteLength(e.reportingInstance) > 128) errors.push(invalidValue('reportingInstance', '', 'can have at most 128 characters'))
  if (!e.action) errors.push(required('action'))
  else if (byteLength(e.action) > 128) errors.push(invalidValue('action', '', 'can have at most 128 characters'))
  if (!e.reason) errors.push(required('reason'))
  else if (byteLength(e.reason) > 128) errors.push(invalidValue('reason', '', 'can have at most 128 characters'))
  if (byteLength(e.message ?? '') > 1024) errors.push(invalidValue('message', '', 'can have at most 1024 characters'))
}

/** `through` is the API version of the request: events.k8s.io/v1 is strict, v1 is not. */
export const validateEvent = (event: Event, old: Event | undefined, through: 'v1' | 'events.k8s.io/v1'): FieldError[] => {
  const errors: FieldError[] = []
  const legacy = through === 'v1'
  const fresh = !legacy && Boolean(event.eventTime)
  validateLegacy(errors, event)
  if (legacy) return errors
  if (old) {
    if (!old.eventTime) return errors
    for (const key of ['involvedObject', 'reason', 'message', 'type', 'count', 'firstTimestamp', 'lastTimestamp', 'eventTime', 'action', 'related', 'reportingComponent', 'reportingInstance'] as const) addImmutable(errors, key, event[key], old[key])
  } else if (!event.eventTime) errors.push(required('eventTime'))
  if (fresh) validateNew(errors, event)
  if (event.type !== 'Normal' && event.type !== 'Warning') errors.push(invalidValue('type', '', 'must be Normal or Warning'))
  addNonNegative(errors, 'count', event.count)
  if (event.series) {
    if ((event.series.count ?? 0) < 2) errors.push(invalidValue('series.count', '', 'must be at least 2'))
    if (!event.series.lastObservedTime) errors.push(required('series.lastObservedTime'))
  }
  return errors
}
