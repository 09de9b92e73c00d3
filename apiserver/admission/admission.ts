// Admission: an array of plugins in upstream's order. All `admit`s run first and may change the object, then all `validate`s. What a plugin
// looks at is data, so that a request passes only those that have something to say about it.
import type { GroupVersionKind, KubeObject } from '../../api/object.ts'
import type { AnyResource } from '../../api/resource.ts'
import type { Series } from '../discovery/series.ts'
import type { UserInfo } from '../user.ts'
import { createPluginTimer, type PluginTimer } from './admission-metrics.ts'

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

export interface AdmissionRequest {
  readonly operation: Operation
  readonly resource: AnyResource
  readonly subresource: string
  /** Where a subresource's body is of another kind than its resource (Scale, Eviction, Binding). */
  readonly kind?: GroupVersionKind
  readonly namespace: string
  /** Empty while the server has still to make it from generateName. */
  readonly name: string
  /** Absent for DELETE. `admit` may change it, in place. */
  readonly object: KubeObject | undefined
  /** Frozen. */
  readonly old: KubeObject | undefined
  /** CreateOptions, UpdateOptions, DeleteOptions as the client sent them, with kind and apiVersion. */
  readonly options: Readonly<Record<string, unknown>>
  readonly user: UserInfo
  readonly dryRun: boolean
  readonly signal: AbortSignal
  warn(text: string): void
  /** A note for the audit log. */
  annotate?(key: string, value: string): void
  /** Whether the audit log shows whole objects of this request. */
  readonly auditsObjects?: boolean
}

/** One way of a request through the mutating plugins: it goes a second one when a plugin asks for it, because others must see what it changed. */
export interface Round {
  readonly again: boolean
  requestAgain(): void
  /** What plugins remember from the first round, by plugin. */
  readonly memory: Map<unknown, unknown>
}

export interface AdmissionPlugin {
  readonly name: string
  /** Ids of resources, `id/subresource` where it looks at one; undefined: everything. */
  readonly handles?: readonly string[]
  /** undefined: all. */
  readonly operations?: readonly Operation[]
  readonly admit?: (request: AdmissionRequest, round: Round) => Promise<void> | void
  readonly validate?: (request: AdmissionRequest) => Promise<void> | void
}

export interface AdmissionChain {
  admit(request: AdmissionRequest): Promise<void>
  validate(request: AdmissionRequest): Promise<void>
}

type Step = (request: AdmissionRequest, round: Round) => Promise<void> | void

interface Concerned {
  readonly admit: readonly Step[]
  readonly validate: readonly Step[]
}

/** The same step, whose time is noted. */
const timed = (step: Step, timer: PluginTimer): Step => {
  return async (request, round) => {
    const since = performance.now()
    try {
      await step(request, round)
    } catch (error) {
      timer.observe(true, performance.now() - since)
      throw error
    }
    timer.observe(false, performance.now() - since)
  }
}

/** Kinds come and go with their definitions; beyond this many the memory is begun anew. */
const maxRemembered = 5_000

export const createAdmissionChain = (plugins: readonly AdmissionPlugin[], series: Series): AdmissionChain => {
  const concerned = new Map<string, Concerned>()
  /** Validation has one. */
  const onlyRound: Round = { again: false, requestAgain: () => undefined, memory: new Map() }
  const find = ({ operation, resource, subresource }: AdmissionRequest): Concerned => {
    const target = subresource ? `${resource.id}/${subresource}` : resource.id
    const key = `${operation} ${target}`
    let found = concerned.get(key)
    if (!found) {
      const chosen = plugins.filter(p => (p.handles?.includes(target) ?? true) && (p.operations?.includes(operation) ?? true))
      found = {
        admit: chosen.flatMap(p => (p.admit ? [timed(p.admit, createPluginTimer(series, p.name, operation, 'admit'))] : [])),
        validate: chosen.flatMap(p => (p.validate ? [timed(p.validate, createPluginTimer(series, p.name, operation, 'validate'))] : [])),
      }
      if (concerned.size >= maxRemembered) concerned.clear()
      concerned.set(key, found)
    }
    return found
  }
  return {
    admit: async request => {
      const { admit } = find(request)
      if (!admit.length) return
      let wanted = false
      const memory = new Map<unknown, unknown>()
      const requestAgain = (): void => {
        wanted = true
      }
      for (const step of admit) await step(request, { again: false, requestAgain, memory })
      // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- set by the call-back
      if (wanted) for (const step of admit) await step(request, { again: true, requestAgain, memory })
    },
    validate: async request => {
      for (const step of find(request).validate) await step(request, onlyRound)
    },
  }
}

/** Gives `target` the contents of `source`; `target` and its metadata stay the objects they are, as others hold them. */
export const replaceContents = (target: KubeObject, source: KubeObject): void => {
  const { metadata } = target
  for (const key of Object.keys(metadata)) Reflect.deleteProperty(metadata, key)
  Object.assign(metadata, source.metadata)
  for (const key of Object.keys(target)) if (key !== 'metadata') Reflect.deleteProperty(target, key)
  Object.assign(target, source, { metadata })
}
