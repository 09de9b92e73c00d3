// Reads the protobuf descriptors that Go programs carry, gzipped, inside their binaries: kubectl's hold every group of k8s.io/api.
import { readFileSync } from 'node:fs'
import { constants, gunzipSync } from 'node:zlib'

export interface DescriptorField {
  name: string
  number: number
  /** FieldDescriptorProto.Type: 1 double, 3 int64, 5 int32, 8 bool, 9 string, 11 message, 12 bytes. */
  type: number
  repeated: boolean
  /** k8s.io.api.core.v1.Pod */
  message?: string
  /** gogoproto.nullable = false: a value, not a pointer, in Go. Undefined where it was not said. */
  nullable?: boolean
}
export interface DescriptorMessage {
  name: string
  mapEntry: boolean
  fields: DescriptorField[]
  nested: DescriptorMessage[]
}
export interface DescriptorFile {
  name: string
  package: string
  messages: DescriptorMessage[]
}

type Wire = number | Buffer

/** One message as a list of (field number, value); varints beyond 2^53 do not occur in descriptors. */
export const readWire = (bytes: Buffer): [number, Wire][] => {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++]
      if (byte === undefined) throw new Error('truncated')
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  const fields: [number, Wire][] = []
  while (at < bytes.length) {
    const tag = varint()
    if (tag % 8 === 0) fields.push([tag >>> 3, varint()])
    else {
      const length = tag % 8 === 2 ? varint() : tag % 8 === 1 ? 8 : 4
      fields.push([tag >>> 3, bytes.subarray(at, at + length)])
      at += length
    }
  }
  return fields
}
const all = (fields: [number, Wire][], number: number): Buffer[] => fields.filter(([n]) => n === number).map(([, v]) => v as Buffer)
const text = (fields: [number, Wire][], number: number): string => all(fields, number)[0]?.toString() ?? ''
const int = (fields: [number, Wire][], number: number): number => (fields.find(([n]) => n === number)?.[1] as number | undefined) ?? 0

const toField = (bytes: Buffer): DescriptorField => {
  const f = readWire(bytes)
  const options = readWire(all(f, 8)[0] ?? Buffer.alloc(0))
  const nullable = options.find(([n]) => n === 65001)?.[1]
  return {
    name: text(f, 1),
    number: int(f, 3),
    type: int(f, 5),
    repeated: int(f, 4) === 3,
    message: text(f, 6).slice(1) || undefined,
    nullable: nullable === undefined ? undefined : nullable === 1,
  }
}
const toMessage = (bytes: Buffer): DescriptorMessage => {
  const m = readWire(bytes)
  const options = readWire(all(m, 7)[0] ?? Buffer.alloc(0))
  return { name: text(m, 1), mapEntry: int(options, 7) === 1, fields: all(m, 2).map(toField), nested: all(m, 3).map(toMessage) }
}

export const readDescriptors = (binary: string): DescriptorFile[] => {
  const bytes = readFileSync(binary)
  const magic = Buffer.from([0x1f, 0x8b, 0x08])
  const files: DescriptorFile[] = []
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) {
    let inflated: Buffer
    try {
      inflated = gunzipSync(bytes.subarray(at, at + 400_000), { finishFlush: constants.Z_SYNC_FLUSH })
    } catch {
      continue
    }
    if (inflated[0] !== 10 || !inflated.subarray(2, 8).equals(Buffer.from('k8s.io'))) continue
    const f = readWire(inflated)
    files.push({ name: text(f, 1), package: text(f, 2), messages: all(f, 4).map(toMessage) })
  }
  return files
}
