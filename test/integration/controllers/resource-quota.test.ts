// Quotas as a whole: charged by the API server, given back by the controller, never exceeded by many at once.
import assert from 'node:assert/strict'
import t from 'tap'
import { pods } from '../../../api/kinds/core/pod.ts'
import { resourceQuotas } from '../../../api/kinds/core/resource-quota.ts'
import { secrets } from '../../../api/kinds/core/secret.ts'
import { isReason, type StatusError } from '../../../api/status.ts'
import { eventually } from '../../harness/eventually.ts'
import { startControlPlane } from './control-plane.ts'

t.setTimeout(120_000)

await t.test('resource quotas', async t => {
  const plane = await startControlPlane({ scheduler: false, agent: false })
  t.teardown(() => plane.close())
  const { client } = plane
  const quotas = client.of(resourceQuotas, 'default')
  const quota = (name: string, spec: object): any => ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name }, spec })
  const pod = (name: string, more: object = {}): any => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '100m' }, limits: { cpu: '200m' } } }], ...more },
  })
  const reasonOf = (attempt: Promise<unknown>): Promise<string> =>
    attempt.then(
      () => 'none',
      (error: unknown) => (error as StatusError).reason,
    )
  const used = async (name: string): Promise<unknown> => (await quotas.get(name)).status?.used
  const usedBecomes = (name: string, want: object): Promise<void> =>
    eventually(async () => {
      const found = await used(name)
      assert.deepEqual({ ...(found as object) }, want)
    })

  await t.test('a new quota counts what is there', async t => {
    await client.of(secrets, 'default').create({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } })
    await quotas.create(quota('objects', { hard: { secrets: '2', 'count/secrets': '5', pods: '3', 'requests.cpu': '1' } }))
    await usedBecomes('objects', { secrets: '1', 'count/secrets': '1', pods: '0', 'requests.cpu': '0' })
    t.match((await quotas.get('objects')).status?.hard, { secrets: '2', 'count/secrets': '5', pods: '3', 'requests.cpu': '1' })
  })

  await t.test('a hundred at once do not exceed it', async t => {
    const results = await Promise.allSettled(Array.from({ length: 100 }, (_, i) => client.of(pods, 'default').create(pod(`p${i}`))))
    const made = results.filter(r => r.status === 'fulfilled')
    t.equal(made.length, 3)
    for (const r of results) if (r.status === 'rejected') t.ok(isReason(r.reason, 'Forbidden'), String(r.reason))
    await usedBecomes('objects', { 'count/secrets': '1', pods: '3', 'requests.cpu': '300m', secrets: '1' })
    t.equal((await client.of(pods, 'default').list()).items.length, 3)
  })

  await t.test('what is deleted or finished is given back', async () => {
    const [first, second] = (await client.of(pods, 'default').list()).items
    await client.of(pods, 'default').delete(first!.metadata.name!, { gracePeriodSeconds: 0 })
    await client.of(pods, 'default').patch(second!.metadata.name!, 'merge', { status: { phase: 'Succeeded' } }, { subresource: 'status' })
    await usedBecomes('objects', { 'count/secrets': '1', pods: '1', 'requests.cpu': '100m', secrets: '1' })
    await client.of(pods, 'default').create(pod('again'))
  })

  await t.test('a charge whose object was refused after all is given back', async t => {
    t.equal(await reasonOf(client.of(pods, 'default').create(pod('again'))), 'AlreadyExists')
    await usedBecomes('objects', { 'count/secrets': '1', pods: '2', 'requests.cpu': '200m', secrets: '1' })
  })

  await t.test('a changed spec is counted anew', async () => {
    await quotas.patch('objects', 'merge', { spec: { hard: { secrets: null, 'count/secrets': null, 'limits.cpu': '9' } } })
    await usedBecomes('objects', { 'limits.cpu': '400m', pods: '2', 'requests.cpu': '200m' })
  })

  await t.test('scopes choose what counts', async t => {
    await quotas.delete('objects')
    await quotas.create(quota('short', { hard: { pods: '1' }, scopes: ['Terminating'] }))
    await usedBecomes('short', { pods: '0' })
    await client.of(pods, 'default').create(pod('long'))
    await client.of(pods, 'default').create(pod('short', { activeDeadlineSeconds: 60 }))
    t.equal(await reasonOf(client.of(pods, 'default').create(pod('short2', { activeDeadlineSeconds: 60 }))), 'Forbidden')
    await usedBecomes('short', { pods: '1' })
  })
})
