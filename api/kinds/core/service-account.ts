// ServiceAccount of v1.
import { defineResource } from '../../resource.ts'
import type { ServiceAccount } from '../../types/core-v1.ts'

export const serviceAccounts = defineResource<ServiceAccount>({
  group: '', version: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true,
  shortNames: ['sa'],
})
