// Whatever is sent, the answer is a correct one: never a 5xx, never silence, and the server is as well afterwards as before. The seed is
// fixed; WHERRY_FUZZ_SECONDS makes it longer, WHERRY_FUZZ_SEED another.
import { request } from 'undici'
import t from 'tap'
import { builtinKinds } from '../../../api/kinds/registry.ts'
import { createRandom, generateRequest, type GeneratedRequest } from './request-generator.ts'
import { startServer } from './start-server.ts'

const seconds = Number(process.env['WHERRY_FUZZ_SECONDS'] ?? 4)
const seed = Number(process.env['WHERRY_FUZZ_SEED'] ?? 20260601)
const maxSilenceMs = 10_000
const workers = 8

t.setTimeout((seconds + 60) * 1_000)

const shown = ({ method, path, headers, body }: GeneratedRequest): string =>
  `${method} ${path} ${JSON.stringify(headers)} ${body ? body.subarray(0, 2_000).toString('latin1') : ''}`

await t.test('no request makes the server fail', async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  await server.call('POST', '/api/v1/namespaces', { metadata: { name: 'fuzz' } })
  const random = createRandom(seed)
  // A deletion of a whole system namespace's worth of objects would only make the rest answer 404.
  const records = builtinKinds.filter(record => record.id !== 'namespaces')
  const end = Date.now() + seconds * 1_000
  const failures: string[] = []
  const statuses = new Map<number, number>()
  const work = async (): Promise<void> => {
    while (Date.now() < end && failures.length < 5) {
      const sent = generateRequest(random, records)
      try {
        const answer = await request(server.url + sent.path, {
          dispatcher: server.admin,
          method: sent.method as 'GET',
          headers: sent.headers,
          signal: AbortSignal.timeout(maxSilenceMs),
          ...(sent.body && { body: sent.body }),
        })
        const text = await answer.body.text()
        statuses.set(answer.statusCode, (statuses.get(answer.statusCode) ?? 0) + 1)
        if (answer.statusCode >= 500) failures.push(`${answer.statusCode} ${text.slice(0, 500)} to ${shown(sent)}`)
      } catch (error) {
        failures.push(`${String(error)} to ${shown(sent)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  t.same(failures, [], `seed ${seed}`)
  const total = [...statuses.values()].reduce((a, b) => a + b, 0)
  t.comment(
    `${total} requests: ${[...statuses]
      .sort(([a], [b]) => a - b)
      .map(([status, n]) => `${status}: ${n}`)
      .join(', ')}`,
  )
  t.ok((statuses.get(201) ?? 0) > 0, 'some objects were created')
  t.ok((statuses.get(200) ?? 0) > 0, 'some were read')
  t.equal(({} as Record<string, unknown>)['polluted'], undefined)
  const alive = await server.call('GET', '/readyz')
  t.equal(alive.status, 200, 'the server is well')
  for (const { group, version, plural } of records.filter(r => r.verbs.includes('list') && r.plural !== 'componentstatuses')) {
    const list = await server.call('GET', `${group ? `/apis/${group}` : '/api'}/${version}/${plural}`)
    t.equal(list.status, 200, `${plural} can be listed`)
  }
})
