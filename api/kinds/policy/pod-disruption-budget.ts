// PodDisruptionBudget of policy/v1.
import { defineResource } from '../../resource.ts'
import type { PodDisruptionBudget } from '../../types/policy-v1.ts'

export const podDisruptionBudgets = defineResource<PodDisruptionBudget>({
  group: 'policy', version: 'v1', kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets', namespaced: true,
  shortNames: ['pdb'], status: true,
})
