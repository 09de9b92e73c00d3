// Kubernetes' protobuf: the envelope (`k8s\0` and a runtime.Unknown that names the kind) and the frames of a watch.
// Source: apimachinery/pkg/runtime/serializer/protobuf and pkg/runtime/generated.proto.
import { parseApiVersion } from '../object.ts'
import { schemaOf } from '../schema/table.ts'
import { decodeMessage } from './decode.ts'
import { EncodedMessage, encodeMessage } from './encode.ts'
import { ProtobufError, ProtoReader } from './reader.ts'
import { ProtoWriter } from './writer.ts'

interface TypeMeta {
  apiVersion: string
  kind: string
}

/** The discovery documents of the core group (`/api`, `/api/v1`) name no version; they are of v1. */
interface Unversioned {
  apiVersion?: string
  kind: string
}

const magic = Buffer.from('k8s\0')

/** Built-in kinds have a protobuf form, custom ones do not. */
export const hasProtobuf = (meta: Unversioned): boolean => lookUp(meta) !== undefined
const lookUp = ({ apiVersion = 'v1', kind }: Unversioned) => schemaOf({ ...parseApiVersion(apiVersion), kind })
const schemaFor = (meta: Unversioned) => {
  const schema = lookUp(meta)
  if (!schema) throw new ProtobufError(`${meta.kind} of ${meta.apiVersion ?? 'v1'} has no protobuf form`)
  return schema
}

/** An object or list of a built-in kind, which must have been decoded by its schema. Throws ProtobufError for other kinds. */
export const encodeProtobuf = (object: Unversioned): Buffer => wrap(object, encodeMessage(schemaFor(object), object))

/** An object without its envelope, as the item of a list that is encoded later. */
export const encodeItem = (object: { apiVersion: string; kind: string }): EncodedMessage => new EncodedMessage(encodeMessage(schemaFor(object), object))

const wrap = (meta: Unversioned, raw: Uint8Array): Buffer => {
  const writer = new ProtoWriter(raw.length + 256)
  writer.string(4, '') // content type
  writer.string(3, '') // content encoding
  writer.bytes(2, raw)
  const before = writer.length
  writer.string(2, meta.kind)
  writer.string(1, meta.apiVersion ?? '')
  writer.message(1, before)
  writer.raw(magic)
  return writer.finish()
}

/** Which kind a body holds, and the message inside the envelope. */
export const openEnvelope = (body: Uint8Array): TypeMeta & { raw: Buffer } => {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (!bytes.subarray(0, magic.length).equals(magic)) throw new ProtobufError("the body does not begin with protobuf's magic number")
  const found: TypeMeta & { raw: Buffer } = { apiVersion: '', kind: '', raw: Buffer.alloc(0) }
  const outer = new ProtoReader(bytes.subarray(magic.length))
  for (let value = outer.next(); value !== undefined; value = outer.next()) {
    if (outer.number === 2) found.raw = value as Buffer
    if (outer.number !== 1) continue
    const inner = new ProtoReader(value as Buffer)
    for (let text = inner.next(); text !== undefined; text = inner.next()) found[inner.number === 1 ? 'apiVersion' : 'kind'] = String(text)
  }
  return found
}

/** `fallback` stands in for a kind that the envelope leaves empty. The object still wants defaults, as a JSON body does. */
export const decodeProtobuf = (body: Uint8Array, fallback?: TypeMeta): Record<string, unknown> & TypeMeta => {
  const { raw, ...meta } = openEnvelope(body)
  const apiVersion = meta.apiVersion || (fallback?.apiVersion ?? '')
  const kind = meta.kind || (fallback?.kind ?? '')
  return Object.assign(decodeMessage(schemaFor({ apiVersion, kind }), raw), { apiVersion, kind })
}

/** One frame of a watch: its length in four bytes, then a bare WatchEvent around the encoded object. */
export const encodeWatchFrame = (type: string, object: Uint8Array): Buffer => {
  const writer = new ProtoWriter(object.length + 64)
  writer.bytes(1, object) // RawExtension.raw
  writer.message(2, 0)
  writer.string(1, type)
  const event = writer.finish()
  const frame = Buffer.allocUnsafe(event.length + 4)
  frame.writeUInt32BE(event.length)
  frame.set(event, 4)
  return frame
}

/** Takes a frame's content apart: what encodeWatchFrame put in, without the length. */
export const decodeWatchEvent = (event: Uint8Array): { type: string; object: Buffer } => {
  const found: { type: string; object: Buffer } = { type: '', object: Buffer.alloc(0) }
  const reader = new ProtoReader(event)
  for (let value = reader.next(); value !== undefined; value = reader.next()) {
    if (reader.number === 1) found.type = String(value)
    else if (reader.number === 2) {
      const extension = new ProtoReader(value as Buffer)
      for (let raw = extension.next(); raw !== undefined; raw = extension.next()) if (extension.number === 1) found.object = raw as Buffer
    }
  }
  return found
}
