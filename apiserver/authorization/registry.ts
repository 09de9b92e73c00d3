// The authorizers in the order in which they are asked, and what keeps them current.
import type { Logger } from '../../base/log.ts'
import type { Store } from '../../store/store.ts'
import type { ResourceTable } from '../resource-table.ts'
import type { Authorizer } from './authorizer.ts'
import { follow } from '../follow.ts'
import { masters } from './masters.ts'
import { createNodeAuthorizer } from './node/node-authorizer.ts'
import { createNodeGraph } from './node/node-graph.ts'
import { createPolicyIndex, type PolicyIndex } from './rbac/policy-index.ts'
import { createRbac } from './rbac/rbac.ts'

export interface Authorization {
  readonly authorizers: readonly Authorizer[]
  readonly policy: PolicyIndex
  /** Resolves when they know what is stored; the kinds must have been registered with the store. Until then all but masters are refused. */
  start(signal: AbortSignal): Promise<void>
}

export interface AuthorizationDeps {
  readonly store: Store
  readonly table: ResourceTable
  readonly log: Logger
}

export const createAuthorization = ({ store, table, log }: AuthorizationDeps): Authorization => {
  const policy = createPolicyIndex()
  const graph = createNodeGraph()
  const followers = {
    'roles.rbac.authorization.k8s.io': policy.roles,
    'clusterroles.rbac.authorization.k8s.io': policy.clusterRoles,
    'rolebindings.rbac.authorization.k8s.io': policy.bindings,
    'clusterrolebindings.rbac.authorization.k8s.io': policy.clusterBindings,
    'pods': graph.pods,
    'persistentvolumes': graph.volumes,
    'volumeattachments.storage.k8s.io': graph.attachments,
    'resourceslices.resource.k8s.io': graph.slices,
  }
  return {
    authorizers: [masters, createNodeAuthorizer(graph), createRbac(policy)],
    policy,
    start: async signal => {
      await Promise.all(Object.entries(followers).map(([id, follower]) => follow(store, table.stored(id).prefixOf(''), follower, log, signal)))
    },
  }
}
