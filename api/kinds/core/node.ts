// Node of v1.
import { defineResource, type WriteContext } from '../../resource.ts'
import type { Node } from '../../types/core-v1.ts'
import { validateNode } from '../../validation/node.ts'
import { cidrWarnings } from '../ip-warnings.ts'
import { ageColumn, column, nameColumn, none, wide } from '../columns.ts'
import { defaultAmounts } from './pod-defaults.ts'

const defaultNode = (node: Node): void => {
  const spec = ((node.spec as Node['spec'] | undefined) ??= {})
  // podCIDR is the first of podCIDRs.
  if (spec.podCIDR && spec.podCIDR !== spec.podCIDRs?.[0]) spec.podCIDRs = [spec.podCIDR]
  else if (spec.podCIDRs?.[0]) spec.podCIDR = spec.podCIDRs[0]
  const status = (node.status ??= {})
  if (status.capacity && !status.allocatable) status.allocatable = { ...status.capacity }
  defaultAmounts(status.capacity)
  defaultAmounts(status.allocatable)
}

const prepare = (node: Node, old: Node | undefined, context: WriteContext): void => {
  // The kubelet's configuration in the cluster is gone for good.
  delete node.spec.configSource
  if (!old) return
  if (context.subresource === 'status') {
    node.spec = structuredClone(old.spec)
    delete node.status?.config
  } else if (old.status) node.status = structuredClone(old.status)
  else delete node.status
}

const rolePrefix = 'node-role.kubernetes.io/'
const roles = (node: Node): string => {
  const found: string[] = []
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(rolePrefix) && key.length > rolePrefix.length) found.push(key.slice(rolePrefix.length))
    else if (key === 'kubernetes.io/role' && value) found.push(value)
  }
  return found.length ? [...new Set(found)].sort().join(',') : none
}
const readiness = (node: Node): string => {
  const ready = node.status?.conditions?.find(c => c.type === 'Ready')
  const parts = [ready ? (ready.status === 'True' ? 'Ready' : 'NotReady') : 'Unknown']
  if (node.spec.unschedulable) parts.push('SchedulingDisabled')
  return parts.join(',')
}
const address = (node: Node, type: string): string => node.status?.addresses?.find(a => a.type === type)?.address ?? none
const orUnknown = (text: string | undefined): string => (text ? text : '<unknown>')

export const nodes = defineResource<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
  shortNames: ['no'],
  storagePrefix: '/registry/minions/',
  status: true,
  columns: [
    nameColumn,
    column('Status', 'string', readiness, 'Whether it takes pods.'),
    column('Roles', 'string', roles, 'From its labels.'),
    ageColumn,
    column('Version', 'string', n => n.status?.nodeInfo?.kubeletVersion ?? '', 'Of its agent.'),
    wide('Internal-IP', n => address(n, 'InternalIP')),
    wide('External-IP', n => address(n, 'ExternalIP')),
    wide('OS-Image', n => orUnknown(n.status?.nodeInfo?.osImage)),
    wide('Kernel-Version', n => orUnknown(n.status?.nodeInfo?.kernelVersion)),
    wide('Container-Runtime', n => orUnknown(n.status?.nodeInfo?.containerRuntimeVersion)),
  ],
  selectableFields: { 'spec.unschedulable': n => String(n.spec.unschedulable ?? false) },
  default: defaultNode,
  prepare,
  validate: (node, old, { subresource }) => validateNode(node, old, subresource),
  warnings: ({ spec }) => [
    ...(spec.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
    ...(spec.podCIDRs ?? []).flatMap((cidr, i) => cidrWarnings(`spec.podCIDRs[${i}]`, cidr)),
  ],
})
