import { randomBytes } from 'node:crypto'
import t from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { CachedStore, defaultCachedStoreConfig } from '../../../store/cached-store.ts'
import { MemoryBackend } from '../../../store/memory-backend.ts'
import { createAesGcmTransformer, identityTransformer, transformByPrefix } from '../../../store/transformer.ts'

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
  t.throws(() => aes.fromStorage(key, stored.subarray(0, 40)), { message: /cut off/ })
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
  const transformer = transformByPrefix([{ prefix: '/c1/registry/secrets/', transformer: createAesGcmTransformer([one]) }])
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
