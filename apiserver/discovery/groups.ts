// Discovery documents from the table of served resources: the legacy lists and the aggregated form. Pure.
import { createHash } from 'node:crypto'
import type { AnyResource } from '../../api/resource.ts'
import { priorityOf } from '../aggregation/priorities.ts'
import type { RemoteVersion } from '../aggregation/remote-version.ts'
import { isStored, type ResourceTable, type Served } from '../resource-table.ts'
import { subresources } from '../subresources/registry.ts'

/** v2 before v1 before v1beta2 …: upstream's version priority. */
const versionRank = (version: string): [number, number, number] => {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  if (!match) return [0, 0, 0]
  return [match[2] === undefined ? 3 : match[2] === 'beta' ? 2 : 1, Number(match[1]), Number(match[3] ?? 0)]
}
const byVersion = (a: string, b: string): number => {
  const [left, right] = [versionRank(a), versionRank(b)]
  for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return right[i]! - left[i]!
  return a < b ? -1 : 1
}

type Remote = readonly RemoteVersion[]

/** Groups by priority, then by name. */
const groupNames = (table: ResourceTable, remote: Remote): string[] => {
  const priorities = new Map<string, number>()
  const add = (group: string, priority: number): void => {
    if (group) priorities.set(group, Math.max(priority, priorities.get(group) ?? 0))
  }
  for (const { record } of table.all()) add(record.group, priorityOf(record.group, record.version).group)
  for (const { group, groupPriority } of remote) add(group, groupPriority)
  return [...priorities].sort(([a, left], [b, right]) => (left === right ? (a < b ? -1 : 1) : right - left)).map(([name]) => name)
}
const versionsOf = (table: ResourceTable, group: string, remote: Remote): string[] => {
  const priorities = new Map<string, number>()
  for (const { record } of table.all()) if (record.group === group) priorities.set(record.version, priorityOf(group, record.version).version)
  for (const r of remote) if (r.group === group) priorities.set(r.version, r.versionPriority)
  return [...priorities].sort(([a, left], [b, right]) => (left === right ? byVersion(a, b) : right - left)).map(([version]) => version)
}

export const toApiVersions = (serverAddress: string): unknown => ({
  kind: 'APIVersions',
  versions: ['v1'],
  serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
})

const toApiGroup = (table: ResourceTable, name: string, remote: Remote): Record<string, unknown> => {
  const versions = versionsOf(table, name, remote).map(version => ({ groupVersion: `${name}/${version}`, version }))
  return { name, versions, preferredVersion: versions[0] }
}
export const toApiGroupDocument = (table: ResourceTable, name: string, remote: Remote): unknown => ({
  kind: 'APIGroup',
  apiVersion: 'v1',
  ...toApiGroup(table, name, remote),
})
export const toApiGroupList = (table: ResourceTable, remote: Remote): unknown => ({
  kind: 'APIGroupList',
  apiVersion: 'v1',
  groups: groupNames(table, remote).map(g => toApiGroup(table, g, remote)),
})

/** Kinds that upstream 1.36 still stores in an older version: clients see it in the hash. */
const olderStorage: Readonly<Record<string, string>> = {
  'customresourcedefinitions.apiextensions.k8s.io': 'v1beta1',
  'mutatingadmissionpolicies.admissionregistration.k8s.io': 'v1beta1',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': 'v1beta1',
}
const storageVersionHash = ({ group, version, kind, id }: AnyResource): string =>
  createHash('sha256')
    .update(`${group}/${olderStorage[id] ?? version}/${kind}`)
    .digest()
    .subarray(0, 8)
    .toString('base64')

const byPlural = (a: Served, b: Served): number => (a.record.plural < b.record.plural ? -1 : 1)
const servedIn = (table: ResourceTable, group: string, version: string): Served[] =>
  table
    .all()
    .filter(s => s.record.group === group && s.record.version === version)
    .sort(byPlural)

/** Upstream lists the verbs of custom resources in an order of its own, and /status before /scale. */
const verbsOf = (record: AnyResource): string[] => (record.custom ? [...record.verbs] : [...record.verbs].sort())
const subresourcesOf = (record: AnyResource): typeof subresources => {
  const found = isStored(record) ? subresources.filter(s => s.appliesTo(record)) : []
  return record.custom ? found.reverse() : found
}

export const toApiResourceList = (table: ResourceTable, group: string, version: string): unknown => {
  const resources = servedIn(table, group, version).flatMap(({ record, storage }) => [
    {
      name: record.plural,
      singularName: record.singular,
      namespaced: record.namespaced,
      kind: record.kind,
      verbs: verbsOf(record),
      ...(record.shortNames?.length && { shortNames: record.shortNames }),
      ...(record.categories?.length && { categories: record.categories }),
      ...(isStored(record) && { storageVersionHash: storageVersionHash(storage) }),
    },
    ...subresourcesOf(record).map(({ name, discovery }) => ({
      name: `${record.plural}/${name}`,
      singularName: '',
      namespaced: record.namespaced,
      ...(discovery.group !== undefined && { group: discovery.group, version: discovery.version }),
      kind: discovery.kind ?? record.kind,
      verbs: discovery.verbs,
    })),
  ])
  return { kind: 'APIResourceList', ...(group && { apiVersion: 'v1' }), groupVersion: group ? `${group}/${version}` : version, resources }
}

const toAggregatedVersion = (table: ResourceTable, group: string, version: string): unknown => ({
  version,
  freshness: 'Current',
  resources: servedIn(table, group, version).map(({ record }) => ({
    resource: record.plural,
    responseKind: { ...(record.custom ? { group, version } : { group: '', version: '' }), kind: record.kind },
    scope: record.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: record.singular,
    verbs: verbsOf(record),
    ...(record.shortNames?.length && { shortNames: record.shortNames }),
    ...(record.categories?.length && { categories: record.categories }),
    ...(subresourcesOf(record).length && {
      subresources: subresourcesOf(record).map(({ name, discovery }) => ({
        subresource: name,
        responseKind: {
          ...(record.custom && discovery.group === undefined ? { group, version } : { group: discovery.group ?? '', version: discovery.version ?? '' }),
          kind: discovery.kind ?? record.kind,
        },
        verbs: discovery.verbs,
      })),
    }),
  })),
})

/** apidiscovery.k8s.io APIGroupDiscoveryList, for /api (the core group) or /apis (the others). */
export const toAggregated = (table: ResourceTable, core: boolean, apiVersion: 'v2' | 'v2beta1', remote: Remote): unknown => ({
  kind: 'APIGroupDiscoveryList',
  apiVersion: `apidiscovery.k8s.io/${apiVersion}`,
  metadata: {},
  items: (core ? [''] : groupNames(table, remote)).map(group => ({
    metadata: group ? { name: group } : {},
    versions: versionsOf(table, group, remote).map(version => {
      const behind = remote.find(r => r.group === group && r.version === version)
      return behind ? { version, freshness: behind.fresh ? 'Current' : 'Stale', resources: behind.resources } : toAggregatedVersion(table, group, version)
    }),
  })),
})
