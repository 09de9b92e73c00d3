// ResourceQuota, the last word of admission: what a request uses is charged to the quotas of its namespace before it is stored. Requests
// of one namespace are charged together, one batch at a time, each quota by one write that names the revision it was judged on; whoever
// loses to another API server judges anew. A charge whose object then is not stored is given back by the quota controller, as upstream.
import type { KubeObject } from '../../api/object.ts'
import { type Account, charge, toAccount } from '../../api/quota/charge.ts'
import { evaluatorOf } from '../../api/quota/registry.ts'
import { formatResourceList, type ResourceList } from '../../api/resource-list.ts'
import { StatusError } from '../../api/status.ts'
import type { ResourceQuota } from '../../api/types/core-v1.ts'
import { type Entry, StoreError } from '../../store/store.ts'
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts'
import { refuse } from './refuse.ts'
import type { AdmissionDeps } from './registry.ts'

interface Waiter {
  readonly request: AdmissionRequest
  readonly done: PromiseWithResolvers<undefined>
  /** Set once this waiter fits into the accounts of the round and only their writing is awaited. */
  pending: boolean
}

const maxTries = 20

const toObject = (entry: Entry, used: ResourceList): KubeObject => {
  const quota = structuredClone(entry.object()) as KubeObject & ResourceQuota
  delete quota.metadata.resourceVersion
  quota.status = { ...quota.status, used: formatResourceList(used) }
  return quota
}

export const resourceQuota = ({ store, table, clock }: AdmissionDeps): AdmissionPlugin => {
  const queues = new Map<string, Waiter[]>()

  const read = async (namespace: string, consistent: boolean): Promise<Entry[]> => {
    const { entries } = await store.list(table.stored('resourcequotas').prefixOf(namespace), { freshness: consistent ? 'consistent' : 'any' })
    return [...entries]
  }

  /** Judges every waiter on the accounts as those before it leave them; answers what is used then. */
  const judge = (waiters: readonly Waiter[], accounts: readonly Account[]): ReadonlyMap<string, ResourceList> => {
    const nowMs = clock.now()
    const changed = new Map<string, ResourceList>()
    for (const waiter of waiters) {
      const { request } = waiter
      const evaluator = evaluatorOf(request.resource.id)
      if (!evaluator) continue
      const running = accounts.map(account => ({ ...account, used: changed.get(account.name) ?? account.used }))
      const verdict = charge(evaluator, running, request, nowMs)
      if ('denied' in verdict) waiter.done.reject(refuse(request, verdict.denied))
      else if (request.dryRun || !verdict.used.size) waiter.done.resolve(undefined)
      else {
        waiter.pending = true
        for (const [name, used] of verdict.used) changed.set(name, used)
      }
    }
    return changed
  }

  /** The quotas whose write lost to somebody else's. */
  const write = async (entries: readonly Entry[], changed: ReadonlyMap<string, ResourceList>): Promise<ReadonlySet<string>> => {
    const lost = new Set<string>()
    for (const [name, used] of changed) {
      const entry = entries.find(e => e.name === name)!
      try {
        await store.update(entry.key, toObject(entry, used), entry.revision)
      } catch (error) {
        if (!(error instanceof StoreError) || (error.code !== 'Conflict' && error.code !== 'NotFound')) throw error
        lost.add(name)
      }
    }
    return lost
  }

  const settle = async (namespace: string, waiters: readonly Waiter[]): Promise<void> => {
    let open = waiters
    let entries = await read(namespace, false)
    for (let attempt = 1; open.length; attempt++) {
      const changed = judge(
        open,
        entries.map(entry => toAccount(entry.object() as ResourceQuota)),
      )
      open = open.filter(waiter => waiter.pending)
      const lost = await write(entries, changed)
      if (!lost.size) {
        for (const waiter of open) waiter.done.resolve(undefined)
        return
      }
      if (attempt >= maxTries) throw new StatusError(409, 'Conflict', `the quotas of namespace ${JSON.stringify(namespace)} change too often`)
      // What was written is charged; only the lost ones are judged again, as they are now.
      entries = (await read(namespace, true)).filter(entry => lost.has(entry.name))
      for (const waiter of open) waiter.pending = false
    }
  }

  const drain = async (namespace: string, queue: Waiter[]): Promise<void> => {
    while (queue.length) {
      const batch = queue.splice(0)
      try {
        await settle(namespace, batch)
      } catch (error) {
        for (const waiter of batch) waiter.done.reject(error)
      }
    }
    queues.delete(namespace)
  }

  const evaluate = (request: AdmissionRequest): Promise<undefined> => {
    const waiter: Waiter = { request, done: Promise.withResolvers<undefined>(), pending: false }
    const queue = queues.get(request.namespace)
    if (queue) queue.push(waiter)
    else {
      const started = [waiter]
      queues.set(request.namespace, started)
      void drain(request.namespace, started)
    }
    return waiter.done.promise
  }

  return {
    name: 'ResourceQuota',
    operations: ['CREATE', 'UPDATE'],
    validate: async request => {
      if (!request.resource.namespaced || !request.namespace || !evaluatorOf(request.resource.id)?.handles(request)) return
      const { count } = await store.list(table.stored('resourcequotas').prefixOf(request.namespace), { freshness: 'any' })
      if (count) await evaluate(request)
    },
  }
}
