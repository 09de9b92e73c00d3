// The kinds that quotas measure by more than their number, and those that no quota sees.
import { claimQuota } from './claims.ts'
import type { QuotaEvaluator } from './evaluator.ts'
import { createObjectCount } from './object-count.ts'
import { podQuota } from './pods.ts'
import { resourceClaimQuota } from './resource-claims.ts'
import { serviceQuota } from './services.ts'

export const quotaEvaluators: readonly QuotaEvaluator[] = [podQuota, serviceQuota, claimQuota, resourceClaimQuota]

const ignored: ReadonlySet<string> = new Set(['events', 'events.events.k8s.io', 'bindings', 'localsubjectaccessreviews.authorization.k8s.io'])

export const evaluatorOf = (id: string): QuotaEvaluator | undefined =>
  ignored.has(id) ? undefined : (quotaEvaluators.find(e => e.id === id) ?? createObjectCount(id))
