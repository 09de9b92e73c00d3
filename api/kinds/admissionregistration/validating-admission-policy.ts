// ValidatingAdmissionPolicy of admissionregistration.k8s.io/v1.
import type { FieldError } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { ValidatingAdmissionPolicy } from '../../types/admissionregistration-v1.ts'
import { defaultMatching } from '../../validation/admission-rules.ts'
import { loose } from '../../validation/loose.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { separateStatus } from '../workload.ts'
import { validatePolicySpec, validatePolicyStatus, validateValidations } from './policy-rules.ts'

const paramKind = (policy: ValidatingAdmissionPolicy): string => {
  const kind = policy.spec?.paramKind
  return kind ? `${kind.apiVersion ?? ''}/${kind.kind ?? ''}` : '<unset>'
}

export const validatingAdmissionPolicies = defineResource<ValidatingAdmissionPolicy>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingAdmissionPolicy',
  plural: 'validatingadmissionpolicies',
  namespaced: false,
  categories: ['api-extensions'],
  status: true,
  generation: true,
  columns: [
    nameColumn,
    column('Validations', 'integer', p => p.spec?.validations?.length ?? 0, 'How many checks it has.'),
    column('ParamKind', 'string', paramKind, 'What its parameters are.'),
    ageColumn,
  ],
  default: policy => {
    if (!policy.spec) return
    policy.spec.failurePolicy ??= 'Fail'
    defaultMatching(policy.spec.matchConstraints)
  },
  prepare: (policy, old, context) => {
    separateStatus(policy, old, context, () => ({}))
  },
  metadataChecks: 'object',
  validate: (policy, old, context) => {
    const errors: FieldError[] = []
    if (context.subresource === 'status') {
      validatePolicyStatus(errors, loose(policy).status ?? {})
      return errors
    }
    const spec = loose(policy).spec ?? {}
    const compiler = validatePolicySpec(errors, spec, old && (loose(old).spec ?? {}), false)
    validateValidations(errors, spec, policy.metadata.name ?? '', compiler)
    return errors
  },
  unconditionalUpdate: false,
})
