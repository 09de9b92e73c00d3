// matchConditions of webhooks: a request concerns a webhook only when all of them hold.
import type { MatchCondition } from '../../api/types/admissionregistration-v1.ts'
import type { AdmissionRequest } from './admission.ts'
import type { Seen } from './webhooks/review.ts'

export type Match = { readonly matches: boolean } | { readonly error: string }

/** A condition that is false decides; a fault of another only counts when none is, and then not when the webhook fails open. */
export interface Conditions {
  match(request: AdmissionRequest, seen: Seen): Match
}

const always: Conditions = { match: () => ({ matches: true }) }

export const compileConditions = (conditions: readonly MatchCondition[], failsOpen: boolean): Conditions => {
  if (!conditions.length) return always
  return { match: () => (failsOpen ? { matches: false } : { error: 'expressions cannot be evaluated' }) }
}
