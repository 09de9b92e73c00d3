// Tokens for pods' service accounts, bound to the pod, from the API server's TokenRequest; kept until a fifth of their life is left.
import { serviceAccounts } from '../api/kinds/core/service-account.ts'
import { StatusError } from '../api/status.ts'
import type { Pod } from '../api/types/core-v1.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { ApiClient } from '../client/types.ts'
import { podNameOf, podNamespaceOf, podUidOf } from './pod-config/names.ts'

interface Token {
  readonly token: string
  readonly renewAtMs: number
}

export interface ServiceAccountTokens {
  /** Undefined where the API server gives no tokens. Throws what it answered otherwise. */
  get(pod: Pod, audience: string | undefined, expirationSeconds: number): Promise<string | undefined>
  forgetPod(uid: string): void
}

export const createServiceAccountTokens = (
  client: ApiClient | undefined,
  { clock, log, expiring }: { clock: Clock; log: Logger; expiring: (uid: string) => void },
): ServiceAccountTokens => {
  const tokens = new Map<string, Token>()
  const timers = new Map<string, () => void>()
  return {
    async get(pod, audience, expirationSeconds) {
      if (!client) return undefined
      const uid = podUidOf(pod)
      const account = pod.spec.serviceAccountName ?? 'default'
      const key = `${uid}/${audience ?? ''}/${expirationSeconds}`
      const known = tokens.get(key)
      if (known && known.renewAtMs > clock.now()) return known.token
      const spec = { audiences: audience ? [audience] : [], expirationSeconds, boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: podNameOf(pod), uid } }
      try {
        const answer = await client
          .of(serviceAccounts, podNamespaceOf(pod))
          .createSubresource<{ status: { token: string; expirationTimestamp: string } }>(account, 'token', {
            apiVersion: 'authentication.k8s.io/v1',
            kind: 'TokenRequest',
            metadata: {},
            spec,
          })
        const lifeMs = Date.parse(answer.status.expirationTimestamp) - clock.now()
        const renewInMs = Math.min(lifeMs * 0.8, 24 * 3600_000)
        tokens.set(key, { token: answer.status.token, renewAtMs: clock.now() + renewInMs })
        timers.get(key)?.()
        timers.set(
          key,
          clock.after(renewInMs + 1000, () => expiring(uid)),
        )
        return answer.status.token
      } catch (error) {
        // An API server without the subresource: pods run without a token, which their own requests will show.
        if (error instanceof StatusError && (error.code === 405 || error.code === 501 || (error.code === 404 && !/serviceaccounts? "/.test(error.message)))) {
          log.warn({ serviceAccount: account, err: error }, 'the API server gives no service account tokens; the pod starts without one')
          return undefined
        }
        throw error
      }
    },
    forgetPod(uid) {
      for (const key of [...tokens.keys()]) {
        if (!key.startsWith(`${uid}/`)) continue
        tokens.delete(key)
        timers.get(key)?.()
        timers.delete(key)
      }
    },
  }
}
