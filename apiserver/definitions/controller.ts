// Serves what CustomResourceDefinitions define. Driven by the store's watch, never by the verb that wrote: several API servers on one
// etcd all notice. One definition at a time: names → storage and routing → conditions; a deleted one loses its objects first.
//
//   created ──▶ names accepted ──▶ registered with the store, routed ──▶ Established ──▶ (changed: rules follow) …
//                     └─ conflict: waits for the names of its group            └─ deleted ──▶ objects go ──▶ finalizer off ──▶ unserved
import { setTimeout as sleep } from 'node:timers/promises'
import { backoffDelayMs } from '../../base/backoff.ts'
import { toTime, type Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { computeStatus, isConditionTrue, withCondition } from '../../api/custom/naming.ts'
import { recordsOf } from '../../api/custom/record.ts'
import { jsonEqual, type JsonValue } from '../../api/patch/json-value.ts'
import type { CustomResourceDefinition } from '../../api/types/apiextensions-v1.ts'
import { type Entry, type Store, StoreError } from '../../store/store.ts'
import type { WebhookClient } from '../admission/webhooks/client.ts'
import { byName, follow } from '../follow.ts'
import type { ResourceTable } from '../resource-table.ts'
import { emptyFieldsOf, toCanonical } from '../verbs/decode.ts'
import { setManagedFields, trackedOf, trackWriteBy } from '../verbs/managed-fields.ts'
import { createConverter } from './conversion.ts'
import { createCustomResource, type CustomResource } from './custom-resource.ts'
import { cleanupFinalizer } from './delete-definition.ts'
import { deleteInstances } from './instances.ts'

export interface DefinitionsDeps {
  readonly store: Store
  readonly table: ResourceTable
  readonly clock: Clock
  readonly log: Logger
  readonly webhooks: WebhookClient
}

export interface Definitions {
  /** Resolves when every established definition is served. */
  start(): Promise<void>
  stop(): void
}

interface Live {
  readonly resource: CustomResource
  /** What the records were made of; they are made anew when it differs. */
  readonly basis: JsonValue
}

/** What records depend on. */
const basisOf = ({ spec, status, metadata }: CustomResourceDefinition): JsonValue =>
  ({ spec, names: status?.acceptedNames, terminating: metadata.deletionTimestamp !== undefined }) as unknown as JsonValue

const retry = { baseMs: 50, maxMs: 5_000, jitter: 0.2 }

export const createDefinitions = ({ store, table, clock, log, webhooks }: DefinitionsDeps): Definitions => {
  const definitions = table.stored('customresourcedefinitions.apiextensions.k8s.io')
  const prefix = definitions.prefixOf('')
  const trackedStatus = trackedOf({ table, emptyFields: emptyFieldsOf }, definitions, 'status')
  /** By name: the newest entry of each definition, our own writes included. */
  const known = new Map<string, Entry>()
  const live = new Map<string, Live>()
  const queue = new Set<string>()
  const failures = new Map<string, number>()
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  const definitionOf = (entry: Entry): CustomResourceDefinition => entry.object() as unknown as CustomResourceDefinition
  const all = (): CustomResourceDefinition[] => [...known.values()].map(definitionOf)

  /** Writes what a definition became. Undefined when somebody else wrote first: their event brings us back. */
  const write = async (entry: Entry, change: Partial<CustomResourceDefinition>): Promise<Entry | undefined> => {
    const { metadata, ...rest } = { ...definitionOf(entry), ...change }
    const { resourceVersion: _, ...meta } = metadata
    const object = toCanonical(definitions.record, structuredClone({ ...rest, metadata: meta }))
    setManagedFields(object, trackWriteBy({ clock }, 'kube-apiserver', trackedStatus, entry.object(), object))
    try {
      const next = await store.update(entry.key, object, entry.revision)
      known.set(entry.name, next)
      return next
    } catch (error) {
      if (error instanceof StoreError && (error.code === 'Conflict' || error.code === 'NotFound')) return undefined
      throw error
    }
  }

  const unserve = (name: string): void => {
    const gone = live.get(name)
    if (!gone) return
    live.delete(name)
    table.replace(name, [])
    store.unregister(gone.resource.stored.prefix)
  }

  const serve = async (definition: CustomResourceDefinition): Promise<void> => {
    const name = definition.metadata.name!
    const basis = basisOf(definition)
    const before = live.get(name)
    if (before && jsonEqual(before.basis, basis)) return
    // What the server has of its own goes first, also where only the place in the store is the same.
    const place = `/registry/${definition.spec.group}/${definition.spec.names.plural}/`
    if (table.all().some(({ record }) => !record.custom && (record.id === name || record.storagePrefix === place))) return
    const records = recordsOf(definition)
    const converter = createConverter(definition, webhooks)
    let resource = before?.resource
    if (!resource) {
      resource = createCustomResource(records, converter)
      await store.register(resource.stored)
    } else if (!resource.follow(records, converter)) await store.register(resource.stored)
    live.set(name, { resource, basis })
    table.replace(name, resource.served)
  }

  const requeueGroup = (name: string): void => {
    const group = name.slice(name.indexOf('.') + 1)
    for (const other of known.keys()) if (other !== name && other.slice(other.indexOf('.') + 1) === group) queue.add(other)
  }

  const terminate = async (first: Entry): Promise<void> => {
    let entry: Entry | undefined = first
    const definition = definitionOf(entry)
    const condition = (status: 'True' | 'False', reason: string, message: string): Partial<CustomResourceDefinition> => ({
      status: {
        ...definition.status,
        conditions: withCondition(definitionOf(entry!).status?.conditions, { type: 'Terminating', status, reason, message }, toTime(clock.now())),
      },
    })
    const reason = definition.status?.conditions?.find(c => c.type === 'Terminating')?.reason
    if (reason !== 'InstanceDeletionInProgress') {
      entry = await write(entry, condition('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress'))
      if (!entry) return
    }
    const resource = live.get(entry.name)?.resource
    if (resource) await deleteInstances(store, resource, clock, stopping.signal)
    const outcome = resource
      ? condition('False', 'InstanceDeletionCompleted', 'removed all instances')
      : condition('False', 'NeverEstablished', 'resource was never established')
    const { finalizers = [], ...metadata } = definitionOf(entry).metadata
    const left = finalizers.filter(f => f !== cleanupFinalizer)
    if (left.length) await write(entry, { ...outcome, metadata: { ...metadata, finalizers: left } })
    else await remove(entry)
  }
  const remove = async (entry: Entry): Promise<void> => {
    try {
      await store.delete(entry.key, entry.revision)
    } catch (error) {
      if (!(error instanceof StoreError && (error.code === 'Conflict' || error.code === 'NotFound'))) throw error
    }
  }

  const reconcile = async (name: string): Promise<void> => {
    const entry = known.get(name)
    if (!entry) {
      unserve(name)
      requeueGroup(name)
      return
    }
    const definition = definitionOf(entry)
    const status = computeStatus(definition, all(), toTime(clock.now()))
    const next = { ...definition, status }
    if (isConditionTrue(next, 'Established')) await serve(next)
    if (status !== definition.status) {
      if (await write(entry, { status })) requeueGroup(name)
      return
    }
    const { deletionTimestamp, finalizers } = definition.metadata
    // Emptying waits for others' finalizers: it must not hold up the other definitions.
    if (deletionTimestamp !== undefined && finalizers?.includes(cleanupFinalizer) && !terminating.has(name)) {
      terminating.add(name)
      void terminate(entry)
        .catch((error: unknown) => fail(name, error))
        .finally(() => terminating.delete(name))
    }
  }
  const terminating = new Set<string>()

  const fail = (name: string, error: unknown): void => {
    if (stopping.signal.aborted) return
    const count = (failures.get(name) ?? 0) + 1
    failures.set(name, count)
    log.error({ err: error, definition: name }, 'a definition could not be brought into service')
    void sleep(backoffDelayMs(retry, count), undefined, { signal: stopping.signal, ref: false }).then(
      () => wake(name),
      () => undefined,
    )
  }

  const drain = async (): Promise<void> => {
    for (let name = first(queue); name !== undefined && !stopping.signal.aborted; name = first(queue)) {
      queue.delete(name)
      try {
        await reconcile(name)
        failures.delete(name)
      } catch (error) {
        fail(name, error)
      }
    }
  }
  const wake = (name: string): void => {
    queue.add(name)
    running ??= drain().finally(() => {
      running = undefined
      if (queue.size && !stopping.signal.aborted) wake(first(queue)!)
    })
  }

  const observe = (name: string, entry: Entry | undefined): void => {
    const newest = known.get(name)
    if (entry && newest && newest.revision >= entry.revision) return
    if (entry) known.set(name, entry)
    else known.delete(name)
    wake(name)
  }

  return {
    start: async () => {
      await follow(store, prefix, byName(observe), log, stopping.signal)
      while (running) await running
    },
    stop: () => {
      stopping.abort()
    },
  }
}

const first = (names: ReadonlySet<string>): string | undefined => names.values().next().value
