// The registry against what upstream's discovery answers: every kind of every GA group, and nothing of it different.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { builtinKinds } from '../../api/kinds/registry.ts'

const folder = new URL('../../../shared/oracle/discovery/', import.meta.url).pathname
const skip = existsSync(folder) ? false : 'the oracle folder is absent'

interface ApiResource {
  name: string
  singularName: string
  kind: string
  namespaced: boolean
  verbs: string[]
  shortNames?: string[]
  categories?: string[]
}
interface ApiResourceList {
  groupVersion: string
  resources: ApiResource[]
}

await t.test('the registry has every GA kind as discovery describes it', { skip }, async t => {
  const files = ['api__v1.json', ...readdirSync(folder).filter(name => /^apis__.+__v[0-9]+\.json$/.test(name))]
  const lists = files.map(name => JSON.parse(readFileSync(folder + name, 'utf8')) as ApiResourceList)
  const wanted = new Map<string, unknown>()
  for (const { groupVersion, resources } of lists) {
    for (const r of resources) {
      if (r.name.includes('/')) continue
      const status = resources.some(other => other.name === `${r.name}/status`)
      wanted.set(`${groupVersion} ${r.name}`, {
        kind: r.kind,
        singular: r.singularName,
        namespaced: r.namespaced,
        verbs: [...r.verbs].sort(),
        shortNames: r.shortNames ?? [],
        categories: r.categories ?? [],
        status,
      })
    }
  }
  const found = new Map<string, unknown>(
    builtinKinds.map(k => [
      `${k.apiVersion} ${k.plural}`,
      {
        kind: k.kind,
        singular: k.singular,
        namespaced: k.namespaced,
        verbs: [...k.verbs].sort(),
        shortNames: k.shortNames ?? [],
        categories: k.categories ?? [],
        status: k.status ?? false,
      },
    ]),
  )
  t.ok(wanted.size > 60)
  t.same([...found.keys()].sort(), [...wanted.keys()].sort())
  for (const [id, facts] of wanted) t.same(found.get(id), facts, id)
})
