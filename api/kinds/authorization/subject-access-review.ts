// SubjectAccessReview of authorization.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { SubjectAccessReview } from '../../types/authorization-v1.ts'

export const subjectAccessReviews = defineResource<SubjectAccessReview>({
  group: 'authorization.k8s.io',
  version: 'v1',
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  namespaced: false,
  verbs: ['create'],
})
