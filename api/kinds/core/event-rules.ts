// Events in core's words, judged by the rules of the API they were written through: old clients may leave out nearly everything.
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import type { Event } from '../../types/core-v1.ts'
import { addInvalid } from '../../validation/collect.ts'
import { addImmutable, semanticEqual } from '../../validation/equality.ts'
import { loose } from '../../validation/loose.ts'
import { byteLength, isQualifiedName } from '../../validation/names.ts'

/** Kinds without a namespace, as far as upstream's own table here knows them. */
const clusterKinds: ReadonlySet<string> = new Set(['Namespace', 'Node', 'PersistentVolume', 'ComponentStatus'])

const sameNamespace = (errors: FieldError[], event: Event): void => {
  const involved = loose(event.involvedObject)
  const namespace = involved.namespace ?? ''
  const own = event.metadata.namespace ?? ''
  const mismatch = (): void => {
    errors.push(invalidValue('involvedObject.namespace', namespace, 'does not match the namespace of the event'))
  }
  if (event.eventTime) {
    if (namespace === '' && own !== 'default' && own !== 'kube-system') mismatch()
  } else if (namespace === '') {
    if (own !== '' && own !== 'default') mismatch()
  } else if (own !== namespace && !(clusterKinds.has(involved.kind ?? '') && own === 'default')) mismatch()
}

/** Events with a time of their own were written by the newer library, which fills these. */
const validateNew = (errors: FieldError[], event: Event, controller: string): void => {
  const e = loose(event)
  const bounded = (field: 'reportingInstance' | 'action' | 'reason'): void => {
    const text = e[field]
    if (!text) errors.push(required(field))
    else if (byteLength(text) > 128) errors.push(invalidValue(field, '', 'can have at most 128 characters'))
  }
  if (!e.reportingComponent) errors.push(required(controller))
  addInvalid(errors, controller, e.reportingComponent, isQualifiedName(e.reportingComponent ?? ''))
  bounded('reportingInstance')
  bounded('action')
  bounded('reason')
  if (byteLength(e.message ?? '') > 1024) errors.push(invalidValue('message', '', 'can have at most 1024 characters'))
}

const validateSeries = (errors: FieldError[], event: Event): void => {
  if (!event.series) return
  if ((event.series.count ?? 0) < 2) errors.push(invalidValue('series.count', '', 'must be at least 2'))
  if (!event.series.lastObservedTime) errors.push(required('series.lastObservedTime'))
}

const frozen = [
  'involvedObject',
  'reason',
  'message',
  'type',
  'source',
  'count',
  'firstTimestamp',
  'lastTimestamp',
  'eventTime',
  'action',
  'related',
  'reportingInstance',
] as const

const validateStrict = (errors: FieldError[], event: Event, old: Event | undefined): void => {
  if (old) {
    if (!semanticEqual(event.series, old.series)) validateSeries(errors, event)
    for (const key of frozen) addImmutable(errors, key, event[key], old[key])
    addImmutable(errors, 'reportingController', event.reportingComponent, old.reportingComponent)
    return
  }
  validateSeries(errors, event)
  if (!event.eventTime) errors.push(required('eventTime'))
  if (event.type !== 'Normal' && event.type !== 'Warning') errors.push(invalidValue('type', '', 'must be Normal or Warning'))
  for (const key of ['firstTimestamp', 'lastTimestamp', 'count'] as const) if (event[key]) errors.push(invalidValue(key, '', 'needs to be unset'))
  if (event.source?.component || event.source?.host) errors.push(invalidValue('source', '', 'needs to be unset'))
}

/** `through` is the API version of the request: events.k8s.io/v1 is strict, v1 is not. */
export const validateEvent = (event: Event, old: Event | undefined, through: 'v1' | 'events.k8s.io/v1'): FieldError[] => {
  const errors: FieldError[] = []
  sameNamespace(errors, event)
  if (event.eventTime) validateNew(errors, event, through === 'v1' ? 'reportingComponent' : 'reportingController')
  if (through === 'events.k8s.io/v1') validateStrict(errors, event, old)
  return errors
}
