// What several API servers on one etcd must agree on beside objects: custom kinds, policy, rights, tokens, encryption, and who is there.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import t from 'tap'
import type { ApiServerConfig } from '../../../apiserver/config.ts'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { parseEncryptionConfiguration } from '../../../store/encryption/configuration.ts'
import { createEtcdStore } from '../../../store/main.ts'
import { eventually } from '../../harness/eventually.ts'
import { startEtcd } from '../store/etcd-process.ts'
import { stayAlive } from '../store/store-on-etcd.ts'
import { startServer, type TestServer } from './start-server.ts'

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const tides = '/apis/sea.example.com/v1/namespaces/default/tides'
const definition = {
  metadata: { name: 'tides.sea.example.com' },
  spec: {
    group: 'sea.example.com',
    scope: 'Namespaced',
    names: { plural: 'tides', singular: 'tide', kind: 'Tide', listKind: 'TideList' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
  },
}
const tide = (name: string, height: number): object => ({ apiVersion: 'sea.example.com/v1', kind: 'Tide', metadata: { name }, height })

/** Until the status is as wanted, which takes a moment at a server that did not do it itself. */
const until = (status: number, ask: () => Promise<{ status: number; text: string }>): Promise<void> =>
  eventually(async () => {
    const answer = await ask()
    if (answer.status !== status) throw new Error(`${answer.status}: ${answer.text.slice(0, 200)}`)
  })

await t.test('servers together', { timeout: 180_000 }, async t => {
  stayAlive(t)
  const etcd = await startEtcd(t)
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })
  const secretKey = (name: string): object => ({ name, secret: randomBytes(32).toString('base64') })
  const keys = { one: secretKey('one'), two: secretKey('two') }
  const encryptedBy = (...names: (keyof typeof keys)[]): object => ({
    kind: 'EncryptionConfiguration',
    apiVersion: 'apiserver.config.k8s.io/v1',
    resources: [{ resources: ['secrets'], providers: [{ aesgcm: { keys: names.map(name => keys[name]) } }] }],
  })
  const open = (config: Partial<ApiServerConfig> = {}, encryption = encryptedBy('one')): Promise<TestServer> =>
    startServer({ authentication: { serviceAccounts: { keys: [key] }, tokenFile: 'jane,jane,u\n' }, ...config }, systemClock, () =>
      createEtcdStore(
        { endpoints: [etcd.endpoint], compactionIntervalMs: 0, encryption: parseEncryptionConfiguration(encryption) },
        { log: createLogger('silent'), clock: systemClock },
      ),
    )
  let [one, two] = await Promise.all([open(), open()])
  t.teardown(() => Promise.all([one.close(), two.close()]))

  await t.test('a custom kind that one learns of, the other serves', async t => {
    t.equal((await one.call('POST', definitions, definition)).status, 201)
    await until(200, () => two.call('GET', tides))
    t.equal((await two.call('POST', tides, tide('spring', 7))).status, 201)
    t.equal((await one.call('GET', `${tides}/spring`)).body.height, 7)
    t.match((await two.call('GET', '/apis/sea.example.com/v1')).body.resources, [{ name: 'tides' }])
  })

  await t.test('a watch on a custom kind goes on at the other, and at one that was started since', async t => {
    const begin = (await one.call('GET', tides)).body.metadata.resourceVersion
    await two.call('POST', tides, tide('neap', 3))
    const { body } = await one.call('GET', `${tides}/neap`)
    await one.call('PUT', `${tides}/neap`, { ...body, height: 4 })
    await two.close()
    await one.call('DELETE', `${tides}/neap`)
    two = await open()
    for (const server of [one, two]) {
      const { text } = await server.call('GET', `${tides}?watch=1&resourceVersion=${begin}&timeoutSeconds=1`)
      const events = text
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line))
      t.same(
        events.map(e => `${e.type} ${e.object.metadata?.name} ${e.object.height}`),
        ['ADDED neap 3', 'MODIFIED neap 4', 'DELETED neap 4'],
        'exactly what happened, in order',
      )
    }
    const old = await two.call('GET', `${tides}?resourceVersion=${begin}&resourceVersionMatch=Exact`)
    t.match(old, { status: 200, body: { items: [{ metadata: { name: 'spring' } }] } }, 'and what there was then')
  })

  await t.test('rights given at one hold at the other, and end there', async t => {
    const rbac = '/apis/rbac.authorization.k8s.io/v1'
    const ask = () => two.bearer('GET', '/api/v1/nodes', 'jane')
    t.equal((await ask()).status, 403)
    await one.call('POST', `${rbac}/clusterroles`, { metadata: { name: 'see-nodes' }, rules: [{ apiGroups: [''], resources: ['nodes'], verbs: ['list'] }] })
    await one.call('POST', `${rbac}/clusterrolebindings`, {
      metadata: { name: 'see-nodes' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'see-nodes' },
      subjects: [{ kind: 'User', name: 'jane', apiGroup: 'rbac.authorization.k8s.io' }],
    })
    await until(200, ask)
    await one.call('DELETE', `${rbac}/clusterrolebindings/see-nodes`)
    await until(403, ask)
  })

  await t.test('a token of one is known to the other until its account goes', async t => {
    await one.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'robot' } })
    const { body } = await one.call('POST', '/api/v1/namespaces/default/serviceaccounts/robot/token', { spec: {} })
    const ask = () => two.bearer('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', body.status.token, {})
    t.equal((await ask()).body.status.userInfo.username, 'system:serviceaccount:default:robot')
    await one.call('DELETE', '/api/v1/namespaces/default/serviceaccounts/robot')
    await until(401, ask)
  })

  await t.test('policies and webhooks made at one are in force at the other', async t => {
    const group = '/apis/admissionregistration.k8s.io/v1'
    const maps = '/api/v1/namespaces/default/configmaps'
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }
    let n = 0
    const make = (labels: object) => two.call('POST', maps, { metadata: { name: `m-${++n}`, labels } })
    await one.call('POST', `${group}/validatingadmissionpolicies`, {
      metadata: { name: 'no-storm' },
      spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: "!('storm' in object.metadata.?labels.orValue({}))" }] },
    })
    await one.call('POST', `${group}/validatingadmissionpolicybindings`, {
      metadata: { name: 'no-storm' },
      spec: { policyName: 'no-storm', validationActions: ['Deny'] },
    })
    await until(422, () => make({ storm: 'yes' }))
    t.equal((await make({ calm: 'yes' })).status, 201)
    await one.call('POST', `${group}/validatingwebhookconfigurations`, {
      metadata: { name: 'nobody-there' },
      webhooks: [
        {
          name: 'nobody.example.com',
          clientConfig: { url: 'https://127.0.0.1:1/' },
          rules: [rule],
          objectSelector: { matchLabels: { hook: 'yes' } },
          sideEffects: 'None',
          admissionReviewVersions: ['v1'],
        },
      ],
    })
    await until(500, () => make({ hook: 'yes' }))
    await one.call('DELETE', `${group}/validatingwebhookconfigurations/nobody-there`)
    await until(201, () => make({ hook: 'yes' }))
  })

  await t.test('an API server behind is known to both, by what either found out', async () => {
    await one.call('POST', '/apis/apiregistration.k8s.io/v1/apiservices', {
      metadata: { name: 'v1.far.example.com' },
      spec: {
        ...{ group: 'far.example.com', version: 'v1', groupPriorityMinimum: 100, versionPriority: 100 },
        service: { namespace: 'default', name: 'nobody' },
        insecureSkipTLSVerify: true,
      },
    })
    for (const server of [one, two]) await until(503, () => server.call('GET', '/apis/far.example.com/v1/things'))
    await two.call('DELETE', '/apis/apiregistration.k8s.io/v1/apiservices/v1.far.example.com')
    for (const server of [one, two]) await until(404, () => server.call('GET', '/apis/far.example.com/v1/things'))
  })

  await t.test('keys of encryption are replaced one server after the other', async t => {
    const secrets = '/api/v1/namespaces/default/secrets'
    const write = (server: TestServer, name: string) => server.call('POST', secrets, { metadata: { name }, stringData: { a: name } })
    const seen = async (server: TestServer): Promise<string[]> => (await server.call('GET', secrets)).body.items.map((s: any) => s.metadata.name)
    const swap = async (...names: (keyof typeof keys)[]): Promise<void> => {
      await one.close()
      one = await open({}, encryptedBy(...names))
      t.same((await seen(one)).sort(), (await seen(two)).sort(), `the first with ${names.join(', ')}`)
      await write(one, `one-${names.join('-')}`)
      await write(two, `two-${names.join('-')}`)
      t.same(await seen(one), await seen(two))
      await two.close()
      two = await open({}, encryptedBy(...names))
      t.same(await seen(one), await seen(two), `both with ${names.join(', ')}`)
    }
    await write(one, 'first')
    await swap('one', 'two')
    await swap('two', 'one')
    for (const { metadata } of (await one.call('GET', secrets)).body.items) {
      const { body } = await one.call('GET', `${secrets}/${metadata.name}`)
      await two.call('PUT', `${secrets}/${metadata.name}`, { ...body, metadata: { ...body.metadata, labels: { again: 'yes' } } })
    }
    await swap('two')
    t.ok((await seen(one)).length >= 5)
    for (const name of await seen(two)) t.equal((await two.call('GET', `${secrets}/${name}`)).status, 200, name)
  })

  await t.test('the endpoints of the Service kubernetes are the servers that are there', async t => {
    const addresses = async (server: TestServer): Promise<string[]> => {
      const { body } = await server.call('GET', '/api/v1/namespaces/default/endpoints/kubernetes')
      const slice = (await server.call('GET', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes')).body
      const found = body.subsets?.[0]?.addresses.map((a: any) => a.ip) ?? []
      t.same(slice.endpoints?.flatMap((e: any) => e.addresses) ?? [], found, 'the slice says the same')
      return found
    }
    const first = await open({ advertiseAddress: '192.0.2.11' })
    t.same(await addresses(one), ['192.0.2.11'])
    const second = await open({ advertiseAddress: '192.0.2.12' })
    t.same(await addresses(two), ['192.0.2.11', '192.0.2.12'])
    await first.close()
    t.same(await addresses(one), ['192.0.2.12'], 'one that stops takes itself out')
    await second.close()
    t.same(await addresses(one), ['192.0.2.12'], 'the last one stays: whoever is told that nobody is there has lost the way')
    const leases = (await one.call('GET', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases?labelSelector=apiserver.kubernetes.io/identity')).body
      .items
    t.match(leases, [{ metadata: { name: /^apiserver-[a-z2-7]{26}$/ }, spec: { leaseDurationSeconds: 3600 } }], 'one for the host')
  })

  await t.test('a custom kind that one removes is gone at both, with its objects', async t => {
    t.equal((await one.call('DELETE', `${definitions}/tides.sea.example.com`)).status, 200)
    for (const server of [one, two]) await until(404, () => server.call('GET', tides))
    await until(404, () => two.call('GET', `${definitions}/tides.sea.example.com`))
    t.equal((await two.call('POST', definitions, definition)).status, 201)
    await until(200, () => one.call('GET', tides))
    t.same((await one.call('GET', tides)).body.items, [])
  })
})
