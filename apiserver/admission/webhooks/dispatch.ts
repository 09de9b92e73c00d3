// What mutating and validating webhooks have in common: which of them a request concerns and in which version, and one call.
import { stringifyJson } from '../../../api/json.ts'
import type { KubeObject } from '../../../api/object.ts'
import { badRequest, internalError, StatusError } from '../../../api/status.ts'
import { type Served, toStoredForm } from '../../resource-table.ts'
import type { AdmissionRequest } from '../admission.ts'
import { createWebhookMetrics, type WebhookCall } from '../admission-metrics.ts'
import { lookUp } from '../look-up.ts'
import { refuse } from '../refuse.ts'
import type { AdmissionDeps } from '../registry.ts'
import type { Hook } from './compile.ts'
import { chooseVersion, isExempt, matchesObjects } from './matching.ts'
import { type Answer, namespaceOf, readAnswer, type Seen, toRejection, toReview } from './review.ts'

export interface Dispatcher {
  /** The objects in the version that the hook wants to see; undefined when it is not concerned. Throws when that cannot be said. */
  concern(hook: Hook, request: AdmissionRequest): Promise<Seen | undefined>
  /**
   * undefined: it could not be asked, and that is no obstacle. Throws a StatusError for a refusal, or when it had to be asked. `turn` names the call
   * in the audit log.
   */
  ask(hook: Hook, request: AdmissionRequest, seen: Seen, turn: string): Promise<Answer | undefined>
  /** The kind as it is served in that version. */
  served(resource: Seen['resource']): Served
}

/** Between two served versions of a kind, by way of the stored one. */
export const convert = async (object: KubeObject, from: Served, to: Served): Promise<KubeObject> =>
  from === to ? object : to.fromStored(structuredClone(await toStoredForm(from, structuredClone(object))))

export const createDispatcher = ({ store, table, log, webhooks, series }: AdmissionDeps, mutating: boolean): Dispatcher => {
  const metrics = createWebhookMetrics(series)
  const served = ({ group, version, plural }: Seen['resource']): Served => {
    const found = table.find(group, version, plural)
    if (!found) throw new Error(`${plural} of ${group}/${version} is not served`)
    return found
  }

  const namespaceLabels = async (request: AdmissionRequest): Promise<Readonly<Record<string, string>>> => {
    const { resource, subresource, operation, object } = request
    if (resource.id === 'namespaces' && subresource === '' && operation !== 'DELETE') return object?.metadata.labels ?? {}
    const name = namespaceOf(request)
    const namespace = await lookUp<KubeObject>(store, table.stored('namespaces').keyOf('', name))
    if (!namespace) throw refuse(request, `namespaces ${JSON.stringify(name)} not found`)
    return namespace.metadata.labels ?? {}
  }

  const see = async (request: AdmissionRequest, resource: Seen['resource']): Promise<Seen> => {
    if (resource === request.resource || request.kind) return { resource, object: withVersion(request), old: request.old }
    const [from, to] = [served(request.resource), served(resource)]
    const [object, old] = [withVersion(request), request.old]
    return { resource, object: object && (await convert(object, from, to)), old: old && (await convert(old, from, to)) }
  }

  return {
    served,
    concern: async (hook, request) => {
      const { resource, operation, subresource, object, old } = request
      if (isExempt(resource)) return undefined
      if (!matchesObjects(hook.objectSelector, [object, old])) return undefined
      const own = served(resource)
      const equivalents = hook.equivalent ? table.all().filter(s => s !== own && s.storage === own.storage) : []
      const version = chooseVersion(
        hook.rules,
        { operation, resource, subresource },
        equivalents.map(s => s.record),
      )
      if (!version) return undefined
      // What belongs to no namespace is not exempted by one.
      const namespaced = resource.namespaced || resource.id === 'namespaces'
      if (namespaced && !hook.namespaceSelector.everything && !hook.namespaceSelector.matches(await namespaceLabels(request))) return undefined
      const seen = await see(request, version)
      const match = await hook.conditions.match(request, seen)
      if ('error' in match) throw refuse(request, match.error)
      return match.matches ? seen : undefined
    },
    ask: async (hook, request, seen, turn) => {
      if (request.dryRun && !hook.dryRunSafe) throw badRequest(`admission webhook ${JSON.stringify(hook.name)} does not support dry run`)
      let answer: Answer
      const call: WebhookCall = { name: hook.name, operation: request.operation, type: mutating ? 'admit' : 'validating' }
      const since = performance.now()
      try {
        if (!hook.version) throw new Error('webhook does not accept known AdmissionReview versions (v1, v1beta1)')
        const review = toReview(hook.version, request, seen)
        const signal = AbortSignal.any([request.signal, AbortSignal.timeout(hook.timeoutSeconds * 1000)])
        answer = readAnswer(await webhooks.call(hook.client, stringifyJson(review.body), hook.timeoutSeconds, signal), review, mutating)
      } catch (error) {
        if (request.signal.aborted) throw error
        metrics.failed(call, hook.failsOpen, performance.now() - since)
        const why = `failed calling webhook ${JSON.stringify(hook.name)}: failed to call webhook: ${describe(error)}`
        if (!hook.failsOpen) throw internalError(why, error)
        log.warn({ webhook: hook.name, err: error }, 'failed calling a webhook, which is no obstacle')
        request.annotate?.(`failed-open.${mutating ? 'mutation' : 'validating'}.webhook.admission.k8s.io/${turn}`, hook.name)
        return undefined
      }
      metrics.answered(call, !answer.allowed, performance.now() - since)
      for (const warning of answer.warnings) request.warn(warning)
      for (const [key, value] of Object.entries(answer.auditAnnotations)) request.annotate?.(`${hook.name}/${key}`, value)
      if (!answer.allowed) throw toRejection(hook.name, answer.status)
      return answer
    },
  }
}

/** Clients that change an object name the version that they saw; webhooks expect to see it too. */
const withVersion = ({ object, old }: AdmissionRequest): KubeObject | undefined =>
  object && old?.metadata.resourceVersion !== undefined && object.metadata.resourceVersion === undefined
    ? { ...object, metadata: { ...object.metadata, resourceVersion: old.metadata.resourceVersion } }
    : object

const describe = (error: unknown): string => {
  if (error instanceof StatusError) return error.message
  if (!(error instanceof Error)) return String(error)
  const { cause } = error
  return cause instanceof Error && !error.message.includes(cause.message) ? `${error.message}: ${cause.message}` : error.message
}
