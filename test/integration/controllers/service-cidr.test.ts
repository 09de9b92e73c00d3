// Ranges of Service addresses on a real API server: new ones give addresses, those in use stay.
import t from 'tap'
import { services } from '../../../api/kinds/core/service.ts'
import { serviceCidrs } from '../../../api/kinds/networking/service-cidr.ts'
import { eventually } from '../../harness/eventually.ts'
import { startControlPlane } from './control-plane.ts'

const plane = await startControlPlane({ scheduler: false })
t.teardown(() => plane.close())
const ranges = plane.client.of(serviceCidrs)
const own = plane.client.of(services, 'default')
const add = (name: string, ...cidrs: string[]): Promise<unknown> =>
  ranges.create({ kind: 'ServiceCIDR', apiVersion: 'networking.k8s.io/v1', metadata: { name }, spec: { cidrs } })
const conditionOf = async (name: string): Promise<string> => {
  const { status, metadata } = await ranges.get(name)
  const ready = status?.conditions?.find(c => c.type === 'Ready')
  return `${ready?.status}/${ready?.reason} ${metadata.finalizers?.join() ?? ''}`
}
const finalizer = 'networking.k8s.io/service-cidr-finalizer'
const isThere = async (name: string): Promise<boolean> => (await ranges.list()).items.some(c => c.metadata.name === name)

await t.test('a range is held and ready, the default one too', async t => {
  await add('more', '10.99.0.0/24')
  for (const name of ['more', 'kubernetes'])
    await eventually(async () => {
      if ((await conditionOf(name)) !== `True/ ${finalizer}`) throw new Error(await conditionOf(name))
    })
  t.match((await ranges.get('kubernetes')).spec.cidrs, ['10.43.0.0/16'])
})

await t.test('one with addresses in use goes when they have gone', { timeout: 60_000 }, async t => {
  await own.create({ kind: 'Service', apiVersion: 'v1', metadata: { name: 's' }, spec: { clusterIP: '10.99.0.7', ports: [{ port: 80 }] } } as any)
  await ranges.delete('more')
  await eventually(async () => {
    if ((await conditionOf('more')) !== `False/Terminating ${finalizer}`) throw new Error(await conditionOf('more'))
  })
  await t.rejects(
    own.create({ kind: 'Service', apiVersion: 'v1', metadata: { name: 'late' }, spec: { clusterIP: '10.99.0.8', ports: [{ port: 80 }] } } as any),
    { code: 422 },
    'no more addresses from it',
  )
  t.ok(await isThere('more'))
  await own.delete('s')
  await eventually(async () => {
    if (await isThere('more')) throw new Error('still there')
  }, 30_000)
})

await t.test('one that another contains goes although its addresses are in use', { timeout: 60_000 }, async () => {
  await add('inner', '10.98.0.0/24')
  await eventually(async () => {
    if (!(await conditionOf('inner')).startsWith('True')) throw new Error('not ready')
  })
  await own.create({ kind: 'Service', apiVersion: 'v1', metadata: { name: 'inside' }, spec: { clusterIP: '10.98.0.7', ports: [{ port: 80 }] } } as any)
  await ranges.delete('inner')
  await eventually(async () => {
    if (!(await conditionOf('inner')).startsWith('False')) throw new Error('not blocked')
  })
  await add('outer', '10.98.0.0/16')
  await eventually(async () => {
    if (await isThere('inner')) throw new Error('still there')
  }, 30_000)
})
