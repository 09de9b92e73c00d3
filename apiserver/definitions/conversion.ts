// Between the versions of a custom kind: by changing the apiVersion (None), or by asking a webhook (ConversionReview). Its answers are
// checked as upstream checks them: as many objects, the versions asked for, nothing changed in metadata but labels and annotations.
import { randomUUID } from 'node:crypto'
import type { KubeObject } from '../../api/object.ts'
import { isMap, jsonEqual, type JsonValue } from '../../api/patch/json-value.ts'
import { internalError, type StatusError } from '../../api/status.ts'
import type { CustomResourceDefinition } from '../../api/types/apiextensions-v1.ts'
import type { WebhookClient } from '../admission/webhooks/client.ts'
import type { Mutable } from '../context.ts'

/** Objects of any version as fresh, mutable ones of `apiVersion`. Throws a StatusError. */
export type Converter =
  | { readonly kind: 'none'; convert(object: KubeObject, apiVersion: string): Mutable }
  | { readonly kind: 'webhook'; convert(objects: readonly KubeObject[], apiVersion: string): Promise<Mutable[]> }

const none: Converter = { kind: 'none', convert: (object, apiVersion) => ({ ...structuredClone(object), apiVersion }) }

const timeoutSeconds = 30

interface Review {
  kind?: unknown
  apiVersion?: unknown
  response?: { uid?: unknown; convertedObjects?: unknown; result?: { status?: string; message?: string } }
}

/** What the webhook may have changed is taken; all else of metadata stays as it was. */
const checkMetadata = (original: KubeObject, converted: KubeObject): void => {
  const frozen = ({ labels: _labels, annotations: _annotations, ...rest }: KubeObject['metadata']): JsonValue => rest as unknown as JsonValue
  const { name, namespace, uid } = original.metadata
  for (const [key, value] of Object.entries({ name, namespace, uid }))
    if (converted.metadata[key as 'name'] !== value)
      throw new Error(`must have the same ${key}: ${String(value)} != ${String(converted.metadata[key as 'name'])}`)
  // Other changes are undone silently.
  if (!jsonEqual(frozen(original.metadata), frozen(converted.metadata))) {
    const { labels, annotations } = converted.metadata
    converted.metadata = { ...structuredClone(original.metadata), ...(labels && { labels }), ...(annotations && { annotations }) }
    if (!labels) delete converted.metadata.labels
    if (!annotations) delete converted.metadata.annotations
  }
}

const readAnswer = (answer: unknown, review: string, uid: string, objects: readonly KubeObject[], apiVersion: string): Mutable[] => {
  if (!isMap(answer)) throw new Error('the answer is no object')
  const { kind, apiVersion: reviewVersion, response } = answer as Review
  if (kind !== 'ConversionReview' || reviewVersion !== review)
    throw new Error(`expected a ConversionReview of ${review}, got ${String(kind)} of ${String(reviewVersion)}`)
  if (!response) throw new Error('no response provided')
  if (response.uid !== uid) throw new Error(`expected uid ${JSON.stringify(uid)}, got ${JSON.stringify(response.uid)}`)
  if (response.result?.status !== 'Success') throw new Error(response.result?.message || 'the webhook gave no reason')
  const converted = response.convertedObjects
  if (!Array.isArray(converted) || converted.length !== objects.length)
    throw new Error(`expected ${objects.length} converted objects, got ${Array.isArray(converted) ? converted.length : 0}`)
  return converted.map((object: unknown, i) => {
    const original = objects[i]!
    if (!isMap(object) || !isMap(object['metadata'])) throw new Error(`converted object ${i} is no object with metadata`)
    if (object['apiVersion'] !== apiVersion) throw new Error(`converted object ${i} is of ${JSON.stringify(object['apiVersion'])}, not of ${apiVersion}`)
    if (object['kind'] !== original.kind) throw new Error(`converted object ${i} is a ${JSON.stringify(object['kind'])}, not a ${original.kind}`)
    const result = object as unknown as Mutable
    try {
      checkMetadata(original, result)
    } catch (error) {
      throw new Error(`invalid metadata in object at index ${i}: ${(error as Error).message}`, { cause: error })
    }
    return result
  })
}

const webhook = (definition: CustomResourceDefinition, client: WebhookClient): Converter => {
  const { clientConfig, conversionReviewVersions = [] } = definition.spec.conversion?.webhook ?? {}
  const version = conversionReviewVersions.find(v => v === 'v1' || v === 'v1beta1') ?? 'v1'
  const review = `apiextensions.k8s.io/${version}`
  const fail = (apiVersion: string, why: unknown): StatusError =>
    internalError(`conversion webhook for ${apiVersion}, Kind=${definition.spec.names.kind} failed: ${why instanceof Error ? why.message : String(why)}`, why)
  return {
    kind: 'webhook',
    convert: async (objects, apiVersion) => {
      const uid = randomUUID()
      const body = { kind: 'ConversionReview', apiVersion: review, request: { uid, desiredAPIVersion: apiVersion, objects } }
      try {
        const answer = await client.call(clientConfig ?? {}, JSON.stringify(body), timeoutSeconds, AbortSignal.timeout(timeoutSeconds * 1000))
        return readAnswer(answer, review, uid, objects, apiVersion)
      } catch (error) {
        throw fail(objects[0]?.apiVersion ?? apiVersion, error)
      }
    },
  }
}

export const createConverter = (definition: CustomResourceDefinition, client: WebhookClient): Converter =>
  definition.spec.conversion?.strategy === 'Webhook' ? webhook(definition, client) : none
