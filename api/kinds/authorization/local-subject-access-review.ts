// LocalSubjectAccessReview of authorization.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { LocalSubjectAccessReview } from '../../types/authorization-v1.ts'

export const localSubjectAccessReviews = defineResource<LocalSubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  namespaced: true,
  verbs: ['create'],
})
