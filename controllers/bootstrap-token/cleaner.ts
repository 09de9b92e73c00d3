// Removes bootstrap tokens that have ended.
import { secrets as secretKind } from '../../api/kinds/core/secret.ts'
import { ignoring } from '../../api/status.ts'
import type { Controller } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { readToken, tokenSecretType } from './compute-token.ts'

const namespace = 'kube-system'

export const createTokenCleaner = ({ client, informers, clock }: ControllerContext): Controller => {
  const tokens = informers.of(secretKind, { namespace, fieldSelector: `type=${tokenSecretType}` })
  return {
    name: 'token-cleaner-controller',
    watches: [{ informer: tokens }],
    async reconcile(key) {
      const secret = tokens.get(key)
      const token = secret && readToken(secret)
      if (!secret || !token || token.endsMs === Infinity) return undefined
      const leftMs = token.endsMs - clock.now()
      if (leftMs > 0) return { requeueAfterMs: leftMs }
      const { name = '', uid = '' } = secret.metadata
      await client.of(secretKind, namespace).delete(name, { preconditions: { uid } }).catch(ignoring('NotFound', 'Conflict'))
      return undefined
    },
  }
}
