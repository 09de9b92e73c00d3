// The API servers behind this one. Follows APIServices; those with a Service are asked regularly and when their Service changes, their
// answer is their condition Available and what discovery says of them. One writer per APIService, the last finding wins.
import type { OtherDocument } from '../../api/openapi/merge-v2.ts'
import type { APIService } from '../../api/types/apiregistration-v1.ts'
import type { CustomResourceDefinition } from '../../api/types/apiextensions-v1.ts'
import { toTime } from '../../base/clock.ts'
import type { Entry, StoreWatch } from '../../store/store.ts'
import { reconcileObject } from '../own-objects.ts'
import type { Parts } from '../context.ts'
import { failedDiscovery, type Finding, findObstacle, passed, withFinding } from './availability.ts'
import { byName, follow } from '../follow.ts'
import { ensureBuiltinServices, ensureCustomService, removeCustomService, versionsOf } from './local-services.ts'
import { createRemoteService, type RemoteService } from './remote-service.ts'
import { type RemoteVersion, toAggregatedResources } from './remote-version.ts'

export interface Aggregator {
  /** The server behind that serves this group version, and whether it answered when it was last asked. */
  find(group: string, version: string): { readonly service: RemoteService; readonly available: boolean } | undefined
  versions(): readonly RemoteVersion[]
  /** serverRelativeURLs of /openapi/v3 by path (`apis/GROUP/VERSION`). */
  openApiPaths(): Readonly<Record<string, { serverRelativeURL: string }>>
  /** What the servers behind publish in Swagger 2.0, asked for now; of those that answer. */
  openApiV2(): Promise<readonly OtherDocument[]>
  /** Grows with every change of what discovery and OpenAPI say. */
  readonly revision: number
  start(): Promise<void>
  stop(): void
}

export type AggregatorDeps = Pick<Parts, 'store' | 'table' | 'clock' | 'log' | 'config'>

interface Remote {
  readonly service: RemoteService
  readonly watches: StoreWatch[]
  available: boolean
  resources: RemoteVersion['resources']
  openApi: Record<string, { serverRelativeURL: string }>
  checking: boolean
  again: boolean
  cancelTimer: () => void
  failures: number
}

const checkMs = 5_000
const resyncMs = 30_000
/** An unavailable one is asked sooner, and then less and less often. */
const retryMs = (failures: number): number => Math.min(resyncMs, 500 * 2 ** Math.min(failures, 6))

export const createAggregator = (deps: AggregatorDeps): Aggregator => {
  const { store, table, clock, log } = deps
  const kind = table.stored('apiservices.apiregistration.k8s.io')
  const stopping = new AbortController()
  const { signal } = stopping
  const remotes = new Map<string, Remote>()
  const custom = new Map<string, { group: string; versions: string[] }>()
  let revision = 0

  const ask = async (remote: Remote): Promise<Finding> => {
    const { service } = remote
    const obstacle = await findObstacle(deps, service.spec)
    if (obstacle) return obstacle
    const path = `apis/${service.spec.group ?? ''}/${service.spec.version ?? ''}`
    const timely = AbortSignal.any([signal, AbortSignal.timeout(checkMs)])
    try {
      const resources = toAggregatedResources(await service.fetch(`/${path}`, timely))
      if (!resources) return failedDiscovery(`/${path} is no APIResourceList`)
      if (JSON.stringify(resources) !== JSON.stringify(remote.resources)) revision++
      remote.resources = resources
    } catch (error) {
      return failedDiscovery(error instanceof Error ? error.message : String(error))
    }
    // A server need not publish its schemas.
    const index = await service.fetch('/openapi/v3', timely).catch(() => undefined)
    const link = (index as { paths?: Record<string, { serverRelativeURL?: unknown }> } | undefined)?.paths?.[path]?.serverRelativeURL
    const openApi = typeof link === 'string' && link.startsWith('/openapi/v3/') ? { [path]: { serverRelativeURL: link } } : {}
    if (JSON.stringify(openApi) !== JSON.stringify(remote.openApi)) revision++
    remote.openApi = openApi
    return passed
  }

  const report = (name: string, finding: Finding): Promise<void> =>
    reconcileObject(deps, kind, kind.keyOf('', name), current => {
      const known = current as unknown as APIService | undefined
      if (!known?.spec.service) return undefined
      const conditions = withFinding(known.status?.conditions, finding, toTime(clock.now()))
      return conditions && ({ ...known, status: { ...known.status, conditions } } as unknown as typeof current)
    })

  const check = async (name: string, remote: Remote): Promise<void> => {
    if (remote.checking) {
      remote.again = true
      return
    }
    remote.checking = true
    remote.cancelTimer()
    try {
      const finding = await ask(remote)
      if (signal.aborted || remotes.get(name) !== remote) return
      const available = finding.status === 'True'
      if (available !== remote.available) revision++
      remote.available = available
      remote.failures = available ? 0 : remote.failures + 1
      await report(name, finding)
    } catch (error) {
      remote.failures++
      if (!signal.aborted) log.warn({ err: error, apiService: name }, 'the state of an aggregated API server could not be written')
    } finally {
      remote.checking = false
      if (!signal.aborted && remotes.get(name) === remote) {
        const { again } = remote
        remote.again = false
        remote.cancelTimer = clock.after(again ? 0 : remote.failures ? retryMs(remote.failures) : resyncMs, () => void check(name, remote))
      }
    }
  }

  /** A change of the Service or of its endpoints is worth a look at once. */
  const watchBehind = (name: string, remote: Remote): void => {
    const { namespace = '', name: serviceName = '' } = remote.service.spec.service ?? {}
    const look = (concerns: (entry: Entry) => boolean) => ({
      onEvents: (events: readonly { entry: Entry }[]) => {
        if (events.some(e => concerns(e.entry))) void check(name, remote)
      },
      // The regular look goes on without it.
      onEnd: () => undefined,
    })
    const after = store.observedRevision()
    remote.watches.push(
      store.watch(
        table.stored('services').keyOf(namespace, serviceName),
        after,
        look(() => true),
      ),
      store.watch(
        table.stored('endpointslices.discovery.k8s.io').prefixOf(namespace),
        after,
        look(entry => entry.labels['kubernetes.io/service-name'] === serviceName),
      ),
    )
  }

  const drop = (name: string): void => {
    const remote = remotes.get(name)
    if (!remote) return
    remotes.delete(name)
    revision++
    remote.cancelTimer()
    for (const watch of remote.watches) watch.cancel()
    remote.service.close()
  }

  const observe = (name: string, entry: Entry | undefined): void => {
    const spec = (entry?.object() as unknown as APIService | undefined)?.spec
    const before = remotes.get(name)
    if (before && spec?.service && JSON.stringify(before.service.spec) === JSON.stringify(spec)) return
    drop(name)
    if (!spec?.service) return
    const available = (entry!.object() as unknown as APIService).status?.conditions?.some(c => c.type === 'Available' && c.status === 'True') ?? false
    const remote: Remote = {
      service: createRemoteService(deps, spec),
      watches: [],
      available,
      resources: before?.resources ?? [],
      openApi: {},
      checking: false,
      again: false,
      cancelTimer: () => undefined,
      failures: 0,
    }
    remotes.set(name, remote)
    revision++
    watchBehind(name, remote)
    void check(name, remote)
  }

  const isCustom = (group: string, version: string): boolean => [...custom.values()].some(c => c.group === group && c.versions.includes(version))
  /** In order: a definition that goes and comes again leaves its APIService. */
  let customWork = Promise.resolve()
  const observeDefinition = (name: string, entry: Entry | undefined): void => {
    const definition = entry?.object() as unknown as CustomResourceDefinition | undefined
    const before = custom.get(name)
    if (definition) custom.set(name, { group: definition.spec.group, versions: versionsOf(definition) })
    else custom.delete(name)
    const now = custom.get(name)
    const touched = [before, now].flatMap(c => c?.versions.map(version => ({ group: c.group, version })) ?? [])
    if (JSON.stringify(before) === JSON.stringify(now) || !touched.length) return
    customWork = customWork.then(async () => {
      for (const { group, version } of touched)
        await (isCustom(group, version) ? ensureCustomService(deps, group, version) : removeCustomService(deps, group, version))
    })
    customWork = customWork.catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error, definition: name }, 'the APIService of a definition could not be brought up to date')
    })
  }

  /** Of definitions that went while no server was there. */
  const removeLeftovers = async (): Promise<void> => {
    const { entries } = await store.list(kind.prefixOf(''), { freshness: 'any', signal })
    for (const entry of entries) {
      const { group = '', version = '' } = (entry.object() as unknown as APIService).spec
      if (!isCustom(group, version)) await removeCustomService(deps, group, version)
    }
  }

  return {
    find: (group, version) => {
      const remote = remotes.get(`${version}.${group}`)
      return remote && { service: remote.service, available: remote.available }
    },
    versions: () =>
      [...remotes.values()].map(({ service: { spec }, available, resources }) => ({
        group: spec.group ?? '',
        version: spec.version ?? '',
        groupPriority: spec.groupPriorityMinimum,
        versionPriority: spec.versionPriority,
        fresh: available,
        resources,
      })),
    openApiPaths: () => Object.assign({}, ...[...remotes.values()].map(r => r.openApi)) as Record<string, { serverRelativeURL: string }>,
    openApiV2: async () => {
      const timely = AbortSignal.any([signal, AbortSignal.timeout(checkMs)])
      const available = [...remotes.values()].filter(remote => remote.available)
      const documents = await Promise.all(available.map(({ service }) => service.fetch('/openapi/v2', timely).catch(() => undefined)))
      return available.flatMap(({ service: { spec } }, i) => {
        const document = documents[i]
        if (typeof document !== 'object' || document === null) return []
        return [{ document: document as OtherDocument['document'], prefix: `/apis/${spec.group ?? ''}/${spec.version ?? ''}` }]
      })
    },
    get revision() {
      return revision
    },
    start: async () => {
      await ensureBuiltinServices(deps)
      await follow(store, kind.prefixOf(''), byName(observe), log, signal)
      await follow(store, table.stored('customresourcedefinitions.apiextensions.k8s.io').prefixOf(''), byName(observeDefinition), log, signal)
      await customWork
      await removeLeftovers()
    },
    stop: () => {
      stopping.abort()
      for (const name of [...remotes.keys()]) drop(name)
    },
  }
}
