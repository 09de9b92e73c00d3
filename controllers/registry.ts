// All controllers. One more: one file and one line here (docs/add-a-controller.md).
import type { ControllerEntry } from './context.ts'
import { createDeploymentController } from './deployment/deployment.ts'
import { createEndpointSliceController } from './endpoint-slice/endpoint-slice.ts'
import { createGarbageCollector } from './garbage-collector.ts'
import { createNamespaceController } from './namespace.ts'
import { createNodeIpamController } from './node-ipam.ts'
import { createNodeLifecycleController } from './node-lifecycle/node-lifecycle.ts'
import { createPodGarbageController } from './pod-gc.ts'
import { createReplicaSetController } from './replica-set/replica-set.ts'
import { createResourceQuotaController } from './resource-quota/resource-quota.ts'
import { createRootCaController } from './root-ca.ts'
import { createServiceAccountController } from './service-account.ts'
import { createTaintEvictionController } from './taint-eviction.ts'

export const controllerEntries: readonly ControllerEntry[] = [
  { name: 'node-ipam-controller', create: createNodeIpamController },
  { name: 'serviceaccount-controller', create: createServiceAccountController },
  { name: 'root-ca-certificate-publisher-controller', create: createRootCaController },
  { name: 'deployment-controller', create: createDeploymentController },
  { name: 'replicaset-controller', create: createReplicaSetController },
  { name: 'endpointslice-controller', create: createEndpointSliceController },
  { name: 'namespace-controller', create: createNamespaceController },
  { name: 'garbage-collector-controller', create: createGarbageCollector },
  { name: 'node-lifecycle-controller', create: createNodeLifecycleController },
  { name: 'taint-eviction-controller', create: createTaintEvictionController },
  { name: 'pod-garbage-collector-controller', create: createPodGarbageController },
  { name: 'resourcequota-controller', create: createResourceQuotaController },
]
