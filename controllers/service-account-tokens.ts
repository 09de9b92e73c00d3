// Fills Secrets of type kubernetes.io/service-account-token with a token without an end, and removes them with their account. Clients of old
// ask for tokens so; newer ones ask the API server for bound tokens.
import { sign } from 'node:crypto'
import { secrets as secretKind } from '../api/kinds/core/secret.ts'
import { serviceAccounts } from '../api/kinds/core/service-account.ts'
import { type KubeObject, objectKey } from '../api/object.ts'
import { ignoring, isReason } from '../api/status.ts'
import type { Secret, ServiceAccount } from '../api/types/core-v1.ts'
import { readTokenKeys, type SigningKey } from '../base/token-keys.ts'
import type { Controller } from '../client/types.ts'
import type { ControllerContext } from './context.ts'

const secretType = 'kubernetes.io/service-account-token'
const nameAnnotation = 'kubernetes.io/service-account.name'
const uidAnnotation = 'kubernetes.io/service-account.uid'

const encode = (text: string): string => Buffer.from(text).toString('base64')
const accountOf = ({ metadata }: Secret): string => `${metadata.namespace ?? ''}/${metadata.annotations?.[nameAnnotation] ?? ''}`

/** The claims that legacy tokens have, in upstream's names; the same for the same account, key and Secret. */
export const signLegacyToken = ({ privateKey, id, algorithm }: SigningKey, secret: Secret, account: ServiceAccount): string => {
  const { namespace = '', name = '', uid = '' } = account.metadata
  const claims = {
    'iss': 'kubernetes/serviceaccount',
    'kubernetes.io/serviceaccount/namespace': namespace,
    'kubernetes.io/serviceaccount/secret.name': secret.metadata.name ?? '',
    'kubernetes.io/serviceaccount/service-account.name': name,
    'kubernetes.io/serviceaccount/service-account.uid': uid,
    'sub': `system:serviceaccount:${namespace}:${name}`,
  }
  const signed = [{ alg: algorithm, kid: id }, claims].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  // JWS wants the two halves of an elliptic curve's signature side by side (RFC 7518, 3.4); RSA has no such choice.
  const signature = sign(`sha${algorithm.slice(2)}`, Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

export const createServiceAccountTokenController = ({ client, informers, config, log }: ControllerContext): Controller | undefined => {
  const { serviceAccountKey, rootCa } = config
  if (serviceAccountKey === undefined) return undefined
  const key = readTokenKeys([serviceAccountKey]).signing
  const accounts = informers.of(serviceAccounts)
  const secrets = informers.of(secretKind, { fieldSelector: `type=${secretType}` })
  secrets.addIndex('account', secret => [accountOf(secret)])

  /** From the server: an informer that lags must cost nobody their tokens. */
  const isThere = async (secret: Secret): Promise<ServiceAccount | undefined> => {
    const { namespace, annotations } = secret.metadata
    const uid = annotations?.[uidAnnotation]
    const isMeant = (account: ServiceAccount | undefined): account is ServiceAccount => account !== undefined && (!uid || account.metadata.uid === uid)
    const known = accounts.get(accountOf(secret))
    if (isMeant(known)) return known
    const found = await client
      .of(serviceAccounts, namespace)
      .get(annotations?.[nameAnnotation] ?? '')
      .catch((error: unknown) => {
        if (isReason(error, 'NotFound')) return undefined
        throw error
      })
    return isMeant(found) ? found : undefined
  }

  const fill = async (secret: Secret, account: ServiceAccount): Promise<void> => {
    const { data = {}, metadata } = secret
    const wanted = {
      'token': data['token'] || encode(signLegacyToken(key, secret, account)),
      'namespace': data['namespace'] || encode(metadata.namespace ?? ''),
      ...(rootCa !== undefined && { 'ca.crt': encode(rootCa) }),
    }
    const annotations = { ...metadata.annotations, [nameAnnotation]: account.metadata.name ?? '', [uidAnnotation]: account.metadata.uid ?? '' }
    const same = Object.entries(wanted).every(([name, value]) => data[name] === value) && metadata.annotations?.[uidAnnotation] === account.metadata.uid
    if (same) return
    await client
      .of(secretKind, metadata.namespace)
      .update({ ...secret, metadata: { ...metadata, annotations }, data: { ...data, ...wanted } })
      .catch(ignoring('NotFound'))
  }

  const remove = async (secret: Secret): Promise<void> => {
    const { namespace, name = '', uid = '', resourceVersion = '' } = secret.metadata
    log.info({ secret: objectKey(secret) }, 'removing the token of a service account that has gone')
    await client.of(secretKind, namespace).delete(name, { preconditions: { uid, resourceVersion } }).catch(ignoring('NotFound', 'Conflict'))
  }

  /** Accounts may list the Secret; it has gone. */
  const forget = async (secretKey: string): Promise<void> => {
    const [namespace = '', name = ''] = secretKey.split('/')
    for (const account of accounts.list(namespace)) {
      if (!account.secrets?.some(s => s.name === name)) continue
      // Another Secret of that name may be there, of a type that is not looked at here.
      const there = await client
        .of(secretKind, namespace)
        .get(name)
        .catch(() => undefined)
      if (there) return
      await client
        .of(serviceAccounts, namespace)
        .update({ ...account, secrets: account.secrets.filter(s => s.name !== name) })
        .catch(ignoring('NotFound'))
    }
  }

  return {
    name: 'serviceaccount-token-controller',
    watches: [{ informer: secrets }, { informer: accounts, toKeys: (account: KubeObject) => secrets.byIndex('account', objectKey(account)).map(objectKey) }],
    async reconcile(secretKey) {
      const secret = secrets.get(secretKey)
      if (!secret) {
        await forget(secretKey)
        return undefined
      }
      if (secret.metadata.deletionTimestamp !== undefined) return undefined
      const account = await isThere(secret)
      await (account ? fill(secret, account) : remove(secret))
      return undefined
    },
  }
}
