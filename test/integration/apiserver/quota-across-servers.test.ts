// Two API servers on one etcd charge the same quotas: together they let in exactly as many as one would.
import t from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { createEtcdStore } from '../../../store/main.ts'
import { eventually } from '../../harness/eventually.ts'
import { startEtcd } from '../store/etcd-process.ts'
import { startServer } from './start-server.ts'

t.setTimeout(120_000)

await t.test('a quota holds across API servers', async t => {
  const etcd = await startEtcd(t)
  const log = createLogger('silent')
  const open = (): ReturnType<typeof createEtcdStore> => createEtcdStore({ endpoints: [etcd.endpoint] }, { log, clock: systemClock })
  const servers = [await startServer({}, systemClock, open), await startServer({}, systemClock, open)]
  t.teardown(() => Promise.all(servers.map(server => server.close())))
  const [first, second] = servers as [(typeof servers)[0], (typeof servers)[0]]
  const quotas = '/api/v1/namespaces/default/resourcequotas'
  t.equal((await first.call('POST', quotas, { metadata: { name: 'q' }, spec: { hard: { secrets: '25' } } })).status, 201)
  const status = { status: { hard: { secrets: '25' }, used: { secrets: '0' } } }
  t.equal((await first.call('PATCH', `${quotas}/q/status`, status, { 'content-type': 'application/merge-patch+json' })).status, 200)
  await eventually(async () => (await second.call('GET', `${quotas}/q`)).body.status?.used?.secrets === '0')
  const answers = await Promise.all(
    Array.from({ length: 80 }, (_, i) => servers[i % 2]!.call('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: `s${i}` } })),
  )
  t.equal(answers.filter(a => a.status === 201).length, 25, 'as many as there is room for')
  t.equal(answers.filter(a => a.status === 403).length, 55, 'and all others are refused')
  t.match((await second.call('GET', `${quotas}/q`)).body.status.used, { secrets: '25' })
})
