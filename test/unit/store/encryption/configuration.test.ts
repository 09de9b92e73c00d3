import { randomBytes } from 'node:crypto'
import { load } from 'js-yaml'
import t from 'tap'
import { newEncryptionConfiguration, parseEncryptionConfiguration } from '../../../../store/encryption/configuration.ts'

const secret = randomBytes(32).toString('base64')
const configuration = (resources: unknown): unknown => ({ kind: 'EncryptionConfiguration', apiVersion: 'apiserver.config.k8s.io/v1', resources })
const keys = [{ name: 'key1', secret }]

await t.test("upstream's form is read, several entries for one resource together", async t => {
  const rules = parseEncryptionConfiguration(
    configuration([
      { resources: ['secrets', 'widgets.example.com'], providers: [{ aesgcm: { keys } }, { aescbc: { keys } }, { secretbox: { keys } }, { identity: {} }] },
      { resources: ['*.apps'], providers: [{ identity: {} }] },
      { resources: ['secrets'], providers: [{ aesgcm: { keys: [{ name: 'older', secret }] } }] },
    ]),
  )
  t.same([...rules.keys()], ['secrets', 'widgets.example.com', '*.apps'])
  t.same(
    rules.get('secrets')!.map(p => (p === 'identity' ? p : `${p.cipher.id}/${p.keys.map(k => k.name).join()}`)),
    ['aesgcm/key1', 'aescbc/key1', 'secretbox/key1', 'identity', 'aesgcm/older'],
  )
})

await t.test('a new one encrypts Secrets with a key of its own', async t => {
  const rules = parseEncryptionConfiguration(load(newEncryptionConfiguration(randomBytes(32))))
  t.same([...rules.keys()], ['secrets'])
})

await t.test('every fault is said at once, and no secret with it', async t => {
  const entry = (over: object): unknown => configuration([{ resources: ['secrets'], providers: [{ aesgcm: { keys } }], ...over }])
  const cases: [unknown, RegExp][] = [
    [{}, /kind EncryptionConfiguration/],
    [configuration([]), /resources: at least one/],
    [entry({ providers: [] }), /resources\[0\]\.providers: at least one/],
    [entry({ resources: [] }), /resources\[0\]\.resources: at least one/],
    [entry({ resources: ['*'] }), /use '\*\.\*'/],
    [entry({ resources: ['Secrets'] }), /capital/],
    [entry({ resources: ['secrets', 'secrets'] }), /twice/],
    [entry({ resources: ['*.*', 'secrets'] }), /covers all/],
    [entry({ resources: ['*.apps', 'deployments.apps'] }), /covers another/],
    [entry({ resources: ['*.', 'secrets'] }), /covers another/],
    [entry({ resources: ['events.events.k8s.io'] }), /stored as 'events'/],
    [entry({ resources: ['serviceipallocations'] }), /cannot be encrypted/],
    [entry({ providers: [{ aesgcm: { keys }, identity: {} }] }), /exactly one/],
    [entry({ providers: [{ kms: {} }] }), /not supported/],
    [entry({ providers: [{ rot13: { keys } }] }), /no such provider/],
    [entry({ providers: [{ aesgcm: { keys: [] } }] }), /at least one key/],
    [entry({ providers: [{ aesgcm: { keys: [...keys, ...keys] } }] }), /two keys/],
    [entry({ providers: [{ aesgcm: { keys: [{ name: 'a:b', secret }] } }] }), /no ':'/],
    [entry({ providers: [{ aesgcm: { keys: [{ name: 'a', secret: 'c2hvcnQ=' }] } }] }), /16, 24, 32 bytes, not 5/],
    [entry({ providers: [{ secretbox: { keys: [{ name: 'a', secret: randomBytes(16).toString('base64') }] } }] }), /32 bytes, not 16/],
    [entry({ providers: [{ aesgcm: { keys: [{ name: 'a', secret: '*no*' }] } }] }), /base64/],
    [entry({ resource: ['x'] }), /no such field/],
  ]
  for (const [value, message] of cases) t.throws(() => parseEncryptionConfiguration(value), { message }, String(message))
  try {
    parseEncryptionConfiguration(configuration([{ resources: ['Secrets', '*'], providers: [{ aesgcm: { keys: [{ name: '', secret }] } }] }]))
    t.fail('it was taken')
  } catch (error) {
    t.match((error as Error).message, /capital.*use '\*\.\*'.*a name is required/)
    t.notOk((error as Error).message.includes(secret))
  }
})
