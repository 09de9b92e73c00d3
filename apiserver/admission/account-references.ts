// What a ServiceAccount lets its pods name: secrets, where an annotation limits them to those that it lists; and what mirrors of static pods
// may name, which is nothing of the API's. Pure.
import type { Pod } from '../../api/types/core-v1.ts'
import type { Loose } from '../../api/validation/loose.ts'
import { podReferences } from '../authorization/node/references.ts'

interface Account {
  metadata: { name?: string; annotations?: Readonly<Record<string, string>> }
  secrets?: readonly { name?: string }[]
  imagePullSecrets?: readonly { name?: string }[]
}

const enforceAnnotation = 'kubernetes.io/enforce-mountable-secrets'
/** What Go's ParseBool reads as true. */
const isTrue = (text: string | undefined): boolean => ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text ?? '')

export const isMirror = ({ metadata }: { metadata: { annotations?: Readonly<Record<string, string>> } }): boolean =>
  metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined

/** One sentence for the first thing that a mirror may not name; undefined: all is well. */
export const refuseMirror = (pod: Loose<Pod>): string | undefined => {
  if (pod.spec?.serviceAccountName) return 'a mirror pod may not reference service accounts'
  if (podReferences(pod).some(r => r.kind === 'secret')) return 'a mirror pod may not reference secrets'
  const projected = pod.spec?.volumes?.some(v => v.projected?.sources?.some(s => s.serviceAccountToken !== undefined))
  return projected ? 'a mirror pod may not use ServiceAccountToken volume projections' : undefined
}

/** The same for a pod of an account that limits the secrets of its pods. */
export const refuseSecrets = (account: Account, pod: Loose<Pod>): string | undefined => {
  if (!isTrue(account.metadata.annotations?.[enforceAnnotation])) return undefined
  const names = (list: readonly { name?: string }[] | undefined): Set<string | undefined> => new Set(list?.map(s => s.name))
  const [mountable, pullable] = [names(account.secrets), names(account.imagePullSecrets)]
  const { imagePullSecrets = [], ...rest } = pod.spec ?? {}
  const secret = podReferences({ ...pod, spec: rest }).find(r => r.kind === 'secret' && !mountable.has(r.name))
  const why = `is not allowed because service account ${account.metadata.name ?? ''} does not reference that`
  if (secret) return `secret ${JSON.stringify(secret.name)} ${why} secret`
  const pull = imagePullSecrets.find(s => !pullable.has(s.name))
  return pull && `imagePullSecret ${JSON.stringify(pull.name)} ${why} imagePullSecret`
}
