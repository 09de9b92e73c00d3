// TokenReview of authentication.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { TokenReview } from '../../types/authentication-v1.ts'

export const tokenReviews = defineResource<TokenReview>({
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
  verbs: ['create'],
})
