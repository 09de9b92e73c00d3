// Discovery as upstream 1.36.2 answers it, for every group version that we serve.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { startServer } from '../integration/apiserver/start-server.ts'

const folder = fileURLToPath(new URL('../../../shared/oracle/discovery/', import.meta.url))

const isOurs = (path: string): boolean => !/alpha|beta|internal\.apiserver|storagemigration/.test(path)

await t.test('discovery documents', { skip: existsSync(folder) ? false : 'the oracle folder is absent' }, async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const read = (file: string): any => JSON.parse(readFileSync(folder + file, 'utf8'))
  for (const file of readdirSync(folder).filter(f => f.endsWith('.json') && f !== 'aggregated_v2.json')) {
    const path = `/${file.slice(0, -5).replaceAll('__', '/')}`
    if (!isOurs(path) || path === '/api') continue
    const { status, body } = await server.call('GET', path)
    t.equal(status, 200, path)
    const want = read(file)
    if (path === '/apis') {
      t.same(
        body.groups.map((g: any) => g.name),
        want.groups.map((g: any) => g.name).filter(isOurs),
        "groups in upstream's order",
      )
      continue
    }
    if (want.versions) want.versions = want.versions.filter((v: any) => isOurs(v.version))
    t.same(body, want, path)
  }
})
