// Values that upstream's API server wrote: Kubernetes' protobuf in its envelope. They are read as the JSON they stand for; the next write
// stores JSON.
import { decodeProtobuf } from '../api/protobuf/codec.ts'
import { parseApiVersion } from '../api/object.ts'
import { decode } from '../api/schema/decode.ts'
import { schemaOf } from '../api/schema/table.ts'

const magic = Buffer.from('k8s\0')

export const isProtobuf = (stored: Buffer): boolean => stored.subarray(0, magic.length).equals(magic)

/** The object with its zero values as JSON has them. Throws for what is no message of a known kind. */
export const readProtobuf = (stored: Buffer): unknown => {
  const { kind, apiVersion, ...fields } = decodeProtobuf(stored)
  const schema = schemaOf({ ...parseApiVersion(apiVersion), kind })!
  const { object, errors } = decode(schema, fields)
  if (!object) throw new Error(errors.map(e => `${e.path}: ${e.message}`).join(', '))
  const { kind: _kind, apiVersion: _apiVersion, ...rest } = object
  return { kind, apiVersion, ...rest }
}
