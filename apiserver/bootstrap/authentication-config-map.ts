// ConfigMaps of kube-system that tell others how this server knows its callers: extension API servers trust the same authorities, and the
// cleaner of legacy tokens knows since when their use is noted.
import type { KubeObject } from '../../api/object.ts'
import type { Parts } from '../context.ts'
import { ensureCurrent, ensureObject } from '../own-objects.ts'

const list = (items: readonly string[]): string => JSON.stringify(items)

export const ensureAuthenticationConfigMaps = async (parts: Parts): Promise<void> => {
  const { config, table, clock } = parts
  const headers = config.authentication.requestHeader
  const maps = table.stored('configmaps')
  await ensureCurrent(parts, maps, {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'extension-apiserver-authentication', namespace: 'kube-system' },
    data: {
      'client-ca-file': config.clientCa,
      ...(headers && {
        'requestheader-allowed-names': list(headers.allowedNames),
        'requestheader-client-ca-file': headers.ca,
        'requestheader-extra-headers-prefix': list(headers.extraHeaderPrefixes),
        'requestheader-group-headers': list(headers.groupHeaders),
        'requestheader-uid-headers': list(headers.uidHeaders),
        'requestheader-username-headers': list(headers.usernameHeaders),
      }),
    },
  } as KubeObject)
  await ensureObject(parts, maps, {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' },
    data: { since: new Date(clock.now()).toISOString().slice(0, 10) },
  } as KubeObject)
}
