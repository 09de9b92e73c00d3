// Decoding judged by recorded requests: what upstream answered decodes to itself, what it refused for its shape is refused.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { parseApiVersion } from '../../api/object.ts'
import { applyDefaults } from '../../api/schema/defaults.ts'
import { decode } from '../../api/schema/decode.ts'
import { schemaOf } from '../../api/schema/table.ts'

const folder = new URL('../../../shared/oracle/behaviour/', import.meta.url).pathname
const skip = existsSync(folder) ? false : '../shared/oracle is absent'

interface Step {
  method: string
  path: string
  body?: any
  contentType?: string
  expect?: { status: number; body?: any }
}
const load = (file: string): { id: string; steps: Step[] }[] =>
  gunzipSync(readFileSync(folder + file))
    .toString()
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line))

/** Recorded answers hold placeholders; numbers and times must be some. */
const microTimes = new Set(['eventTime', 'renewTime', 'acquireTime', 'lastObservedTime'])
const filled = (value: any, key = ''): any => {
  if (Array.isArray(value)) return value.map(v => filled(v))
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, filled(v, k)]))
  if (value === '<time>') return microTimes.has(key) ? '2026-01-01T00:00:00.000000Z' : '2026-01-01T00:00:00Z'
  return typeof value === 'string' && /^<(nodePort|healthCheckNodePort|remainingItemCount)>$/.test(value) ? 30_000 : value
}
const plain = (value: unknown): unknown => value && JSON.parse(JSON.stringify(value))
const notOfSchema = new Set(['Status', 'Table', 'APIResourceList', 'APIGroupList', 'PartialObjectMetadataList'])

await t.test('answers decode to themselves, and have their defaults already', { skip }, async t => {
  let count = 0
  for (const file of readdirSync(folder).filter(f => f.endsWith('.jsonl.gz')))
    for (const { id, steps } of load(file))
      for (const { expect } of steps) {
        const body = expect?.body
        if (!expect || expect.status >= 300 || !body?.apiVersion || !body.kind || notOfSchema.has(body.kind)) continue
        const schema = schemaOf({ ...parseApiVersion(body.apiVersion), kind: body.kind })
        if (!schema) continue // custom resources
        count++
        const want = filled(body)
        const { object, errors, unknownFields } = decode(schema, want)
        if (errors.length || unknownFields.length || !isDeepStrictEqual(plain(object), want)) t.fail(id, { errors, unknownFields, got: plain(object), want })
        applyDefaults(schema, object)
        if (!isDeepStrictEqual(plain(object), want)) t.fail(`${id}: defaults`, { got: plain(object), want })
      }
  t.ok(count > 4000, `${count} answers`)
})

/** Refusals that come before or after decoding. */
const otherwise = /is registered for version|does not match|undeterminable/

await t.test('bodies of create and update', { skip }, async t => {
  let refused = 0
  for (const file of ['create.jsonl.gz', 'update.jsonl.gz'])
    for (const { id, steps } of load(file))
      for (const { method, path, body, contentType, expect } of steps) {
        if ((method !== 'POST' && method !== 'PUT') || typeof body !== 'object' || contentType || !expect) continue
        const kind = /^\w+\/(?:.*\.)?([A-Z]\w+?)(?:\.v\d)?(?:\/|$)/.exec(id)?.[1] ?? ''
        const [, root, first = '', second = ''] = path.split('?')[0]!.split('/')
        const schema = schemaOf(root === 'api' ? { group: '', version: first, kind } : { group: first, version: second, kind })
        if (!schema) continue
        const { errors, unknownFields } = decode(schema, body)
        const message = String(expect.body?.message ?? '')
        const named = [...message.matchAll(/unknown field "([^"]*)"/g)].map(m => m[1])
        if (named.length) {
          if (!isDeepStrictEqual(named, [...unknownFields])) t.fail(id, { named, unknownFields })
        } else if ((expect.status === 400 && !otherwise.test(message)) !== errors.length > 0) t.fail(id, { message, errors })
        if (errors.length) refused++
      }
  t.ok(refused > 1500, `${refused} refused`)
})
