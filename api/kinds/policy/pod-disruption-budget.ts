// PodDisruptionBudget of policy/v1.
import { type FieldError, invalidValue, notSupported } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { PodDisruptionBudget } from '../../types/policy-v1.ts'
import { validateConditions } from '../../validation/conditions.ts'
import { validateLabelSelector } from '../../validation/labels.ts'
import { loose } from '../../validation/loose.ts'
import { isPathSegmentName } from '../../validation/names.ts'
import { addCounts, validateAtMostAll, validateShare } from '../../validation/workload.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { withStatus } from '../workload.ts'

const policies = ['AlwaysAllow', 'IfHealthyBudget']

const validate = (budget: PodDisruptionBudget, _old: PodDisruptionBudget | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  if (context.subresource === 'status') {
    validateConditions(errors, 'status.conditions', budget.status?.conditions)
    addCounts(errors, 'status', (budget.status ?? {}) as unknown as Record<string, unknown>, [
      'disruptionsAllowed',
      'currentHealthy',
      'desiredHealthy',
      'expectedPods',
    ])
    return errors
  }
  const spec = loose(budget).spec ?? {}
  if (spec.minAvailable !== undefined && spec.maxUnavailable !== undefined)
    errors.push(invalidValue('spec', spec, 'minAvailable and maxUnavailable exclude each other'))
  for (const key of ['minAvailable', 'maxUnavailable'] as const) {
    if (spec[key] === undefined) continue
    validateShare(errors, `spec.${key}`, spec[key])
    validateAtMostAll(errors, `spec.${key}`, spec[key])
  }
  validateLabelSelector(errors, 'spec.selector', spec.selector)
  const policy = spec.unhealthyPodEvictionPolicy
  if (policy !== undefined && !policies.includes(policy)) errors.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, policies))
  return errors
}

const shown = (share: number | string | undefined): string => (share === undefined ? 'N/A' : String(share))

export const podDisruptionBudgets = defineResource<PodDisruptionBudget>({
  group: 'policy',
  version: 'v1',
  kind: 'PodDisruptionBudget',
  plural: 'poddisruptionbudgets',
  namespaced: true,
  shortNames: ['pdb'],
  status: true,
  generation: true,
  columns: [
    nameColumn,
    column('Min Available', 'string', b => shown(b.spec?.minAvailable), 'Pods that must stay.'),
    column('Max Unavailable', 'string', b => shown(b.spec?.maxUnavailable), 'Pods that may go.'),
    column('Allowed Disruptions', 'integer', b => b.status?.disruptionsAllowed ?? 0, 'Pods that may go now.'),
    ageColumn,
  ],
  validateName: name => [...isPathSegmentName(name)],
  metadataChecks: 'none',
  prepare: withStatus<PodDisruptionBudget>(() => ({ currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 })),
  validate,
  unconditionalUpdate: false,
})
