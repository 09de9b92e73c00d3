// ServiceAccount of v1.
import { defineResource } from '../../resource.ts'
import type { ServiceAccount } from '../../types/core-v1.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

export const serviceAccounts = defineResource<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
  shortNames: ['sa'],
  columns: [nameColumn, column('Secrets', 'string', a => a.secrets?.length ?? 0, 'Secrets that may be used by its pods.'), ageColumn],
  // References to secrets mean a name in the same namespace, nothing else.
  prepare: account => {
    if (account.secrets) account.secrets = account.secrets.map(({ name }) => (name === undefined ? {} : { name }))
  },
  deleteAnswersObject: true,
})
