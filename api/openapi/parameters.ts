// The parameters of requests, by the options type upstream takes them from. Names and types are wire facts, the words are ours.
import type { Json } from './component.ts'

export interface Parameter {
  in: 'path' | 'query'
  name: string
  required?: true
  description?: string
  schema: Json
}

const query = (name: string, type: 'string' | 'integer' | 'boolean', description: string): Parameter => ({
  in: 'query',
  name,
  description,
  schema: { type, uniqueItems: true },
})
const path = (name: string, description: string): Parameter => ({
  in: 'path',
  name,
  required: true,
  description,
  schema: { type: 'string', uniqueItems: true },
})

export const nameParameter = (kind: string): Parameter => path('name', `name of the ${kind}`)
export const namespaceParameter = path('namespace', 'the namespace to look in')
export const pathParameter = path('path', 'path to go on with')
export const pretty = query('pretty', 'string', 'true for an answer that is easy to read')

const dryRun = query('dryRun', 'string', 'All: do everything but store the result')
const fieldManager = query('fieldManager', 'string', 'who is said to own the fields that this request sets')
const fieldValidation = query('fieldValidation', 'string', 'Ignore, Warn or Strict: what happens to unknown and duplicate fields')
const force = query('force', 'boolean', 'take over fields that another manager owns; for server-side apply alone')

export const writeParameters = [dryRun, fieldManager, fieldValidation]
export const patchParameters = [dryRun, fieldManager, fieldValidation, force]
export const deleteParameters = [
  dryRun,
  query('gracePeriodSeconds', 'integer', 'seconds to shut down in; 0 is at once'),
  query('ignoreStoreReadErrorWithClusterBreakingPotential', 'boolean', 'delete what cannot be read, without any of the usual steps'),
  query('orphanDependents', 'boolean', 'deprecated: use propagationPolicy'),
  query('propagationPolicy', 'string', 'Orphan, Background or Foreground'),
]

export const versionParameter = query('resourceVersion', 'string', 'how recent the answer must be')

const selection = [
  query('continue', 'string', 'where the previous part of this list ended'),
  query('fieldSelector', 'string', 'fields that objects must have'),
  query('labelSelector', 'string', 'labels that objects must have'),
  query('limit', 'integer', 'how many objects to answer with at most'),
  versionParameter,
  query('resourceVersionMatch', 'string', 'Exact or NotOlderThan'),
  query('sendInitialEvents', 'boolean', 'begin a watch with what exists'),
  query('shardSelector', 'string', 'the shard of objects to answer with'),
  query('timeoutSeconds', 'integer', 'when to end the request'),
]
export const listParameters = [
  query('allowWatchBookmarks', 'boolean', 'send bookmarks now and then'),
  ...selection,
  query('watch', 'boolean', 'answer with changes as they happen'),
]
export const deleteCollectionParameters = [...selection, ...deleteParameters]

const container = query('container', 'string', 'the container that is meant')
const streams = [
  query('stderr', 'boolean', 'attach standard error'),
  query('stdin', 'boolean', 'attach standard input'),
  query('stdout', 'boolean', 'attach standard output'),
  query('tty', 'boolean', 'with a terminal'),
]
/** By kind of the options object. */
export const connectParameters: Readonly<Record<string, readonly Parameter[]>> = {
  PodExecOptions: [query('command', 'string', 'what to run, one word each time'), container, ...streams],
  PodAttachOptions: [container, ...streams],
  PodPortForwardOptions: [query('ports', 'integer', 'ports to forward; for WebSocket alone')],
  PodProxyOptions: [query('path', 'string', 'path to ask for')],
  ServiceProxyOptions: [query('path', 'string', 'path to ask for')],
  NodeProxyOptions: [query('path', 'string', 'path to ask for')],
}
export const logParameters = [
  container,
  query('follow', 'boolean', 'stay while lines come'),
  query('insecureSkipTLSVerifyBackend', 'boolean', "do not check the node's certificate"),
  query('limitBytes', 'integer', 'bytes to answer with at most'),
  pretty,
  query('previous', 'boolean', 'of the container before this one'),
  query('sinceSeconds', 'integer', 'lines of the last seconds'),
  query('stream', 'string', 'All, Stdout or Stderr'),
  query('tailLines', 'integer', 'lines from the end'),
  query('timestamps', 'boolean', 'begin each line with its time'),
]

/** Parameters that every operation of a path has belong to the path. */
export const hoistParameters = (operations: Record<string, Json>): Json => {
  const all = Object.values(operations).map(o => (o['parameters'] ?? []) as Parameter[])
  const shared = (all[0] ?? []).filter(p => all.every(list => list.some(other => other.name === p.name && other.in === p.in)))
  const out: Json = {}
  for (const [method, operation] of Object.entries(operations)) {
    const own = ((operation['parameters'] ?? []) as Parameter[]).filter(p => !shared.some(s => s.name === p.name && s.in === p.in))
    const { parameters: _, ...rest } = operation
    out[method] = { ...rest, ...(own.length && { parameters: own.toSorted(byName) }) }
  }
  return { ...out, ...(shared.length && { parameters: shared.toSorted(byName) }) }
}
const byName = (a: Parameter, b: Parameter): number => (a.name < b.name ? -1 : 1)
