// From a request's info to the code that answers it: a verb on a kind, a subresource, or one of the paths that are no resources.
import { notFound } from '../api/status.ts'
import type { Context, Handler, Parts } from './context.ts'
import type { NegotiateOptions } from './encoding/negotiate.ts'
import { methodNotAllowed, resourceNotFound } from './errors.ts'
import { type Answer, pageNotFound, textAnswer } from './http/answer.ts'
import { answerNonResource } from './discovery/non-resource.ts'
import { hasEmptySegment, type RequestInfo } from './request-info.ts'
import { isStored, type Served } from './resource-table.ts'
import { questions } from './subresources/questions.ts'
import { findSubresource } from './subresources/registry.ts'
import { create } from './verbs/create.ts'
import { deleteCollection } from './verbs/delete-collection.ts'
import { deleteOne } from './verbs/delete.ts'
import { get } from './verbs/get.ts'
import { list } from './verbs/list.ts'
import { patch } from './verbs/patch.ts'
import { update } from './verbs/update.ts'
import { watch } from './verbs/watch.ts'

export type Route =
  | { readonly kind: 'verb'; readonly served: Served; readonly handler: Handler; readonly negotiation: NegotiateOptions }
  | { readonly kind: 'answer'; readonly answer: (context: Context) => Promise<Answer> | Answer }

const handlers: Readonly<Record<string, Handler>> = { get, list, watch, create, update, patch, delete: deleteOne, deletecollection: deleteCollection }

/** Custom resources have no protobuf: who would take it as well as JSON gets JSON. */
const typesOf = ({ record }: Served): NegotiateOptions => (record.custom ? { types: ['application/json', 'application/yaml'] } : {})

/** Upstream hands on what no definition serves, to nobody. */
const isUnservedCustom = ({ table }: Parts, info: RequestInfo): boolean => {
  if (info.group === '' || info.version === '' || !table.isCustomGroup(info.group)) return false
  if (!info.isResource) return !table.hasVersion(info.group, info.version)
  const served = table.find(info.group, info.version, info.plural)
  if (!served) return true
  if (!served.record.namespaced) return info.namespacePath
  return !info.namespacePath && info.verb !== 'list' && info.verb !== 'watch'
}

export const route = (parts: Parts, info: RequestInfo): Route => {
  const { table } = parts
  const inApi = info.path === '/api' || info.path.startsWith('/api/')
  const behind = info.path.startsWith('/apis/') ? parts.aggregator.find(info.group, info.version) : undefined
  if (behind) return { kind: 'answer', answer: context => (behind.available ? behind.service.forward(context) : textAnswer(503, 'service unavailable\n')) }
  if (info.path.startsWith('/apis/') && !table.hasGroup(info.group) && !parts.aggregator.versions().some(v => v.group === info.group))
    return { kind: 'answer', answer: pageNotFound }
  if (info.path.startsWith('/apis//')) return { kind: 'answer', answer: pageNotFound }
  if (isUnservedCustom(parts, info)) return { kind: 'answer', answer: pageNotFound }
  if (!info.isResource) {
    if (inApi && hasEmptySegment(info.path)) throw resourceNotFound()
    return { kind: 'answer', answer: context => answerNonResource(parts, context) }
  }
  const served = hasEmptySegment(info.path) ? undefined : table.find(info.group, info.version, info.plural)
  if (!served || (info.group === '' && !inApi)) throw resourceNotFound()
  if (info.subresource) return routeSubresource(served, info)
  if (info.rest.length) throw resourceNotFound()
  const { record } = served
  if (info.namespacePath && !record.namespaced) throw resourceNotFound()
  const named = info.name !== ''
  if (named && record.namespaced && !info.namespacePath) throw resourceNotFound()
  if (named && !record.verbs.includes('get')) throw resourceNotFound()
  if (info.watchPath && info.method !== 'GET') throw methodNotAllowed()

  const allNamespaces = record.namespaced && !info.namespacePath
  const { verb } = info
  const question = questions[record.id]
  if (question) {
    const handler = allNamespaces ? (verb === 'list' ? question.list : undefined) : question[verb as 'create' | 'get' | 'list' | 'watch']
    if (!handler) throw methodNotAllowed()
    return { kind: 'verb', served, handler, negotiation: { conversions: verb !== 'create' } }
  }
  const handler = handlers[verb]
  if (!handler || !isStored(record) || info.method === 'HEAD') throw methodNotAllowed()
  if (!record.verbs.includes(verb)) throw methodNotAllowed()
  // A path without the name, or over all namespaces, does not take every verb.
  const onItem = verb === 'get' || verb === 'update' || verb === 'patch' || verb === 'delete'
  if (onItem !== named && verb !== 'watch') throw methodNotAllowed()
  if (allNamespaces && verb !== 'list' && verb !== 'watch') throw methodNotAllowed()
  return {
    kind: 'verb',
    served,
    handler,
    negotiation: { ...typesOf(served), conversions: true, list: verb === 'list' || verb === 'watch', watch: verb === 'watch' },
  }
}

const routeSubresource = (served: Served, info: RequestInfo): Route => {
  const subresource = findSubresource(served.record, info.subresource)
  if (!subresource && served.record.custom) throw notFound(served.record, info.name)
  if (!subresource || (info.rest.length && !subresource.takesPath) || info.namespacePath !== served.record.namespaced || info.watchPath)
    throw resourceNotFound()
  const handler = subresource.handlers[info.verb] ?? subresource.connect
  if (!handler || (info.method === 'HEAD' && !subresource.connect)) throw methodNotAllowed()
  return {
    kind: 'verb',
    served,
    handler,
    negotiation:
      subresource.connect || subresource.anyType
        ? { anything: true }
        : { ...typesOf(served), conversions: (subresource.conversions ?? true) || served.record.custom !== undefined },
  }
}
