// events.k8s.io/v1 Event is core/v1 Event under other names (KEP-383); stored as core/v1.
import type { KubeObject } from '../../api/object.ts'
import type { Conversion } from './registry.ts'

/** core name → events.k8s.io name. */
const renamed: readonly (readonly [string, string])[] = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
]

const rename = (object: KubeObject, apiVersion: string, pairs: readonly (readonly [string, string])[]): KubeObject => {
  const names = new Map(pairs)
  const { apiVersion: _old, ...rest } = object as KubeObject & Record<string, unknown>
  return { apiVersion, ...Object.fromEntries(Object.entries(rest).map(([key, value]) => [names.get(key) ?? key, value])) } as unknown as KubeObject
}

export const eventsV1: Conversion = {
  served: 'events.k8s.io/v1/Event',
  toServed: object => rename(object, 'events.k8s.io/v1', renamed),
  toStored: object =>
    rename(
      object,
      'v1',
      renamed.map(([core, events]) => [events, core] as const),
    ),
  fields: {
    'regarding.kind': 'involvedObject.kind',
    'regarding.namespace': 'involvedObject.namespace',
    'regarding.name': 'involvedObject.name',
    'regarding.uid': 'involvedObject.uid',
    'regarding.apiVersion': 'involvedObject.apiVersion',
    'regarding.resourceVersion': 'involvedObject.resourceVersion',
    'regarding.fieldPath': 'involvedObject.fieldPath',
    'reportingController': 'reportingComponent',
    'reason': 'reason',
    'type': 'type',
  },
}
