// Priority and fairness: which requests run now, which wait, and which are told to come again, as the stored FlowSchemas and
// PriorityLevelConfigurations say. What lasts (watches, streams) needs a seat only until it has begun.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { byPrecedence } from '../../api/kinds/flowcontrol/flow-schema.ts'
import type { FlowSchema, PriorityLevelConfiguration } from '../../api/types/flowcontrol-v1.ts'
import type { Store } from '../../store/store.ts'
import { byName, follow, type Follower } from '../follow.ts'
import { type Answer, type ApiRequest, textAnswer } from '../http/answer.ts'
import type { RequestInfo } from '../request-info.ts'
import type { ResourceTable } from '../resource-table.ts'
import type { UserInfo } from '../user.ts'
import { reconcileObject } from '../own-objects.ts'
import { withDangling } from './dangling.ts'
import { distinguish, findFlowSchema } from './flow-schemas.ts'
import { toLimits } from './levels.ts'
import { PriorityLevel, type Refusal, type SeatMarket } from './priority-level.ts'

export interface FairnessConfig {
  readonly seats: number
  /** How long a request may wait for its turn. */
  readonly waitMs: number
}

export interface FlowUsage {
  readonly level: string
  readonly seats: number
  readonly executing: number
  readonly waiting: number
}

export interface Fairness {
  /** Follows the configuration until the signal is aborted; before, everything runs at once. */
  start(signal: AbortSignal): Promise<void>
  /** Runs `work` when it is the request's turn. Answers 429 when it cannot have one. */
  run(request: ApiRequest, info: RequestInfo, user: UserInfo, work: () => Promise<Answer>): Promise<Answer>
  readonly usage: readonly FlowUsage[]
  readonly dispatched: ReadonlyMap<string, number>
  readonly rejected: ReadonlyMap<string, number>
}

/** Upstream's estimate of a list: a seat for so many objects that are looked at, at most so many seats. */
const objectsPerSeat = 100
const maxSeats = 10

/** Plain text, as upstream: it stands before everything that knows what an answer looks like. */
const tooMany = (): Answer => {
  const answer = textAnswer(429, 'Too many requests, please try again later.\n')
  return { ...answer, headers: { ...answer.headers, 'retry-after': '1' } }
}

const count = (counters: Map<string, number>, key: string): void => void counters.set(key, (counters.get(key) ?? 0) + 1)

export const createFairness = (
  { seats: totalSeats, waitMs }: FairnessConfig,
  { store, table, clock, log }: { store: Store; table: ResourceTable; clock: Clock; log: Logger },
): Fairness => {
  const schemas = new Map<string, FlowSchema>()
  const configurations = new Map<string, PriorityLevelConfiguration>()
  let ordered: readonly FlowSchema[] = []
  let levels = new Map<string, PriorityLevel>()
  const dispatched = new Map<string, number>()
  const rejected = new Map<string, number>()

  const market: SeatMarket = {
    idleBeside: asking => {
      let idle = 0
      for (const level of levels.values()) if (level !== asking) idle += level.idle - level.borrowed
      return Math.max(0, idle - asking.borrowed)
    },
    freed: level => {
      for (const other of levels.values()) if (other !== level && other.waiting > 0) other.dispatch()
    },
  }

  /** Levels that are gone let what they hold finish; nothing new comes to them. */
  const applyLevels = (): void => {
    const next = new Map<string, PriorityLevel>()
    for (const [name, limits] of toLimits([...configurations.values()], totalSeats)) {
      if (!limits) continue
      const known = levels.get(name)
      known?.reconfigure(limits)
      next.set(name, known ?? new PriorityLevel(name, limits, market, clock, waitMs))
    }
    levels = next
  }

  const exists = (schema: FlowSchema): boolean => configurations.has(schema.spec.priorityLevelConfiguration.name)
  /** By name; one write at a time says what is so when it is written. */
  const telling = new Set<string>()
  const tell = (signal: AbortSignal): void => {
    const served = table.stored('flowschemas.flowcontrol.apiserver.k8s.io')
    for (const [name, schema] of schemas) {
      if (telling.has(name) || signal.aborted || !withDangling(schema, exists(schema), clock.now())) continue
      telling.add(name)
      const write = reconcileObject({ store, clock }, served, served.keyOf('', name), current =>
        current === undefined ? undefined : withDangling(current as FlowSchema, exists(current as FlowSchema), clock.now()),
      )
      void write.catch((error: unknown) => log.warn({ err: error, flowSchema: name }, 'a status could not be written')).finally(() => telling.delete(name))
    }
  }

  const isLimited = (name: string): boolean => configurations.get(name)?.spec.type !== 'Exempt'

  /** What a request costs. */
  const seatsOf = ({ isResource, verb, group, version, plural, namespace, query }: RequestInfo): number => {
    if (!isResource || verb !== 'list') return 1
    const served = table.find(group, version, plural)
    if (!served) return 1
    const stored = store.count(served.prefixOf(namespace))
    const limit = Number(query.get('limit') ?? 0)
    const narrowed = query.has('labelSelector') || query.has('fieldSelector')
    const looked = limit > 0 && !narrowed ? Math.min(limit, stored) : stored
    return Math.min(maxSeats, Math.max(1, Math.ceil(looked / objectsPerSeat)))
  }

  const refuse = (schema: string, level: string, why: Refusal): Answer => {
    count(rejected, `${schema}/${level}/${why}`)
    return tooMany()
  }

  return {
    start: async signal => {
      const flowSchemas = table.stored('flowschemas.flowcontrol.apiserver.k8s.io').prefixOf('')
      const priorityLevels = table.stored('prioritylevelconfigurations.flowcontrol.apiserver.k8s.io').prefixOf('')
      const into = <T>(map: Map<string, T>, changed: () => void): Follower =>
        byName((name, entry) => {
          if (entry) map.set(name, entry.object() as T)
          else map.delete(name)
          changed()
        })
      const order = (): void => {
        ordered = [...schemas.values()].sort(byPrecedence)
        tell(signal)
      }
      const levelsChanged = (): void => {
        applyLevels()
        tell(signal)
      }
      await follow(store, priorityLevels, into(configurations, levelsChanged), log, signal)
      await follow(store, flowSchemas, into(schemas, order), log, signal)
    },

    run: async (request, info, user, work) => {
      const schema = findFlowSchema(ordered, user, info)
      const name = schema?.spec.priorityLevelConfiguration.name ?? 'catch-all'
      // A schema that points nowhere shares the level of those that match nothing.
      const level = isLimited(name) ? (levels.get(name) ?? levels.get('catch-all')) : undefined
      const schemaName = schema?.metadata.name ?? 'catch-all'
      const identify = (answer: Answer): Answer => {
        const [schemaUid, levelUid] = [schema?.metadata.uid, configurations.get(name)?.metadata.uid]
        if (schemaUid === undefined || levelUid === undefined) return answer
        return { ...answer, headers: { ...answer.headers, 'x-kubernetes-pf-flowschema-uid': schemaUid, 'x-kubernetes-pf-prioritylevel-uid': levelUid } }
      }
      if (!level) return identify(await work())

      const flow = schema ? `${schemaName}/${distinguish(schema, user, info)}` : ''
      const admitted = await level.enter(flow, seatsOf(info), request.signal)
      if ('refused' in admitted) return identify(refuse(schemaName, level.name, admitted.refused))
      count(dispatched, `${schemaName}/${level.name}`)
      let held = false
      try {
        const answer = await work()
        // A list is done when its client has all of it (the request's signal tells), not when its first bytes are ready.
        if (info.verb === 'list' && answer.chunks && request.remoteAddress !== undefined) {
          held = true
          if (request.signal.aborted) admitted.leave()
          else request.signal.addEventListener('abort', () => admitted.leave(), { once: true })
        }
        return identify(answer)
      } finally {
        if (!held) admitted.leave()
      }
    },

    get usage() {
      return [...levels.values()].map(({ name, limits, inUse, waiting }) => ({ level: name, seats: limits.seats, executing: inUse, waiting }))
    },
    dispatched,
    rejected,
  }
}
