// The admission plugins in upstream's order: AllOrderedPlugins of kubeapiserver/options/plugins.go. Some are off unless they are asked for.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Store } from '../../store/store.ts'
import type { Authorizer } from '../authorization/authorizer.ts'
import type { PolicyIndex } from '../authorization/rbac/policy-index.ts'
import type { CompletedConfig } from '../config.ts'
import type { Series } from '../discovery/series.ts'
import type { ResourceTable } from '../resource-table.ts'
import type { AdmissionPlugin } from './admission.ts'
import { alwaysPullImages } from './always-pull-images.ts'
import { certificateRequester } from './certificate-requester.ts'
import { certificateApproval, certificateSigning } from './certificate-signers.ts'
import { claimResize } from './claim-resize.ts'
import { defaultIngressClass } from './default-ingress-class.ts'
import { defaultStorageClass } from './default-storage-class.ts'
import { defaultTolerations } from './default-tolerations.ts'
import { denyExternalIps } from './deny-external-ips.ts'
import { deviceAdminAccess } from './device-admin-access.ts'
import { extendedResourceToleration } from './extended-resource-toleration.ts'
import { limitRanger } from './limit-ranger.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { nodeRestriction } from './node-restriction.ts'
import { ownerReferences } from './owner-references.ts'
import { podResize } from './pod-resize.ts'
import { podSecurity } from './pod-security/pod-security.ts'
import { mutatingPolicies } from './policies/mutating.ts'
import { validatingPolicies } from './policies/validating.ts'
import { priority } from './priority.ts'
import { resourceQuota } from './resource-quota.ts'
import { roleEscalation } from './role-escalation.ts'
import { runtimeClass } from './runtime-class.ts'
import { serviceAccount } from './service-account.ts'
import { storageInUse } from './storage-in-use.ts'
import { taintNodesByCondition } from './taint-nodes.ts'
import { topologyLabels } from './topology-labels.ts'
import type { WebhookClient } from './webhooks/client.ts'
import { mutatingWebhooks } from './webhooks/mutating.ts'
import { validatingWebhooks } from './webhooks/validating.ts'

export interface AdmissionDeps {
  readonly config: CompletedConfig
  readonly store: Store
  readonly table: ResourceTable
  readonly clock: Clock
  readonly log: Logger
  readonly authorizers: readonly Authorizer[]
  readonly policy: PolicyIndex
  readonly webhooks: WebhookClient
  readonly series: Series
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal
}

/** Upstream has them off by default too. */
const offByDefault: readonly string[] = ['AlwaysPullImages', 'ExtendedResourceToleration', 'OwnerReferencesPermissionEnforcement', 'DenyServiceExternalIPs']

const allPlugins = (deps: AdmissionDeps): readonly AdmissionPlugin[] => [
  namespaceLifecycle(deps),
  limitRanger(deps),
  serviceAccount(deps),
  nodeRestriction(deps),
  taintNodesByCondition,
  alwaysPullImages,
  podSecurity(deps),
  priority(deps),
  defaultTolerations,
  extendedResourceToleration,
  defaultStorageClass(deps),
  storageInUse,
  ownerReferences(deps),
  claimResize(deps),
  runtimeClass(deps),
  certificateApproval(deps),
  certificateSigning(deps),
  certificateRequester,
  defaultIngressClass(deps),
  denyExternalIps,
  topologyLabels(deps),
  podResize(deps),
  mutatingPolicies(deps),
  mutatingWebhooks(deps),
  validatingPolicies(deps),
  validatingWebhooks(deps),
  resourceQuota(deps),
  roleEscalation(deps),
  deviceAdminAccess(deps),
]

export const createAdmissionPlugins = (deps: AdmissionDeps): readonly AdmissionPlugin[] => {
  const { enable, disable } = deps.config.admission
  const plugins = allPlugins(deps)
  const unknown = [...enable, ...disable].find(name => !plugins.some(plugin => plugin.name === name))
  if (unknown !== undefined) throw new Error(`there is no admission plugin named ${JSON.stringify(unknown)}`)
  return plugins.filter(({ name }) => !disable.includes(name) && (enable.includes(name) || !offByDefault.includes(name)))
}
