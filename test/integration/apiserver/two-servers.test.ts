// Several API servers on one etcd answer as one: what either writes, both show, in one order; a watch goes on at the other, and after restarts.
import t from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createLogger } from '../../../base/log.ts'
import { createEtcdStore } from '../../../store/main.ts'
import { eventually } from '../../harness/eventually.ts'
import { startEtcd } from '../store/etcd-process.ts'
import { stayAlive } from '../store/store-on-etcd.ts'
import { startServer, type TestServer } from './start-server.ts'

const path = '/api/v1/namespaces/default/configmaps'
const configMap = (name: string, n: number): object => ({ metadata: { name }, data: { n: String(n) } })

interface Seen {
  readonly lines: string[]
  revision: string
  readonly ended: Promise<unknown>
}

/** Watches through the server's pipeline from `revision` on; notes type, name, revision and value of each event. */
const watch = (server: TestServer, revision: string, seen: string[]): Seen => {
  const transport = server.server.inProcess({ name: 'watcher', groups: ['system:masters'] })
  const result: Seen = { lines: seen, revision, ended: Promise.resolve() }
  const read = async (): Promise<void> => {
    const answer = await transport.request({ method: 'GET', path: `${path}?watch=1&resourceVersion=${revision}` })
    let text = ''
    for await (const chunk of answer.body) {
      text += Buffer.from(chunk).toString()
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        const { type, object } = JSON.parse(text.slice(0, end)) as { type: string; object: any }
        text = text.slice(end + 1)
        if (type === 'ERROR') throw new Error(JSON.stringify(object))
        result.revision = object.metadata.resourceVersion
        seen.push(`${type} ${object.metadata.name}@${object.metadata.resourceVersion}=${object.data?.n}`)
      }
    }
  }
  return Object.assign(result, { ended: read() })
}

await t.test('two servers', { timeout: 120_000 }, async t => {
  stayAlive(t)
  const etcd = await startEtcd(t)
  const open = (): Promise<TestServer> =>
    startServer({}, systemClock, () =>
      createEtcdStore({ endpoints: [etcd.endpoint], compactionIntervalMs: 0 }, { log: createLogger('silent'), clock: systemClock }),
    )
  const one = await open()
  let two = await open()
  t.teardown(() => Promise.all([one.close(), two.close()]))

  await t.test('what one has acknowledged, the other shows at once', async t => {
    for (let i = 0; i < 20; i++) {
      const [writer, reader] = i % 2 ? [one, two] : [two, one]
      const made = await writer.call('POST', path, configMap(`c${i}`, i))
      t.equal(made.status, 201)
      const seen = await reader.call('GET', `${path}/c${i}`)
      t.same(seen.body, made.body)
    }
    const [a, b] = [await one.call('GET', path), await two.call('GET', path)]
    t.equal(a.text, b.text, 'the same list to the byte')
  })

  await t.test('of two that change one object at once, one wins and the other learns of it', async t => {
    const { body } = await one.call('GET', `${path}/c0`)
    const answers = await Promise.all([one, two].map((server, i) => server.call('PUT', `${path}/c0`, { ...body, data: { n: `by ${i}` } })))
    t.same(answers.map(a => a.status).sort(), [200, 409])
    const made = await Promise.all([one, two].map(server => server.call('POST', path, configMap('same', 1))))
    t.same(made.map(a => a.status).sort(), [201, 409])
  })

  await t.test('addresses of Services are given out once', async t => {
    const service = (name: string): object => ({ metadata: { name }, spec: { ports: [{ port: 80 }], type: 'NodePort' } })
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 ? one : two).call('POST', '/api/v1/namespaces/default/services', service(`s${i}`))),
    )
    t.same(new Set(made.map(a => a.status)), new Set([201]))
    t.equal(new Set(made.map(a => a.body.spec.clusterIP)).size, 20)
    t.equal(new Set(made.map(a => a.body.spec.ports[0].nodePort)).size, 20)
  })

  await t.test('a watch goes on exactly, at the other server, and after a restart of either and of etcd', async t => {
    const wrote: string[] = []
    const seen: string[] = []
    let n = 0
    const change = async (server: TestServer, type: string, name: string): Promise<void> => {
      n++
      const answer =
        type === 'DELETED'
          ? await server.call('DELETE', `${path}/${name}`)
          : await server.call(type === 'ADDED' ? 'POST' : 'PUT', type === 'ADDED' ? path : `${path}/${name}`, configMap(name, n))
      if (answer.status > 201) throw new Error(answer.text)
      if (type !== 'DELETED') wrote.push(`${type} ${name}@${answer.body.metadata.resourceVersion}=${n}`)
      else wrote.push(`${type} ${name}`)
    }
    const catchUp = (): Promise<void> =>
      eventually(() => {
        if (seen.length !== wrote.length) throw new Error(`${seen.length} of ${wrote.length} events`)
      })
    const begin = (await one.call('GET', path)).body.metadata.resourceVersion as string
    const first = watch(one, begin, seen)
    await change(one, 'ADDED', 'w')
    await change(two, 'MODIFIED', 'w')
    await catchUp()

    const at = first.revision
    await change(two, 'MODIFIED', 'w')
    await catchUp()
    // The second server takes up where the first was: what came since is shown once more, from there on.
    const again: string[] = []
    const second = watch(two, at, again)
    await eventually(() => {
      if (again.length !== 1 || again[0] !== seen.at(-1)) throw new Error(again.join())
    })

    await two.close()
    await second.ended.catch(() => undefined)
    await change(one, 'MODIFIED', 'w')
    await change(one, 'ADDED', 'while-away')
    await catchUp()
    two = await open()
    // Started anew, it reads what came lately from etcd: the watch goes on where it was.
    const after: string[] = []
    watch(two, second.revision, after)
    await eventually(() => {
      if (after.length < 2) throw new Error(`${after.length} of 2 events`)
    })
    t.same(after, seen.slice(-2), 'what came while it was away is shown by the new one')

    await etcd.stop('SIGKILL')
    await etcd.start()
    await eventually(async () => {
      if ((await one.call('GET', '/readyz')).status !== 200) throw new Error('not ready')
    })
    await change(one, 'MODIFIED', 'w')
    await change(two, 'DELETED', 'while-away')
    await catchUp()
    t.same(
      seen.map(line => (line.startsWith('DELETED') ? line.replace(/@.*/, '') : line)),
      wrote,
      'the first watch has gone on over the restart of etcd, exactly',
    )
  })
})
