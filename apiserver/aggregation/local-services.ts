// APIServices that stand for what this server serves itself: made at start for built-in groups, and kept with the definitions for custom ones.
import type { KubeObject } from '../../api/object.ts'
import type { CustomResourceDefinition } from '../../api/types/apiextensions-v1.ts'
import type { APIService } from '../../api/types/apiregistration-v1.ts'
import { toTime } from '../../base/clock.ts'
import { StoreError } from '../../store/store.ts'
import { reconcileObject } from '../own-objects.ts'
import type { Parts } from '../context.ts'
import { builtinPriority, customPriority, type Priority } from './priorities.ts'

type Deps = Pick<Parts, 'store' | 'clock' | 'table'>

const managedLabel = 'kube-aggregator.kubernetes.io/automanaged'
type Managed = 'onstart' | 'true'

const nameOf = (group: string, version: string): string => `${version}.${group}`

const toService = ({ clock }: Deps, group: string, version: string, priority: Priority, managed: Managed): KubeObject =>
  ({
    kind: 'APIService',
    apiVersion: 'apiregistration.k8s.io/v1',
    metadata: { name: nameOf(group, version), labels: { [managedLabel]: managed } },
    spec: { ...(group && { group }), version, groupPriorityMinimum: priority.group, versionPriority: priority.version },
    status: {
      conditions: [
        { type: 'Available', status: 'True', lastTransitionTime: toTime(clock.now()), reason: 'Local', message: 'Local APIServices are always available' },
      ],
    },
  }) as unknown as KubeObject

const sameSpec = (a: KubeObject, b: KubeObject): boolean =>
  JSON.stringify((a as unknown as APIService).spec) === JSON.stringify((b as unknown as APIService).spec)

/** One that somebody else made, or took over by its label, is theirs. */
const ensureService = async (deps: Deps, group: string, version: string, priority: Priority, managed: Managed): Promise<void> => {
  const served = deps.table.stored('apiservices.apiregistration.k8s.io')
  const wanted = toService(deps, group, version, priority, managed)
  await reconcileObject(deps, served, served.keyOf('', nameOf(group, version)), current => {
    if (!current) return wanted
    if (current.metadata.labels?.[managedLabel] !== managed || sameSpec(current, wanted)) return undefined
    return { ...wanted, metadata: { ...current.metadata } }
  })
}

export const ensureBuiltinServices = async (deps: Deps): Promise<void> => {
  const versions = new Map(deps.table.all().map(({ record }) => [nameOf(record.group, record.version), record]))
  await Promise.all(
    [...versions.values()].map(async ({ group, version }) => {
      const priority = builtinPriority(group, version)
      if (priority) await ensureService(deps, group, version, priority, 'onstart')
    }),
  )
}

export const ensureCustomService = (deps: Deps, group: string, version: string): Promise<void> => ensureService(deps, group, version, customPriority, 'true')

/** Leaves alone what was not made here. */
export const removeCustomService = async ({ store, table }: Deps, group: string, version: string): Promise<void> => {
  const entry = await store.get(table.stored('apiservices.apiregistration.k8s.io').keyOf('', nameOf(group, version)), 'any')
  if (entry?.labels[managedLabel] !== 'true') return
  await store.delete(entry.key, entry.revision).catch((error: unknown) => {
    if (!(error instanceof StoreError && (error.code === 'NotFound' || error.code === 'Conflict'))) throw error
  })
}

/** The group versions that an established definition serves. */
export const versionsOf = ({ spec, status }: CustomResourceDefinition): string[] =>
  status?.conditions?.some(c => c.type === 'Established' && c.status === 'True') ? spec.versions.filter(v => v.served).map(v => v.name) : []
