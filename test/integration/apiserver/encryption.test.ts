// Secrets lie encrypted in etcd; keys rotate; what was written before encryption is still read.
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Etcd3 } from 'etcd3'
import t from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { ensureEncryption, readEncryption } from '../../../cli/cluster/encryption.ts'
import type { EncryptionRules } from '../../../store/encryption/configuration.ts'
import { createEtcdStore } from '../../../store/main.ts'
import { startEtcd } from '../store/etcd-process.ts'
import { stayAlive } from '../store/store-on-etcd.ts'
import { startServer, type TestServer } from './start-server.ts'

const secret = { metadata: { name: 's' }, data: { password: Buffer.from('correct horse battery').toString('base64') } }
const secrets = '/api/v1/namespaces/default/secrets'

await t.test('a new cluster', { timeout: 60_000 }, async t => {
  stayAlive(t)
  const etcd = await startEtcd(t)
  const raw = new Etcd3({ hosts: etcd.endpoint })
  t.teardown(() => raw.close())
  const folder = await mkdtemp(join(tmpdir(), 'wherry-encryption-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const paths = { encryption: join(folder, 'encryption.yaml') }

  const serve = async (encryption: EncryptionRules, work: (server: TestServer) => Promise<void>): Promise<void> => {
    const open = () => createEtcdStore({ endpoints: [etcd.endpoint], compactionIntervalMs: 0, encryption }, { log: createLogger('silent'), clock: systemClock })
    const server = await startServer({}, systemClock, open)
    try {
      await work(server)
    } finally {
      await server.close()
    }
  }
  const dump = async (): Promise<Map<string, Buffer>> => new Map(Object.entries(await raw.getAll().prefix('/').buffers()))
  const leaks = async (): Promise<string[]> =>
    [...(await dump())].filter(([, value]) => value.includes(secret.data.password) || value.includes('correct horse')).map(([key]) => key)

  await t.test('what was written without encryption', async t => {
    await serve(new Map(), async server => {
      t.equal((await server.call('POST', secrets, { ...secret, metadata: { name: 'old' } })).status, 201)
    })
    t.same(await leaks(), ['/registry/secrets/default/old'], 'the search finds plain text where there is some')
  })

  await t.test('makes a key for its owner alone, once', async t => {
    await ensureEncryption({}, paths)
    t.equal((await stat(paths.encryption)).mode & 0o777, 0o600)
    const made = await readFile(paths.encryption, 'utf8')
    await ensureEncryption({}, paths)
    t.equal(await readFile(paths.encryption, 'utf8'), made)
  })

  await t.test('keeps no Secret in plain text, and reads the old one', async t => {
    await serve(await readEncryption({}, paths), async server => {
      t.equal((await server.call('POST', secrets, secret)).status, 201)
      t.equal((await server.call('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: 'c' }, data: { a: 'plain' } })).status, 201)
      t.match((await server.call('GET', `${secrets}/s`)).body, secret)
      t.match((await server.call('GET', `${secrets}/old`)).body, { data: secret.data })
    })
    t.same(await leaks(), ['/registry/secrets/default/old'])
    const stored = await dump()
    t.ok(stored.get('/registry/secrets/default/s')!.toString('latin1').startsWith('k8s:enc:aesgcm:v1:key1:'))
    t.ok(stored.get('/registry/configmaps/default/c')!.includes('plain'), 'only what is asked for is encrypted')
  })

  await t.test('rotates: a new key and cipher first, the old one still reads', async t => {
    const first = await readFile(paths.encryption, 'utf8')
    const newer = { name: 'key2', secret: randomBytes(32).toString('base64') }
    const rotated = first.replace('  providers:', `  providers:\n  - secretbox:\n      keys:\n      - ${JSON.stringify(newer)}`)
    const config = { encryptionConfig: join(folder, 'rotated.yaml') }
    await writeFile(config.encryptionConfig, rotated)
    await serve(await readEncryption(config, paths), async server => {
      t.match((await server.call('GET', `${secrets}/s`)).body, secret)
      for (const name of ['s', 'old']) {
        const { body } = await server.call('GET', `${secrets}/${name}`)
        t.equal((await server.call('PUT', `${secrets}/${name}`, { ...body, data: { ...body.data, more: 'YQ==' } })).status, 200)
      }
    })
    t.same(await leaks(), [], 'written anew, the old one is encrypted as well')
    const alone = { encryptionConfig: join(folder, 'alone.yaml') }
    await writeFile(alone.encryptionConfig, rotated.replace(/ {2}- aesgcm[^]*identity: \{\}\n/, ''))
    await serve(await readEncryption(alone, paths), async server => {
      t.match((await server.call('GET', `${secrets}/s`)).body, secret, 'the old key can go')
    })
  })

  await t.test('without its keys, an encrypted Secret is an error of its own and stops nothing else', async t => {
    await serve(new Map(), async server => {
      t.equal((await server.call('GET', `${secrets}/s`)).status, 500)
      t.equal((await server.call('GET', secrets)).status, 200)
      t.equal((await server.call('GET', '/api/v1/namespaces/default/configmaps/c')).status, 200)
    })
  })

  await t.test('a bad file is refused by name, without its secrets', async t => {
    const bad = { encryptionConfig: join(folder, 'bad.yaml') }
    await writeFile(bad.encryptionConfig, 'kind: EncryptionConfiguration\n  secret: abc\n')
    await t.rejects(readEncryption(bad, paths), { message: `the encryption configuration ${bad.encryptionConfig} cannot be read: it is not YAML` })
    await t.rejects(readEncryption({ encryptionConfig: join(folder, 'none') }, paths), { message: /ENOENT/ })
  })
})
