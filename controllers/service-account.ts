// Every active namespace has a service account "default".
import { namespaces as namespaceKind } from '../api/kinds/core/namespace.ts'
import { serviceAccounts } from '../api/kinds/core/service-account.ts'
import { ignoring } from '../api/status.ts'
import type { ServiceAccount } from '../api/types/core-v1.ts'
import type { Controller } from '../client/types.ts'
import type { ControllerContext } from './context.ts'

const name = 'default'

export const createServiceAccountController = ({ client, informers }: ControllerContext): Controller => {
  const namespaces = informers.of(namespaceKind)
  const accounts = informers.of(serviceAccounts, { fieldSelector: `metadata.name=${name}` })
  return {
    name: 'serviceaccount-controller',
    watches: [{ informer: namespaces }, { informer: accounts, toKeys: (account: ServiceAccount) => [account.metadata.namespace ?? ''] }],
    async reconcile(namespace) {
      const found = namespaces.get(namespace)
      if (!found || found.metadata.deletionTimestamp || accounts.get(`${namespace}/${name}`)) return undefined
      await client
        .of(serviceAccounts, namespace)
        .create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } })
        .catch(ignoring('AlreadyExists', 'NotFound', 'Forbidden'))
      return undefined
    },
  }
}
