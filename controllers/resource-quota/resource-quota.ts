// Says in a quota's status what is used of it. The API server charges what is created; what ends, shrinks or was never stored is given
// back here, from sums that the informers' events keep. Every few minutes a sum is made anew.
import { setImmediate } from 'node:timers/promises'
import { resourceQuotas as quotaKind } from '../../api/kinds/core/resource-quota.ts'
import { type KubeObject, objectKey } from '../../api/object.ts'
import { compareQuantities } from '../../api/quantity.ts'
import { scopesOf } from '../../api/quota/charge.ts'
import { evaluatorOf } from '../../api/quota/registry.ts'
import { count, formatResourceList, type ResourceList, sameList, toResourceList } from '../../api/resource-list.ts'
import { isReason } from '../../api/status.ts'
import type { ResourceQuota } from '../../api/types/core-v1.ts'
import type { Controller, Informer } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { storedKinds } from '../stored-kinds.ts'
import { Ledger } from './ledger.ts'

const refillMs = 300_000
/** Kinds without an informer of ours are counted by asking. */
const askMs = 30_000
/** A charge is written before its object: less is only said of a quota that nobody charged for so long … */
const settleMs = 500
/** … or has been waiting for this long. */
const maxSettleMs = 5_000
const objectsBetweenYields = 200

interface Kept {
  readonly ledger: Ledger
  filledMs: number | undefined
}
interface Settling {
  readonly sinceMs: number
  readonly version: string | undefined
  readonly seenMs: number
}

const termsKey = ({ spec }: ResourceQuota): string => JSON.stringify([spec.hard, spec.scopes, spec.scopeSelector])
const isStale = ({ spec, status }: ResourceQuota): boolean =>
  !sameList(toResourceList(spec.hard), toResourceList(status?.hard)) || Object.keys(spec.hard ?? {}).some(name => status?.used?.[name] === undefined)

/** `count/widgets.example.com` → widgets, example.com. */
const parseCount = (name: string): { plural: string; group: string } | undefined => {
  const match = /^count\/([^.]+)\.(.+)$/.exec(name)
  return match ? { plural: match[1] ?? '', group: match[2] ?? '' } : undefined
}

export const createResourceQuotaController = ({ client, informers, clock, log }: ControllerContext): Controller => {
  const quotas = informers.of(quotaKind)
  const kinds = storedKinds()
    .filter(kind => kind.namespaced && evaluatorOf(kind.id) !== undefined)
    .map(kind => ({ id: kind.id, informer: informers.of<KubeObject>(kind) }))
  const kept = new Map<string, Kept & { terms: string }>()
  const settling = new Map<string, Settling>()

  const keep = (key: string, quota: ResourceQuota): Kept => {
    const terms = termsKey(quota)
    const known = kept.get(key)
    if (known?.terms === terms) return known
    const made = { terms, ledger: new Ledger({ hard: toResourceList(quota.spec.hard), scopes: scopesOf(quota.spec) }), filledMs: undefined }
    kept.set(key, made)
    return made
  }

  const isMeasured = (name: string): boolean => kinds.some(({ id }) => evaluatorOf(id)?.matchesResource(name))

  /** Tells the sums of the namespace of an object that came, changed or went; answers the quotas of which less is used now. */
  const follow = (id: string, informer: Informer<KubeObject>, object: KubeObject): string[] => {
    const key = objectKey(object)
    const now = informer.get(key)
    return quotas
      .list(object.metadata.namespace ?? '')
      .map(objectKey)
      .filter(quota => kept.get(quota)?.ledger.concerns(id) && kept.get(quota)?.ledger.set(id, key, now, clock.now()))
  }

  const fill = async (namespace: string, { ledger }: Kept): Promise<void> => {
    const concerned = kinds.filter(({ id }) => ledger.concerns(id))
    let seen = 0
    for (const { id, informer } of concerned) {
      await informer.synced
      for (const object of informer.list(namespace)) {
        if (++seen % objectsBetweenYields === 0) await setImmediate()
        const key = objectKey(object)
        ledger.set(id, key, informer.get(key), clock.now())
      }
    }
    ledger.retain((id, key) => concerned.find(kind => kind.id === id)?.informer.get(key) !== undefined)
  }

  /** How many there are of a kind that we hold no copy of; undefined when it is not served. */
  const ask = async (name: string, namespace: string): Promise<number | undefined> => {
    const parsed = parseCount(name)
    if (!parsed) return undefined
    const { plural, group } = parsed
    try {
      const { preferredVersion } = (await client.raw('GET', `/apis/${encodeURIComponent(group)}`)) as { preferredVersion?: { groupVersion?: string } }
      const list = (await client.raw(
        'GET',
        `/apis/${preferredVersion?.groupVersion ?? ''}/namespaces/${encodeURIComponent(namespace)}/${encodeURIComponent(plural)}?limit=1`,
      )) as { items?: unknown[]; metadata?: { remainingItemCount?: number } }
      return (list.items?.length ?? 0) + (list.metadata?.remainingItemCount ?? 0)
    } catch (error) {
      if (isReason(error, 'NotFound') || isReason(error, 'Forbidden')) return undefined
      throw error
    }
  }

  /** How long yet to wait with saying that less is used. */
  const settle = (key: string, quota: ResourceQuota): number => {
    const nowMs = clock.now()
    const version = quota.metadata.resourceVersion
    const known = settling.get(key)
    const next = known?.version === version && known ? known : { sinceMs: known?.sinceMs ?? nowMs, version, seenMs: nowMs }
    settling.set(key, next)
    return Math.max(0, Math.min(next.seenMs + settleMs, next.sinceMs + maxSettleMs) - nowMs)
  }

  const isLess = (used: ResourceList, before: ResourceList): boolean =>
    Object.entries(used).some(([name, amount]) => before[name] !== undefined && compareQuantities(amount, before[name]) < 0)

  return {
    name: 'resourcequota-controller',
    watches: [
      // Also its own charges: one whose object was never stored is given back once the quota has settled.
      { informer: quotas },
      ...kinds.map(({ id, informer }) => ({ informer, toKeys: (object: KubeObject) => follow(id, informer, object) })),
    ],
    async reconcile(key) {
      const quota = quotas.get(key)
      if (!quota) {
        kept.delete(key)
        settling.delete(key)
        return undefined
      }
      const { namespace = '' } = quota.metadata
      const account = keep(key, quota)
      if (account.filledMs === undefined || clock.now() - account.filledMs >= refillMs) {
        await fill(namespace, account)
        account.filledMs = clock.now()
      }
      const used = account.ledger.used(isMeasured)
      const asked = Object.keys(quota.spec.hard ?? {}).filter(resource => !isMeasured(resource))
      for (const resource of asked) {
        const n = await ask(resource, namespace)
        if (n !== undefined) used[resource] = count(n)
      }
      const requeueAfterMs = asked.length ? askMs : refillMs
      const before = toResourceList(quota.status?.used)
      if (!isStale(quota) && sameList(used, before)) {
        settling.delete(key)
        return { requeueAfterMs }
      }
      const waitMs = isLess(used, before) ? settle(key, quota) : 0
      if (waitMs > 0) return { requeueAfterMs: waitMs }
      settling.delete(key)
      const status = { ...(quota.spec.hard && { hard: quota.spec.hard }), used: formatResourceList(used) }
      log.debug({ quota: key, used: status.used }, 'what is used of a quota has changed')
      await client.of(quotaKind, namespace).updateStatus({ ...quota, status })
      return { requeueAfterMs }
    },
  }
}
