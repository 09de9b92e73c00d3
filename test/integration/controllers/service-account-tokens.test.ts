// Secrets that hold a token: filled, accepted by the API server, gone with their account.
import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { secrets } from '../../../api/kinds/core/secret.ts'
import { serviceAccounts } from '../../../api/kinds/core/service-account.ts'
import type { Secret } from '../../../api/types/core-v1.ts'
import { eventually } from '../../harness/eventually.ts'
import { startControlPlane } from './control-plane.ts'

const pem = (type: 'ec' | 'rsa'): string => {
  const { privateKey } = type === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return privateKey.export({ type: 'pkcs8', format: 'pem' })
}

for (const type of ['ec', 'rsa'] as const)
  await t.test(`tokens in Secrets, with a key of type ${type}`, { timeout: 60_000 }, async t => {
    const key = pem(type)
    const plane = await startControlPlane({
      scheduler: false,
      server: { authentication: { serviceAccounts: { keys: [key] } } },
      controllers: { rootCa: 'THE CA', serviceAccountKey: key },
    })
    t.teardown(() => plane.close())
    const accounts = plane.client.of(serviceAccounts, 'default')
    const own = plane.client.of(secrets, 'default')
    const account = (name: string): Promise<unknown> => accounts.create({ kind: 'ServiceAccount', apiVersion: 'v1', metadata: { name } })
    const ask = (name: string, of: string): Promise<unknown> =>
      own.create({
        kind: 'Secret',
        apiVersion: 'v1',
        metadata: { name, annotations: { 'kubernetes.io/service-account.name': of } },
        type: 'kubernetes.io/service-account-token',
      })
    const filled = async (name: string): Promise<Secret> => {
      let found: Secret | undefined
      await eventually(async () => {
        found = await own.get(name)
        if (!found.data?.['token']) throw new Error('not filled yet')
      })
      return found!
    }
    const text = (secret: Secret, key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString()
    const self = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    const gone = (name: string): Promise<void> =>
      eventually(async () => {
        if ((await own.list()).items.some(s => s.metadata.name === name)) throw new Error('still there')
      })

    await t.test('is filled, and is a way in', async t => {
      await account('robot')
      await ask('robot-token', 'robot')
      const secret = await filled('robot-token')
      t.equal(text(secret, 'ca.crt'), 'THE CA')
      t.equal(text(secret, 'namespace'), 'default')
      t.equal(secret.metadata.annotations?.['kubernetes.io/service-account.uid'], (await accounts.get('robot')).metadata.uid)
      const who = await plane.test.bearer('POST', self, text(secret, 'token'), {})
      t.equal(who.body.status.userInfo.username, 'system:serviceaccount:default:robot')
      t.equal(
        (await own.get('robot-token')).metadata.labels?.['kubernetes.io/legacy-token-last-used'],
        new Date().toISOString().slice(0, 10),
        'its use is noted',
      )
      const tracking = await plane.client.raw('GET', '/api/v1/namespaces/kube-system/configmaps/kube-apiserver-legacy-service-account-token-tracking')
      t.match(tracking, { data: { since: /^\d{4}-\d\d-\d\d$/ } })
    })

    await t.test('what somebody else changes of it comes back, the token stays', async t => {
      const before = await filled('robot-token')
      await own.update({ ...before, data: { token: before.data!['token']! } })
      await eventually(async () => {
        if (text(await own.get('robot-token'), 'ca.crt') !== 'THE CA') throw new Error('not yet')
      })
      t.equal((await own.get('robot-token')).data?.['token'], before.data?.['token'])
    })

    await t.test('one for nobody goes; one for another of the same name too', async t => {
      await ask('nobodys', 'nobody')
      await gone('nobodys')
      const token = text(await filled('robot-token'), 'token')
      await accounts.delete('robot')
      await gone('robot-token')
      t.equal((await plane.test.bearer('POST', self, token, {})).status, 401)
      await account('robot')
      t.equal((await plane.test.bearer('POST', self, token, {})).status, 401, 'nor is it the new account of that name')
    })

    await t.test('an account that lists it no longer does when it has gone', async t => {
      await account('lister')
      await ask('listed', 'lister')
      await filled('listed')
      await accounts.update({ ...(await accounts.get('lister')), secrets: [{ name: 'listed' }, { name: 'other' }] })
      await own.delete('listed')
      await eventually(async () => {
        const { secrets: left } = await accounts.get('lister')
        if (left?.length !== 1) throw new Error('not yet')
      })
      t.same((await accounts.get('lister')).secrets, [{ name: 'other' }])
    })
  })
