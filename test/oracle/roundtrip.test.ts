// One fully populated object of every kind: JSON and protobuf must become each other, byte for byte.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { openEnvelope, decodeProtobuf, encodeProtobuf } from '../../api/protobuf/codec.ts'
import { decodeMessage } from '../../api/protobuf/decode.ts'
import { encodeMessage } from '../../api/protobuf/encode.ts'
import { decode } from '../../api/schema/decode.ts'
import { schemaByName, schemaOf } from '../../api/schema/table.ts'

const folder = new URL('../../../shared/oracle/roundtrip/', import.meta.url).pathname
const skip = existsSync(folder) ? false : '../shared/oracle is absent'
const names = skip
  ? []
  : readdirSync(folder)
      .filter(f => f.endsWith('.pb'))
      .map(f => f.slice(0, -3))

const schemaFor = (pb: Buffer) => {
  const { apiVersion, kind } = openEnvelope(pb)
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion]
  return schemaOf({ group: group!, version: version!, kind })!
}

await t.test('protobuf and JSON of every kind', { skip }, async t => {
  for (const name of names) {
    const pb = readFileSync(`${folder}${name}.pb`)
    const text = readFileSync(`${folder}${name}.json`, 'utf8')
    const json = JSON.parse(text) as { apiVersion: string; kind: string }
    const bare = name.endsWith('.WatchEvent') // has no kind of its own
    const schema = schemaByName('io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent')!
    const encoded = bare ? encodeMessage(schema, json) : encodeProtobuf(json)
    t.ok(encoded.equals(bare ? openEnvelope(pb).raw : pb), `${name}: JSON to protobuf`)
    t.equal(JSON.stringify(bare ? decodeMessage(schema, openEnvelope(pb).raw) : decodeProtobuf(pb), null, 2), text, `${name}: protobuf to JSON`)
    if (!bare) t.equal(JSON.stringify(decode(schemaFor(pb), json).object, null, 2), text, `${name}: JSON decodes to itself`)
  }
})
