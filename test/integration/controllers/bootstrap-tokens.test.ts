// Bootstrap tokens on a real API server: they sign what a joining machine reads, and go when their time has come.
import { createHmac } from 'node:crypto'
import t from 'tap'
import { configMaps } from '../../../api/kinds/core/config-map.ts'
import { secrets } from '../../../api/kinds/core/secret.ts'
import { eventually } from '../../harness/eventually.ts'
import { startControlPlane } from './control-plane.ts'

const plane = await startControlPlane({ scheduler: false })
t.teardown(() => plane.close())
const own = plane.client.of(secrets, 'kube-system')
const infos = plane.client.of(configMaps, 'kube-public')
const encode = (data: Record<string, string>) => Object.fromEntries(Object.entries(data).map(([k, v]) => [k, Buffer.from(v).toString('base64')]))
const make = (id: string, more: Record<string, string> = {}): Promise<unknown> =>
  own.create({
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name: `bootstrap-token-${id}` },
    type: 'bootstrap.kubernetes.io/token',
    data: encode({ 'token-id': id, 'token-secret': '0123456789abcdef', 'usage-bootstrap-signing': 'true', ...more }),
  })
const signatures = async (): Promise<string[]> =>
  Object.keys((await infos.get('cluster-info')).data ?? {})
    .filter(k => k.startsWith('jws-'))
    .sort()
const signedBy = (...ids: string[]): Promise<void> =>
  eventually(async () => {
    const found = await signatures()
    if (found.join() !== ids.map(id => `jws-kubeconfig-${id}`).join()) throw new Error(found.join())
  })

await t.test('every token that may signs, as kubeadm reads it', async t => {
  await make('aaaaaa')
  await make('bbbbbb', { 'usage-bootstrap-signing': 'false' })
  await infos.create({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'cluster-info' }, data: { kubeconfig: 'where it is', other: 'stays' } })
  await signedBy('aaaaaa')
  const { data = {} } = await infos.get('cluster-info')
  t.equal(data['other'], 'stays')
  const [header = '', content, signature] = data['jws-kubeconfig-aaaaaa']!.split('.')
  t.same(JSON.parse(Buffer.from(header, 'base64url').toString()), { alg: 'HS256', kid: 'aaaaaa' })
  t.equal(content, '')
  const whole = `${header}.${Buffer.from('where it is').toString('base64url')}`
  t.equal(signature, createHmac('sha256', '0123456789abcdef').update(whole).digest('base64url'))
  await make('cccccc')
  await signedBy('aaaaaa', 'cccccc')
  await own.delete('bootstrap-token-aaaaaa')
  await signedBy('cccccc')
})

await t.test('one whose time has come goes, and so does its signature', async t => {
  await make('dddddd', { expiration: new Date(Date.now() + 2_500).toISOString() })
  await make('eeeeee', { expiration: '2020-01-01T00:00:00Z' })
  await make('ffffff', { expiration: 'never' })
  await signedBy('cccccc', 'dddddd')
  await signedBy('cccccc')
  await eventually(async () => {
    const left = (await own.list()).items.map(s => s.metadata.name).sort()
    if (left.join() !== 'bootstrap-token-bbbbbb,bootstrap-token-cccccc') throw new Error(left.join())
  })
  t.pass('those without an end stay')
})
