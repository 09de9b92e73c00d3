// Sends the recorded requests of upstream 1.36.2 to our server and demands that all answers agree in fact but the explained ones.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { allowedDifferences } from './allowed-differences.ts'
import { startServer } from '../integration/apiserver/start-server.ts'

const folder = fileURLToPath(new URL('../../../shared/oracle/', import.meta.url))

/** The files of recorded cases, in the order in which they were recorded. */
const areas = ['bootstrap', 'reads', 'verbs', 'subresources', 'patch', 'apply', 'create', 'update', 'crd', 'admission', 'authz']

const allowed = new Set(allowedDifferences.flatMap(({ cases }) => cases))

interface Outcome {
  readonly total: number
  /** By case: what differs. */
  readonly different: ReadonlyMap<string, string>
}

const replay = async ({ pki, url }: Awaited<ReturnType<typeof startServer>>, area: string, reports: string): Promise<Outcome> => {
  const report = `${reports}/${area}`
  const options = { server: url, ca: pki.ca.cert, cert: pki.admin.cert, key: pki.admin.key, show: '0', report }
  const args = ['verify', `${folder}behaviour/${area}.jsonl.gz`, ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])]
  // The exit status says whether all agree; what is judged here is which do not.
  const { stdout } = await promisify(execFile)(process.execPath, [`${folder}replay.mjs`, ...args], { maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: unknown) => error as { stdout: string },
  )
  const blocks = readFileSync(report, 'utf8').matchAll(/^(\S.*) \(step \d+\)\n((?: .*\n?)*)/gm)
  return { total: Number(/^total (\d+) cases/m.exec(stdout)?.[1]), different: new Map(Array.from(blocks, ([, id = '', what = '']) => [id, what])) }
}

t.setTimeout(600_000)

await t.test(
  'recorded requests get the answers of upstream in fact',
  { skip: existsSync(folder) ? false : 'the oracle folder is absent', timeout: 600_000 },
  async t => {
    const server = await startServer({ serviceCidr: '10.96.0.0/12', admission: { mountServiceAccountTokens: true, requireDefaultServiceAccount: true } })
    t.teardown(() => server.close())
    const reports = t.testdir()
    const unused = new Set(allowed)
    for (const area of areas) {
      const { total, different } = await replay(server, area, reports)
      // A controller makes it, and none runs here; the others need it.
      if (area === 'bootstrap') await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
      t.ok(total > 0, `${area}: cases were sent`)
      for (const id of different.keys()) unused.delete(id)
      const faults = [...different].filter(([id]) => !allowed.has(id))
      t.equal(faults.length, 0, `${area}: all but the allowed differences agree`, { faults: faults.map(([id, what]) => `${id}\n${what}`).join('') })
      t.comment(`${area}: ${total - different.size} of ${total} agree`)
    }
    t.same([...unused], [], 'each allowed difference is one still')
    const alive = await server.call('GET', '/readyz')
    t.equal(alive.status, 200, 'the server is well afterwards')
  },
)
