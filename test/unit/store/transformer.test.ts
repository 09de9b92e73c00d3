import { randomBytes } from 'node:crypto'
import t from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { CachedStore, defaultCachedStoreConfig } from '../../../store/cached-store.ts'
import { MemoryBackend } from '../../../store/memory-backend.ts'
import { ciphers } from '../../../store/encryption/ciphers.ts'
import { createEncryption } from '../../../store/encryption/encryption.ts'
import { createProvidersTransformer, type EncryptionKey } from '../../../store/encryption/providers.ts'
import { sealWith, openSecretbox } from '../../../store/encryption/secretbox.ts'
import { identityTransformer, type Transformer } from '../../../store/transformer.ts'

const cipherOf = (id: string) => ciphers.find(c => c.id === id)!
const createAesGcmTransformer = (keys: readonly EncryptionKey[]): Transformer => createProvidersTransformer([{ cipher: cipherOf('aesgcm'), keys }, 'identity'])

const [one, two] = [
  { name: 'one', secret: randomBytes(32) },
  { name: 'two', secret: randomBytes(16) },
]
const key = '/registry/secrets/default/s'
const value = Buffer.from('{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s","namespace":"default"},"data":{"p":"aHVzaA=="}}')

void t.test('what is written reads back, and says nothing', async t => {
  const aes = createAesGcmTransformer([one])
  const stored = aes.toStorage(key, value)
  t.ok(stored.subarray(0, 23).equals(Buffer.from('k8s:enc:aesgcm:v1:one:\0').subarray(0, 22)) || stored.toString('latin1').startsWith('k8s:enc:aesgcm:v1:one:'))
  t.notOk(stored.includes('aHVzaA'))
  t.notOk(stored.equals(aes.toStorage(key, value)), 'a nonce of its own each time')
  t.ok(aes.fromStorage(key, stored).equals(value))
})

void t.test('a value under another key, changed or cut off is refused', async t => {
  const aes = createAesGcmTransformer([one])
  const stored = aes.toStorage(key, value)
  t.throws(() => aes.fromStorage('/registry/secrets/default/other', stored), { message: /not encrypted with key one for this place/ })
  const changed = Buffer.from(stored)
  changed[40]! ^= 1
  t.throws(() => aes.fromStorage(key, changed))
  t.throws(() => aes.fromStorage(key, stored.subarray(0, 40)), { message: /changed since/ })
})

void t.test('keys rotate: the first writes, all read, and plain values still read', async t => {
  const old = createAesGcmTransformer([one]).toStorage(key, value)
  const both = createAesGcmTransformer([two, one])
  t.ok(both.fromStorage(key, old).equals(value))
  t.ok(both.toStorage(key, value).toString('latin1').startsWith('k8s:enc:aesgcm:v1:two:'))
  t.ok(both.fromStorage(key, value).equals(value))
  t.throws(() => createAesGcmTransformer([two]).fromStorage(key, old), { message: /no key for it/ })
  t.throws(() => identityTransformer.fromStorage(key, old), { message: /no key for it/ })
  t.throws(() => createAesGcmTransformer([]), RangeError)
  t.throws(() => createAesGcmTransformer([{ name: 'x', secret: randomBytes(15) }]), RangeError)
})

void t.test('a store encrypts the prefixes it is told to, with the whole key authenticated', async t => {
  const backend = new MemoryBackend(systemClock)
  const transformer = createEncryption(new Map([['secrets', [{ cipher: cipherOf('aesgcm'), keys: [one] }, 'identity' as const]]]), '/c1')
  const open = async (): Promise<CachedStore> => {
    const store = new CachedStore({ ...defaultCachedStoreConfig, keyPrefix: '/c1' }, { backend, transformer, log: createLogger('silent'), clock: systemClock })
    for (const prefix of ['/registry/secrets/', '/registry/configmaps/']) await store.register({ prefix, namespaced: true, fieldsOf: () => ({}) })
    await store.start(AbortSignal.timeout(5000))
    return store
  }
  const store = await open()
  const object = (kind: string) => ({ kind, apiVersion: 'v1', metadata: { name: 's', namespace: 'default' }, data: { p: 'aHVzaA==' } })
  await store.create(key, object('Secret'))
  await store.create('/registry/configmaps/default/s', object('ConfigMap'))
  const raw = new Map<string, Buffer>()
  await backend.snapshot('', async values => {
    for (const v of values) raw.set(v.key, v.value)
  })
  t.notOk(raw.get(`/c1${key}`)!.includes('aHVzaA'))
  t.ok(raw.get('/c1/registry/configmaps/default/s')!.includes('aHVzaA'))
  backend.putForeign('/c1/registry/secrets/default/moved', raw.get(`/c1${key}`)!)
  const again = await open()
  t.match((await again.get(key, 'consistent'))!.object(), { data: { p: 'aHVzaA==' } })
  await t.rejects(again.get('/registry/secrets/default/moved', 'consistent'), { code: 'Corrupt' })
})

await t.test('every cipher reads back what it sealed, and nothing that was changed', async t => {
  const bytes = Buffer.from('{"data":"aHVzaA=="}'.repeat(100))
  for (const cipher of ciphers) {
    const transformer = createProvidersTransformer([{ cipher, keys: [{ name: 'k', secret: randomBytes(32) }] }])
    const stored = transformer.toStorage(key, bytes)
    t.ok(stored.toString('latin1').startsWith(`k8s:enc:${cipher.id}:v1:k:`), cipher.id)
    t.notOk(stored.includes('aHVzaA'))
    t.ok(transformer.fromStorage(key, stored).equals(bytes))
    t.throws(() => transformer.fromStorage(key, stored.subarray(0, stored.length - 7)))
    t.throws(() => transformer.fromStorage(key, bytes), { message: /not encrypted/ }, 'plain values need the identity provider')
    if (cipher.id === 'aescbc') continue
    const changed = Buffer.from(stored)
    changed[changed.length - 3]! ^= 1
    t.throws(() => transformer.fromStorage(key, changed), { message: /was changed since/ })
  }
})

await t.test("secretbox is NaCl's: its published vector", async t => {
  const hex = (text: string): Buffer => Buffer.from(text, 'hex')
  const secret = hex('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389')
  const nonce = hex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37')
  const message = hex(
    'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31' +
      '0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705',
  )
  const expected =
    'f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972' +
    '71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3' +
    '7973f622a43d14a6599b1f654cb45a74e355a5'
  const sealed = sealWith(secret, nonce, message)
  t.equal(sealed.subarray(24).toString('hex'), expected)
  t.ok(openSecretbox(secret, sealed).equals(message))
})

await t.test('rules go from the resource over its group to everything', async t => {
  const provider = (name: string) => [{ cipher: cipherOf('aesgcm'), keys: [{ name, secret: randomBytes(32) }] }]
  const transformer = createEncryption(
    new Map<string, ReturnType<typeof provider> | readonly ['identity']>([
      ['secrets', provider('s')],
      ['events', ['identity']],
      ['*.apps', provider('apps')],
      ['*.', provider('core')],
      ['widgets.example.com', provider('w')],
      ['*.*', provider('all')],
    ]),
  )
  const keyName = (place: string): string | undefined => /^k8s:enc:aesgcm:v1:(\w+):/.exec(transformer.toStorage(place, value).toString('latin1'))?.[1]
  t.equal(keyName('/registry/secrets/default/s'), 's')
  t.equal(keyName('/registry/deployments/default/d'), 'apps')
  t.equal(keyName('/registry/configmaps/default/c'), 'core')
  t.equal(keyName('/registry/services/specs/default/c'), 'core', 'a prefix of two segments')
  t.equal(keyName('/registry/example.com/widgets/default/w'), 'w')
  t.equal(keyName('/registry/example.com/gadgets/default/w'), 'all')
  t.equal(keyName('/registry/leases/default/l'), 'all')
  t.equal(keyName('/registry/events/default/e'), undefined)
})
