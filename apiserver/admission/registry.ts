// The admission plugins in upstream's order. LimitRanger, quota, Pod Security, webhooks and policies slot in here.
import type { Store } from '../../store/store.ts'
import type { CompletedConfig } from '../config.ts'
import type { ResourceTable } from '../resource-table.ts'
import type { AdmissionPlugin } from './admission.ts'
import { certificateRequester } from './certificate-requester.ts'
import { defaultIngressClass } from './default-ingress-class.ts'
import { defaultTolerations } from './default-tolerations.ts'
import { namespaceLifecycle } from './namespace-lifecycle.ts'
import { priority } from './priority.ts'
import { runtimeClass } from './runtime-class.ts'
import { serviceAccount } from './service-account.ts'
import { storageInUse } from './storage-in-use.ts'
import { taintNodesByCondition } from './taint-nodes.ts'

export interface AdmissionDeps {
  readonly config: CompletedConfig
  readonly store: Store
  readonly table: ResourceTable
}

export const createAdmissionPlugins = (deps: AdmissionDeps): readonly AdmissionPlugin[] => [
  namespaceLifecycle(deps),
  serviceAccount(deps),
  taintNodesByCondition,
  priority(deps),
  defaultTolerations,
  storageInUse,
  runtimeClass(deps),
  certificateRequester,
  defaultIngressClass(deps),
]
