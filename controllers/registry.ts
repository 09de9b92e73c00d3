// All controllers. One more: one file and one line here (docs/add-a-controller.md).
import { createTokenCleaner } from './bootstrap-token/cleaner.ts'
import { createBootstrapSigner } from './bootstrap-token/signer.ts'
import { createCertificateApprover } from './certificates/approver.ts'
import { createCertificateCleaner } from './certificates/cleaner.ts'
import { createCertificateSigner } from './certificates/signer.ts'
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
import { createRoleAggregationController } from './role-aggregation.ts'
import { createRootCaController } from './root-ca.ts'
import { createServiceAccountController } from './service-account.ts'
import { createServiceAccountTokenController } from './service-account-tokens.ts'
import { createServiceCidrController } from './service-cidr/service-cidr.ts'
import { createTaintEvictionController } from './taint-eviction.ts'
import { createValidatingAdmissionPolicyStatusController } from './validating-admission-policy-status/validating-admission-policy-status.ts'

export const controllerEntries: readonly ControllerEntry[] = [
  { name: 'node-ipam-controller', account: 'node-controller', create: createNodeIpamController },
  { name: 'clusterrole-aggregation-controller', account: 'clusterrole-aggregation-controller', create: createRoleAggregationController },
  { name: 'serviceaccount-controller', account: 'service-account-controller', create: createServiceAccountController },
  { name: 'serviceaccount-token-controller', create: createServiceAccountTokenController },
  { name: 'bootstrap-signer-controller', account: 'bootstrap-signer', create: createBootstrapSigner },
  { name: 'token-cleaner-controller', account: 'token-cleaner', create: createTokenCleaner },
  { name: 'certificatesigningrequest-approving-controller', account: 'certificate-controller', create: createCertificateApprover },
  { name: 'certificatesigningrequest-signing-controller', account: 'certificate-controller', create: createCertificateSigner },
  { name: 'certificatesigningrequest-cleaner-controller', account: 'certificate-controller', create: createCertificateCleaner },
  { name: 'root-ca-certificate-publisher-controller', account: 'root-ca-cert-publisher', create: createRootCaController },
  { name: 'deployment-controller', account: 'deployment-controller', create: createDeploymentController },
  { name: 'replicaset-controller', account: 'replicaset-controller', create: createReplicaSetController },
  { name: 'endpointslice-controller', account: 'endpointslice-controller', create: createEndpointSliceController },
  { name: 'namespace-controller', account: 'namespace-controller', create: createNamespaceController },
  { name: 'garbage-collector-controller', account: 'generic-garbage-collector', create: createGarbageCollector },
  { name: 'node-lifecycle-controller', account: 'node-controller', create: createNodeLifecycleController },
  { name: 'taint-eviction-controller', account: 'node-controller', create: createTaintEvictionController },
  { name: 'pod-garbage-collector-controller', account: 'pod-garbage-collector', create: createPodGarbageController },
  { name: 'service-cidr-controller', account: 'service-cidrs-controller', create: createServiceCidrController },
  { name: 'resourcequota-controller', account: 'resourcequota-controller', create: createResourceQuotaController },
  {
    name: 'validatingadmissionpolicy-status-controller',
    account: 'validatingadmissionpolicy-status-controller',
    create: createValidatingAdmissionPolicyStatusController,
  },
]
