// What /metrics says of requests, streams, callers and admission.
import t from 'tap'
import { eventually } from '../../harness/eventually.ts'
import { startServer } from './start-server.ts'

await t.test('metrics', { timeout: 60_000 }, async t => {
  const server = await startServer({ authentication: { tokenFile: 'jane,jane,u\n' } })
  t.teardown(() => server.close())
  const metric = async (name: string, labels: Record<string, string> = {}): Promise<number | undefined> => {
    const { text } = await server.call('GET', '/metrics')
    const line = text.split('\n').find(l => l.startsWith(`${name}{`) && Object.entries(labels).every(([k, v]) => l.includes(`${k}="${v}"`)))
    return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')))
  }
  const maps = '/api/v1/namespaces/default/configmaps'

  await t.test('requests by what they ask for and get', async t => {
    await server.call('POST', maps, { metadata: { name: 'c' } })
    await server.call('POST', maps, { metadata: { name: 'c' } })
    await server.call('POST', `${maps}?dryRun=All`, { metadata: { name: 'd' } })
    const about = { verb: 'CREATE', group: '', version: 'v1', resource: 'configmaps', scope: 'namespace' }
    t.equal(await metric('apiserver_request_total', { ...about, code: '201', dry_run: '' }), 1)
    t.equal(await metric('apiserver_request_total', { ...about, code: '409', dry_run: '' }), 1)
    t.equal(await metric('apiserver_request_total', { ...about, code: '201', dry_run: 'All' }), 1)
    t.equal(await metric('apiserver_request_duration_seconds_count', { ...about, dry_run: '' }), 2)
    t.equal(
      await metric('apiserver_resource_objects', { group: '', resource: 'configmaps' }),
      await metric('apiserver_storage_objects', { resource: 'configmaps' }),
    )
  })

  await t.test('streams for as long as they last', async t => {
    const watching = { verb: 'WATCH', resource: 'configmaps' }
    const over = new AbortController()
    const transport = server.server.inProcess({ name: 'w', groups: ['system:masters'] })
    const answer = await transport.request({ method: 'GET', path: `${maps}?watch=1`, signal: over.signal })
    const direct = await transport.request({ method: 'GET', path: `${maps}?watch=1` })
    const reading = answer.body[Symbol.asyncIterator]()
    await reading.next()
    const events = direct.direct!.events![Symbol.asyncIterator]()
    await events.next()
    const remote = server.call('GET', `${maps}?watch=1&timeoutSeconds=1`)
    await eventually(async () => {
      const count = await metric('apiserver_longrunning_requests', watching)
      if (count !== 3) throw new Error(String(count))
    })
    await reading.return?.()
    await events.return?.()
    await remote
    await eventually(async () => {
      const count = await metric('apiserver_longrunning_requests', watching)
      if (count !== undefined) throw new Error(`${count} are left`)
    })
    over.abort()
    t.equal(await metric('apiserver_request_total', { ...watching, code: '200' }), 3)
  })

  await t.test('callers', async t => {
    const before = await metric('authentication_attempts', { result: 'failure' })
    await server.bearer('GET', maps, 'wrong')
    t.equal(await metric('authentication_attempts', { result: 'failure' }), before! + 1)
    const refused = await metric('authorization_attempts_total', { result: 'no-opinion' })
    await server.bearer('GET', maps, 'jane')
    t.equal(await metric('authorization_attempts_total', { result: 'no-opinion' }), refused! + 1)
  })

  await t.test('admission', async t => {
    await server.call('POST', '/api/v1/namespaces/nowhere/configmaps', { metadata: { name: 'c' } })
    const about = { name: 'NamespaceLifecycle', operation: 'CREATE', type: 'admit' }
    t.ok((await metric('apiserver_admission_controller_admission_duration_seconds_count', { ...about, rejected: 'false' }))! >= 1)
    t.equal(await metric('apiserver_admission_controller_admission_duration_seconds_count', { ...about, rejected: 'true' }), 1)
  })
})
