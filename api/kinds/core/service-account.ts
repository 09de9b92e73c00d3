// ServiceAccount of v1.
import { defineResource } from '../../resource.ts'
import type { ServiceAccount } from '../../types/core-v1.ts'
import { ageColumn, nameColumn } from '../columns.ts'

export const serviceAccounts = defineResource<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
  shortNames: ['sa'],
  columns: [nameColumn, ageColumn],
  // References to secrets mean a name in the same namespace, nothing else.
  prepare: account => {
    if (account.secrets) account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }))
  },
  deleteAnswersObject: true,
})
