// Our OpenAPI documents beside upstream's: the facts of every component, the operations of every path. Words are not compared.
import { existsSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { builtinKinds } from '../../api/kinds/registry.ts'
import { openApiV3Document, pathOf, toPublishedGroups } from '../../api/openapi/v3.ts'

const folder = new URL('../../../shared/oracle/openapi-v3/', import.meta.url).pathname
const skip = existsSync(folder) ? false : '../shared/oracle is absent'

type Json = Record<string, any>

/** Without words; a reference is one whether or not it is wrapped to make room for words. */
const facts = (value: any, inside?: string): any => {
  if (Array.isArray(value)) return inside === 'required' ? value.toSorted() : value.map(v => facts(v))
  if (typeof value !== 'object' || value === null) return value
  if (Object.keys(value).length === 1 && value.$ref) return { allOf: [{ $ref: value.$ref }] }
  const out: Json = {}
  for (const [key, item] of Object.entries(value)) {
    if (key === 'description' && inside !== 'properties') continue
    if (key === 'x-kubernetes-list-type' && (value as Json)['format'] === 'byte') continue // a slip upstream: bytes are no list
    out[key] = key === 'allOf' ? item : facts(item, key)
  }
  return out
}
/** What a client reads of an operation. CBOR is not spoken here. */
const operationFacts = (path: Json): Json =>
  Object.fromEntries(
    Object.entries(path)
      .filter(([method]) => method !== 'parameters')
      .map(([method, o]) => [
        method,
        {
          action: o['x-kubernetes-action'],
          gvk: o['x-kubernetes-group-version-kind'],
          id: o.operationId,
          tags: o.tags,
          parameters: [...(o.parameters ?? []), ...(path['parameters'] ?? [])].map((p: Json) => `${p['in']} ${p['name']} ${p['schema'].type}`).sort(),
          body: Object.entries(o.requestBody?.content ?? {}).filter(([type]) => !type.includes('cbor')),
          // Whether DELETE answers with the object is the record's to say, and recorded elsewhere: upstream's documents and deeds differ.
          answers:
            method === 'delete'
              ? undefined
              : Object.fromEntries(
                  Object.entries<Json>(o.responses).map(([code, r]) => [
                    code,
                    Object.entries(r['content'] ?? {})
                      .filter(([type]) => !type.includes('cbor'))
                      .sort(),
                  ]),
                ),
        },
      ]),
  )
const differences = (ours: any, theirs: any, at = ''): string[] => {
  if (isDeepStrictEqual(ours, theirs)) return []
  if (typeof ours !== 'object' || typeof theirs !== 'object' || !ours || !theirs) return [`${at}: ${JSON.stringify(ours)}, upstream ${JSON.stringify(theirs)}`]
  return [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].flatMap(key => differences(ours[key], theirs[key], `${at}/${key}`))
}

await t.test('OpenAPI v3 of every group version', { skip }, async t => {
  const groups = toPublishedGroups(builtinKinds.map(record => ({ record })))
  for (const group of groups) {
    const name = pathOf(group)
    const file = `${folder}${name.replaceAll('/', '__')}_openapi.json`
    if (!existsSync(file)) {
      t.fail(`${name}: upstream has none`)
      continue
    }
    const theirs: Json = JSON.parse(readFileSync(file, 'utf8'))
    const ours: Json = JSON.parse(JSON.stringify(openApiV3Document(group)))
    t.same(Object.keys(ours['components'].schemas), Object.keys(theirs['components'].schemas).sort(), `${name}: components`)
    for (const [type, component] of Object.entries<Json>(theirs['components'].schemas)) {
      const found = differences(facts(ours['components'].schemas[type]), facts(component))
      if (found.length) t.fail(`${name}: ${type}`, { found })
    }
    t.same(Object.keys(ours['paths']), Object.keys(theirs['paths']).sort(), `${name}: paths`)
    for (const [path, item] of Object.entries<Json>(theirs['paths'])) {
      const found = differences(operationFacts(ours['paths'][path] ?? {}), operationFacts(item))
      if (found.length) t.fail(`${name}: ${path}`, { found })
    }
  }
})
