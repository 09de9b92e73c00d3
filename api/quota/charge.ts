// Whether a request fits into the quotas of its namespace, and what they say is used when it is let through. Pure: who charges writes
// the result with optimistic concurrency.
import { compareQuantities, quantitySign } from '../quantity.ts'
import { mask, printResourceList, type ResourceList, subtractToZero, sum, toResourceList, withoutZeros } from '../resource-list.ts'
import type { ResourceQuota } from '../types/core-v1.ts'
import type { KubeObject } from '../object.ts'
import type { QuotaChange, QuotaEvaluator, ScopeRequirement } from './evaluator.ts'

/** A quota as it is while requests are charged to it. */
export interface Account {
  readonly name: string
  readonly scopes: readonly ScopeRequirement[]
  readonly hard: ResourceList
  readonly used: ResourceList
}

export type Verdict = { readonly used: ReadonlyMap<string, ResourceList> } | { readonly denied: string }

/** Nothing counts before the controller has said what is used: only `status.hard` is enforced. */
export const toAccount = ({ metadata, spec, status }: ResourceQuota): Account => ({
  name: metadata.name ?? '',
  scopes: scopesOf(spec),
  hard: toResourceList(status?.hard),
  used: toResourceList(status?.used),
})

export const scopesOf = (spec: ResourceQuota['spec']): readonly ScopeRequirement[] => [
  ...(spec.scopes ?? []).map(scopeName => ({ scopeName, operator: 'Exists' })),
  ...(spec.scopeSelector?.matchExpressions ?? []),
]

/** True when the quota is about this object: one of its resources and all of its scopes. */
export const isAbout = (evaluator: QuotaEvaluator, account: Pick<Account, 'scopes' | 'hard'>, object: KubeObject, nowMs: number): boolean =>
  Object.keys(account.hard).some(name => evaluator.matchesResource(name)) && account.scopes.every(scope => evaluator.matchesScope(scope, object, nowMs))

const exceeded = (next: ResourceList, hard: ResourceList): readonly string[] =>
  Object.entries(next)
    .filter(([name, amount]) => hard[name] !== undefined && compareQuantities(amount, hard[name]) > 0)
    .map(([name]) => name)

/** `used` of the verdict has the accounts that change, by name. */
export const charge = (evaluator: QuotaEvaluator, accounts: readonly Account[], change: QuotaChange, nowMs: number): Verdict => {
  const { object, old } = change
  if (!object || !evaluator.handles(change)) return { used: new Map() }
  const concerned = accounts.filter(account => isAbout(evaluator, account, object, nowMs))
  for (const { name, hard, used } of concerned) {
    const restricted = Object.keys(hard)
      .filter(resource => evaluator.matchesResource(resource))
      .sort()
    const missing = evaluator.findMissing?.(object, restricted)
    if (missing !== undefined) return { denied: `failed quota: ${name}: ${missing}` }
    if (restricted.some(resource => used[resource] === undefined)) return { denied: `status unknown for quota: ${name}, resources: ${restricted.join(',')}` }
  }
  if (!concerned.length) return { used: new Map() }
  const usage = evaluator.usage(object, nowMs)
  const negative = Object.keys(usage).filter(name => usage[name] && quantitySign(usage[name]) < 0)
  if (negative.length) return { denied: `quota usage is negative for resource(s): ${negative.sort().join(',')}` }
  const before = change.operation === 'UPDATE' && old ? evaluator.usage(old, nowMs) : undefined
  const result = new Map<string, ResourceList>()
  for (const account of concerned) {
    const delta = before && old && isAbout(evaluator, account, old, nowMs) ? subtractToZero(usage, before) : usage
    const asked = mask(withoutZeros(delta), Object.keys(account.hard))
    if (!Object.keys(asked).length) continue
    const next = sum(account.used, asked)
    // A status is a fact: it is counted, never refused.
    const over = change.subresource === 'status' ? [] : exceeded(mask(next, Object.keys(asked)), account.hard)
    if (over.length)
      return {
        denied: `exceeded quota: ${account.name}, requested: ${printResourceList(mask(asked, over))}, used: ${printResourceList(mask(account.used, over))}, limited: ${printResourceList(mask(account.hard, over))}`,
      }
    result.set(account.name, next)
  }
  return { used: result }
}
