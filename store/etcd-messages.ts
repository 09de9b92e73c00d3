// The calls of etcd's published contract (api/etcdserverpb/rpc.proto, api/mvccpb/kv.proto of 3.4) that we make, as tables: the fields we write or
// read, with their numbers. Revisions and counts are numbers; ids are strings, as they do not survive `Number`.
import { ProtoReader, type WireValue } from '../api/protobuf/reader.ts'
import { ProtoWriter } from '../api/protobuf/writer.ts'
import type {
  AlarmRequest,
  AlarmResponse,
  LeaseGrantRequest,
  LeaseGrantResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
  WatchRequest,
  WatchResponse,
} from './etcd.types.ts'

type Scalar = 'bytes' | 'string' | 'int' | 'id' | 'unsigned id' | 'bool'
/** A scalar, the names of an enumeration by their numbers, or a message; `[type]` is repeated. */
type FieldType = Scalar | readonly string[] | Message
type Layout = Readonly<Record<string, readonly [number: number, type: FieldType, repeated?: 'repeated']>>

interface Field {
  readonly name: string
  readonly number: number
  readonly repeated: boolean
  readonly empty: unknown
  read(value: WireValue): unknown
  write(writer: ProtoWriter, value: never): void
}

const noBytes = Buffer.alloc(0)

/** The reader takes 64 bits as signed. */
const toUnsigned = (value: WireValue): string => (typeof value === 'bigint' ? BigInt.asUintN(64, value) : value).toString()

const codecOf = (number: number, type: FieldType): Pick<Field, 'empty' | 'read' | 'write'> => {
  if (type instanceof Message) {
    return {
      empty: null,
      read: value => type.decode(value as Buffer),
      write: (writer, value: Record<string, unknown>) => {
        const before = writer.length
        type.write(writer, value)
        writer.message(number, before)
      },
    }
  }
  switch (type) {
    case 'bytes':
      return { empty: noBytes, read: value => value, write: (writer, value: Buffer) => writer.bytes(number, value) }
    case 'string':
      return { empty: '', read: value => (value as Buffer).toString(), write: (writer, value: string) => writer.string(number, value) }
    case 'int':
      return { empty: 0, read: Number, write: (writer, value: number) => writer.int(number, value) }
    case 'id':
      return { empty: '0', read: String, write: (writer, value: string) => writer.int(number, BigInt(value)) }
    case 'unsigned id':
      return { empty: '0', read: toUnsigned, write: (writer, value: string) => writer.int(number, BigInt(value)) }
    case 'bool':
      return { empty: false, read: value => value !== 0, write: (writer, value: boolean) => writer.int(number, value ? 1 : 0) }
    default:
      return {
        empty: type[0],
        read: value => type[Number(value)] ?? String(value),
        write: (writer, value: string) => writer.int(number, type.indexOf(value)),
      }
  }
}

class Message<T = unknown> {
  readonly #fields: readonly Field[]
  readonly #byNumber: readonly (Field | undefined)[]

  constructor(layout: Layout) {
    this.#fields = Object.entries(layout).map(([name, [number, type, repeated]]) => ({
      name,
      number,
      repeated: repeated !== undefined,
      ...codecOf(number, type),
    }))
    const byNumber: (Field | undefined)[] = []
    for (const field of this.#fields) byNumber[field.number] = field
    this.#byNumber = byNumber
  }

  encode(value: T): Buffer {
    const writer = new ProtoWriter(256)
    this.write(writer, value as Record<string, unknown>)
    return writer.finish()
  }

  /** From the last field to the first, as the writer goes. */
  write(writer: ProtoWriter, value: Readonly<Record<string, unknown>>): void {
    for (let i = this.#fields.length - 1; i >= 0; i--) {
      const field = this.#fields[i]!
      const given = value[field.name]
      if (given === undefined) continue
      if (field.repeated) for (const item of (given as unknown[]).toReversed()) field.write(writer, item as never)
      else field.write(writer, given as never)
    }
  }

  /** Every field is there; bytes share the message's memory. */
  decode(bytes: Buffer): T {
    const out: Record<string, unknown> = {}
    for (const { name, repeated, empty } of this.#fields) out[name] = repeated ? [] : empty
    const reader = new ProtoReader(bytes)
    for (let value = reader.next(); value !== undefined; value = reader.next()) {
      const field = this.#byNumber[reader.number]
      if (!field) continue
      if (field.repeated) (out[field.name] as unknown[]).push(field.read(value))
      else out[field.name] = field.read(value)
    }
    return out as T
  }
}

export interface EtcdMethod<Request, Response> {
  readonly path: string
  readonly encode: (request: Request) => Buffer
  readonly decode: (response: Buffer) => Response
}

export interface EtcdMethods {
  readonly range: EtcdMethod<RangeRequest, RangeResponse>
  readonly txn: EtcdMethod<TxnRequest, TxnResponse>
  readonly watch: EtcdMethod<WatchRequest, WatchResponse>
  readonly leaseGrant: EtcdMethod<LeaseGrantRequest, LeaseGrantResponse>
  readonly alarm: EtcdMethod<AlarmRequest, AlarmResponse>
}

export const createEtcdMethods = (): EtcdMethods => {
  const method = <Request, Response>(path: string, request: Layout, response: Layout): EtcdMethod<Request, Response> => {
    const [asked, answered] = [new Message<Request>(request), new Message<Response>(response)]
    return { path: `/etcdserverpb.${path}`, encode: message => asked.encode(message), decode: bytes => answered.decode(bytes) }
  }
  const header = [1, new Message({ cluster_id: [1, 'unsigned id'], member_id: [2, 'unsigned id'], revision: [3, 'int'] })] as const
  const keyValue = new Message({
    key: [1, 'bytes'],
    create_revision: [2, 'int'],
    mod_revision: [3, 'int'],
    version: [4, 'int'],
    value: [5, 'bytes'],
    lease: [6, 'id'],
  })
  const range: Layout = {
    key: [1, 'bytes'],
    range_end: [2, 'bytes'],
    limit: [3, 'int'],
    revision: [4, 'int'],
    keys_only: [8, 'bool'],
    count_only: [9, 'bool'],
  }
  const ranged: Layout = { header, kvs: [2, keyValue, 'repeated'], more: [3, 'bool'], count: [4, 'int'] }
  const put: Layout = { key: [1, 'bytes'], value: [2, 'bytes'], lease: [3, 'id'], prev_kv: [4, 'bool'], ignore_lease: [6, 'bool'] }
  const compare: Layout = {
    result: [1, ['Equal', 'Greater', 'Less', 'NotEqual']],
    target: [2, ['Version', 'Create', 'Mod', 'Value', 'Lease']],
    key: [3, 'bytes'],
    mod_revision: [6, 'int'],
  }
  const operation = new Message({
    request_range: [1, new Message(range)],
    request_put: [2, new Message(put)],
    request_delete_range: [3, new Message({ key: [1, 'bytes'], prev_kv: [3, 'bool'] })],
  })
  const outcome = new Message({
    response_range: [1, new Message(ranged)],
    response_put: [2, new Message({ prev_kv: [2, keyValue] })],
    response_delete_range: [3, new Message({ prev_kvs: [3, keyValue, 'repeated'] })],
  })
  const alarmType = ['None', 'Nospace', 'Corrupt']
  return {
    range: method('KV/Range', range, ranged),
    txn: method(
      'KV/Txn',
      { compare: [1, new Message(compare), 'repeated'], success: [2, operation, 'repeated'], failure: [3, operation, 'repeated'] },
      { header, succeeded: [2, 'bool'], responses: [3, outcome, 'repeated'] },
    ),
    watch: method(
      'Watch/Watch',
      { create_request: [1, new Message({ key: [1, 'bytes'], range_end: [2, 'bytes'], start_revision: [3, 'int'] })] },
      {
        header,
        created: [3, 'bool'],
        canceled: [4, 'bool'],
        compact_revision: [5, 'int'],
        cancel_reason: [6, 'string'],
        events: [11, new Message({ type: [1, ['Put', 'Delete']], kv: [2, keyValue] }), 'repeated'],
      },
    ),
    leaseGrant: method('Lease/LeaseGrant', { TTL: [1, 'int'] }, { header, ID: [2, 'id'], TTL: [3, 'int'] }),
    alarm: method(
      'Maintenance/Alarm',
      { action: [1, ['Get']] },
      { header, alarms: [2, new Message({ memberID: [1, 'unsigned id'], alarm: [2, alarmType] }), 'repeated'] },
    ),
  }
}
