import t from 'tap'
import { toCredentials } from '../../../../agent/images/credentials.ts'
import { defaultPullPolicy, normalizeReference, toFullReference, toRegistry } from '../../../../agent/images/reference.ts'

await t.test('references', async t => {
  t.equal(normalizeReference('busybox'), 'busybox:latest')
  t.equal(normalizeReference('localhost:5000/a/b:1'), 'localhost:5000/a/b:1')
  t.equal(normalizeReference('UPPER'), undefined)
  t.equal(normalizeReference('a b'), undefined)
  t.equal(normalizeReference('a/b:'), undefined)
  t.equal(toFullReference('busybox'), 'docker.io/library/busybox:latest')
  t.equal(toFullReference('a/b:1'), 'docker.io/a/b:1')
  t.equal(toFullReference('127.0.0.1:5000/b:1'), '127.0.0.1:5000/b:1')
  t.equal(toRegistry('busybox'), 'index.docker.io')
  t.equal(defaultPullPolicy('busybox'), 'Always')
  t.equal(defaultPullPolicy('busybox:1'), 'IfNotPresent')
})

await t.test('credentials: the most specific entry first', async t => {
  const config = {
    auths: {
      'registry.test': { username: 'u', password: 'p' },
      'https://registry.test/team': { auth: Buffer.from('a:b:c').toString('base64') },
      'other.test': { username: 'x' },
    },
  }
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {},
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify(config)).toString('base64') },
  }
  t.match(toCredentials('registry.test/team/app:1', [secret]), [
    { username: 'a', password: 'b:c' },
    { username: 'u', password: 'p' },
  ])
  t.same(toCredentials('busybox', [secret, { ...secret, data: { '.dockerconfigjson': 'bm8ganNvbg==' } }]), [])
})
