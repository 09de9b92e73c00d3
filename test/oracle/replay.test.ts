// Sends the recorded requests of upstream 1.36.2 to our server and counts the answers that agree in fact. The floor only rises.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import { startServer } from '../integration/apiserver/start-server.ts'

const folder = fileURLToPath(new URL('../../../shared/oracle/', import.meta.url))

/** Per file of recorded cases, in order: how many agree at least. Raise these with every improvement. */
const floors: Readonly<Record<string, number>> = {
  // What a fresh server has made for itself.
  bootstrap: 18,
  reads: 93,
  verbs: 165,
  subresources: 61,
  patch: 135,
  apply: 120,
  create: 5870,
  update: 3574,
  // One case wants upstream's words in OpenAPI's descriptions, which are ours.
  crd: 88,
  // Two cases want the certificate's hash that recorded.
  admission: 79,
  // One case wants the name of the administrator that recorded.
  authz: 40,
}

const replay = async (server: Awaited<ReturnType<typeof startServer>>, area: string): Promise<{ total: number; facts: number; output: string }> => {
  const { pki, url } = server
  const args = [
    'verify',
    `${folder}behaviour/${area}.jsonl.gz`,
    '--server',
    url,
    '--ca',
    pki.ca.cert,
    '--cert',
    pki.admin.cert,
    '--key',
    pki.admin.key,
    '--show',
    '0',
  ]
  // The exit status says whether all agree; what is counted here is how many.
  const { stdout } = await promisify(execFile)(process.execPath, [`${folder}replay.mjs`, ...args], { maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: unknown) => error as { stdout: string },
  )
  let total = 0
  let facts = 0
  for (const match of stdout.matchAll(/^\S+\s+(\d+) cases\s+facts\s+([\d.]+) %/gm)) {
    total += Number(match[1])
    facts += Math.round((Number(match[1]) * Number(match[2])) / 100)
  }
  return { total, facts, output: stdout }
}

t.setTimeout(600_000)

await t.test(
  'recorded requests get the answers of upstream in fact',
  { skip: existsSync(folder) ? false : 'the oracle folder is absent', timeout: 600_000 },
  async t => {
    const server = await startServer({ serviceCidr: '10.96.0.0/12', admission: { mountServiceAccountTokens: true, requireDefaultServiceAccount: true } })
    t.teardown(() => server.close())
    for (const [area, floor] of Object.entries(floors)) {
      const { total, facts, output } = await replay(server, area)
      // A controller makes it, and none runs here; the others need it.
      if (area === 'bootstrap') await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
      t.ok(total > 0, `${area}: cases were sent`)
      t.ok(facts >= floor, `${area}: ${facts} of ${total} agree, the floor is ${floor}`, { output: facts >= floor ? '' : output })
      t.comment(`${area}: ${facts} of ${total} agree`)
    }
    const alive = await server.call('GET', '/readyz')
    t.equal(alive.status, 200, 'the server is well afterwards')
  },
)
