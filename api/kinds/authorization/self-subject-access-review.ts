// SelfSubjectAccessReview of authorization.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { SelfSubjectAccessReview } from '../../types/authorization-v1.ts'

export const selfSubjectAccessReviews = defineResource<SelfSubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
  verbs: ['create'],
})
