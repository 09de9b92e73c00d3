// Says in the status of each ValidatingAdmissionPolicy what type checking thinks of its expressions, once for each generation.
import { validatingAdmissionPolicies } from '../../api/kinds/admissionregistration/validating-admission-policy.ts'
import { ignoring } from '../../api/status.ts'
import type { Controller } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { computeResources, computeWarnings, type TypedKind } from './compute-warnings.ts'
import { KindTypes } from './kind-types.ts'

const fieldManager = 'validatingadmissionpolicy-status'

export const createValidatingAdmissionPolicyStatusController = ({ client, informers }: ControllerContext): Controller => {
  const policies = informers.of(validatingAdmissionPolicies)
  const api = client.of(validatingAdmissionPolicies)
  const types = new KindTypes(client)
  return {
    name: 'validatingadmissionpolicy-status-controller',
    watches: [{ informer: policies }],
    async reconcile(key, signal) {
      const policy = policies.get(key)
      const { generation = 0, name = '' } = policy?.metadata ?? {}
      if (!policy?.spec || generation <= (policy.status?.observedGeneration ?? 0)) return undefined
      const { spec } = policy
      const kinds: TypedKind[] = []
      for (const ref of computeResources(spec)) {
        const kind = await types.ofResource(ref, signal)
        if (kind) kinds.push(kind)
      }
      const { apiVersion = '', kind = '' } = spec.paramKind ?? {}
      const params = spec.paramKind && (await types.ofKind(apiVersion, kind, signal))
      const expressionWarnings = computeWarnings(spec, kinds, params?.type)
      const status = { observedGeneration: generation, typeChecking: expressionWarnings.length ? { expressionWarnings } : {} }
      const configuration = { apiVersion: validatingAdmissionPolicies.apiVersion, kind: validatingAdmissionPolicies.kind, metadata: { name }, status }
      await api.patch(name, 'apply', configuration, { subresource: 'status', fieldManager, force: true, signal }).catch(ignoring('NotFound'))
      return undefined
    },
  }
}
