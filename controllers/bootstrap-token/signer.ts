// Signs the ConfigMap cluster-info of kube-public, by which a machine that joins learns where the cluster is, with every bootstrap token that may.
import { configMaps } from '../../api/kinds/core/config-map.ts'
import { secrets as secretKind } from '../../api/kinds/core/secret.ts'
import { ignoring } from '../../api/status.ts'
import type { Controller } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { readToken, signDetached, tokenSecretType } from './compute-token.ts'

const name = 'cluster-info'
const key = `kube-public/${name}`
const content = 'kubeconfig'
const signaturePrefix = 'jws-kubeconfig-'

export const createBootstrapSigner = ({ client, informers, clock }: ControllerContext): Controller => {
  const tokens = informers.of(secretKind, { namespace: 'kube-system', fieldSelector: `type=${tokenSecretType}` })
  const infos = informers.of(configMaps, { namespace: 'kube-public', fieldSelector: `metadata.name=${name}` })
  return {
    name: 'bootstrap-signer-controller',
    watches: [{ informer: infos }, { informer: tokens, toKeys: () => [key] }],
    async reconcile(wanted) {
      const info = wanted === key ? infos.get(key) : undefined
      const kubeconfig = info?.data?.[content]
      if (!info || kubeconfig === undefined) return undefined
      const valid = tokens.list().flatMap(secret => {
        const token = readToken(secret)
        return token?.signs && token.endsMs > clock.now() && secret.metadata.deletionTimestamp === undefined ? [token] : []
      })
      const kept = Object.entries(info.data ?? {}).filter(([entry]) => !entry.startsWith(signaturePrefix))
      const data = Object.fromEntries([...kept, ...valid.map(token => [signaturePrefix + token.id, signDetached(kubeconfig, token)] as const)])
      const same =
        Object.keys(data).length === Object.keys(info.data ?? {}).length && Object.entries(data).every(([entry, value]) => info.data?.[entry] === value)
      if (!same)
        await client
          .of(configMaps, 'kube-public')
          .update({ ...info, data })
          .catch(ignoring('NotFound'))
      const nextEndMs = Math.min(...valid.map(token => token.endsMs))
      return nextEndMs < Infinity ? { requeueAfterMs: Math.max(0, nextEndMs - clock.now()) } : undefined
    },
  }
}
