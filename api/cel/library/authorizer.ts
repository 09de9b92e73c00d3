// Questions to the authorizer. Answering them may take time, and evaluation does not wait: what is not known yet ends it as `pending`, and
// the caller evaluates again once it has asked (evaluateAuthorizing).
import type { CelValue } from '../cel.types.ts'
import { add, fixed, scale } from '../estimate.ts'
import { type CelFunction, define, member, type Overload } from '../function.ts'
import { sizeOf } from '../interpreter.ts'
import { boolType, opaqueType, stringType } from '../type.ts'
import { isDns1123Label, isDns1123Subdomain } from '../../validation/names.ts'
import { CelError, CelOpaque } from '../value.ts'
import { priced, traversalFactor } from './costs.ts'

/** The one who is asked about; undefined: who made the request. */
export interface ServiceAccountSubject {
  readonly namespace: string
  readonly name: string
}
export interface AuthorizationQuestion {
  readonly serviceAccount?: ServiceAccountSubject
  readonly verb: string
  readonly path?: string
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  readonly fieldSelector?: string
  readonly labelSelector?: string
}
export interface AuthorizationDecision {
  readonly allowed: boolean
  readonly reason: string
  /** Set where asking failed. */
  readonly error?: string
}

/** Thrown out of an evaluation that cannot go on without an answer. */
export class AuthorizationPending extends Error {
  override name = 'AuthorizationPending'
  readonly question: AuthorizationQuestion
  constructor(question: AuthorizationQuestion) {
    super('an authorization decision is pending')
    this.question = question
  }
}

/** Answers what is known; undefined: ask, and evaluate again. */
export type KnownDecisions = (question: AuthorizationQuestion) => AuthorizationDecision | undefined

interface Inquiry {
  readonly decide: KnownDecisions
  readonly about: Omit<AuthorizationQuestion, 'verb'>
}
type InquiryValue = CelOpaque<Inquiry>

export const authorizerType = opaqueType('kubernetes.authorization.Authorizer')
const pathType = opaqueType('kubernetes.authorization.PathCheck')
const groupType = opaqueType('kubernetes.authorization.GroupCheck')
export const resourceCheckType = opaqueType('kubernetes.authorization.ResourceCheck')
const decisionType = opaqueType('kubernetes.authorization.Decision')

export const createAuthorizerValue = (decide: KnownDecisions): CelValue => new CelOpaque<Inquiry>(authorizerType, { decide, about: {} })
/** authorizer.requestResource: a check on what the request is about. */
export const createResourceCheck = (decide: KnownDecisions, about: Inquiry['about']): CelValue => new CelOpaque<Inquiry>(resourceCheckType, { decide, about })

const narrowed = (type: typeof pathType, { value }: InquiryValue, more: Inquiry['about']): CelValue =>
  new CelOpaque<Inquiry>(type, { decide: value.decide, about: { ...value.about, ...more } })
const onResource = (name: string, id: string, key: keyof Inquiry['about'], costs: Pick<Overload, 'cost' | 'estimate'> = {}): CelFunction =>
  define(
    name,
    member(
      id,
      [resourceCheckType, stringType],
      resourceCheckType,
      (check: InquiryValue, text: string) => narrowed(resourceCheckType, check, { [key]: text }),
      costs,
    ),
  )

const check = ({ value }: InquiryValue, verb: string): CelValue => {
  const question: AuthorizationQuestion = { ...value.about, verb }
  const decision = value.decide(question)
  if (!decision) throw new AuthorizationPending(question)
  return new CelOpaque(decisionType, decision)
}
/** So that no expression asks more than twice. */
const checkCost = priced(350_000)
/** A requirement for every second character, each a struct and a slice, in a list. */
const selecting: Pick<Overload, 'cost' | 'estimate'> = {
  cost: ([, text]) => 10 + Math.ceil(sizeOf(text!) * traversalFactor) + Math.ceil(Math.ceil(sizeOf(text!) * 0.5) * 50),
  estimate: ([, text]) => ({ cost: add(fixed(10), add(scale(text!.size, traversalFactor), scale(scale(text!.size, 0.5), 50))) }),
}

type DecisionValue = CelOpaque<AuthorizationDecision>

export const authorizer: readonly CelFunction[] = [
  define(
    'path',
    member('authorizer_path', [authorizerType, stringType], pathType, (a: InquiryValue, path: string) =>
      path.trim() === '' ? new CelError('path must not be empty') : narrowed(pathType, a, { path }),
    ),
  ),
  define(
    'group',
    member('authorizer_group', [authorizerType, stringType], groupType, (a: InquiryValue, group: string) => narrowed(groupType, a, { group })),
  ),
  define(
    'serviceAccount',
    member('authorizer_serviceaccount', [authorizerType, stringType, stringType], authorizerType, (a: InquiryValue, namespace: string, name: string) => {
      if (isDns1123Subdomain(name).length) return new CelError('Invalid service account name')
      if (isDns1123Label(namespace).length) return new CelError('Invalid service account namespace')
      return narrowed(authorizerType, a, { serviceAccount: { namespace, name } })
    }),
  ),
  define(
    'resource',
    member('groupcheck_resource', [groupType, stringType], resourceCheckType, (group: InquiryValue, resource: string) =>
      resource.trim() === '' ? new CelError('resource must not be empty') : narrowed(resourceCheckType, group, { resource }),
    ),
  ),
  onResource('subresource', 'resourcecheck_subresource', 'subresource'),
  onResource('namespace', 'resourcecheck_namespace', 'namespace'),
  onResource('name', 'resourcecheck_name', 'name'),
  onResource('fieldSelector', 'authorizer_fieldselector', 'fieldSelector', selecting),
  onResource('labelSelector', 'authorizer_labelselector', 'labelSelector', selecting),
  define(
    'check',
    member('pathcheck_check', [pathType, stringType], decisionType, check, checkCost),
    member('resourcecheck_check', [resourceCheckType, stringType], decisionType, check, checkCost),
  ),
  define(
    'allowed',
    member('decision_allowed', [decisionType], boolType, ({ value }: DecisionValue) => value.allowed),
  ),
  define(
    'reason',
    member('decision_reason', [decisionType], stringType, ({ value }: DecisionValue) => value.reason),
  ),
  define(
    'errored',
    member('decision_errored', [decisionType], boolType, ({ value }: DecisionValue) => value.error !== undefined),
  ),
  define(
    'error',
    member('decision_error', [decisionType], stringType, ({ value }: DecisionValue) => value.error ?? ''),
  ),
]
