// SelfSubjectRulesReview of authorization.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { SelfSubjectRulesReview } from '../../types/authorization-v1.ts'

export const selfSubjectRulesReviews = defineResource<SelfSubjectRulesReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  namespaced: false,
  verbs: ['create'],
})
