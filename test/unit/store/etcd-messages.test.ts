// What we write, etcd's own contract reads, and the other way round: protobufjs does it from the published .proto file.
import { createRequire } from 'node:module'
import { loadSync, type MessageTypeDefinition } from '@grpc/proto-loader'
import t from 'tap'
import { createEtcdMethods, type EtcdMethod } from '../../../store/etcd-messages.ts'

const protoFile = createRequire(import.meta.url).resolve('etcd3/proto/rpc.proto')
const contractWith = (longs: StringConstructor | NumberConstructor) => loadSync(protoFile, { keepCase: true, longs, enums: String })
const contract = contractWith(Number)
const typeOf = (name: string, from = contract): MessageTypeDefinition<object, object> => from[`etcdserverpb.${name}`] as MessageTypeDefinition<object, object>

const methods = createEtcdMethods()
const bytes = (text: string): Buffer => Buffer.from(text)
const lease = '-6123456789012345678'

const requests: readonly [what: string, method: EtcdMethod<never, unknown>, message: string, request: object][] = [
  ['a range', methods.range, 'RangeRequest', { key: bytes('/a'), range_end: bytes('/b'), limit: 500, revision: 2 ** 40, count_only: true }],
  [
    'a transaction',
    methods.txn,
    'TxnRequest',
    {
      compare: [{ key: bytes('/a'), result: 'Equal', target: 'Mod', mod_revision: 0 }],
      success: [{ request_put: { key: bytes('/a'), value: bytes('{}'), prev_kv: true, ignore_lease: true } }],
      failure: [{ request_range: { key: bytes('/a') } }, { request_delete_range: { key: bytes('/b'), prev_kv: true } }],
    },
  ],
  ['a watch', methods.watch, 'WatchRequest', { create_request: { key: bytes('\0'), range_end: bytes('\0'), start_revision: 12 } }],
  ['a lease', methods.leaseGrant, 'LeaseGrantRequest', { TTL: 3600 }],
  ['a question for alarms', methods.alarm, 'AlarmRequest', { action: 'Get' }],
]

for (const [what, method, message, request] of requests) {
  void t.test(`request: ${what}`, t => {
    t.match(typeOf(message).deserialize(method.encode(request as never)), request)
    t.end()
  })
}

void t.test('the id of a lease, which is no exact number', t => {
  const put = methods.txn.encode({ compare: [], success: [{ request_put: { key: bytes('k'), value: bytes('v'), lease } }], failure: [] })
  t.match(typeOf('TxnRequest', contractWith(String)).deserialize(put), { success: [{ request_put: { lease } }] })
  t.end()
})

const header = { cluster_id: '3841639068965178418', member_id: '17', revision: 9007199254740991 }
const kv = { key: bytes('/a'), value: bytes('{"kind":"Pod"}'), create_revision: 3, mod_revision: 300, version: 2, lease }

const answers: readonly [what: string, method: EtcdMethod<never, unknown>, message: string, response: object, more?: object][] = [
  ['a range', methods.range, 'RangeResponse', { header, kvs: [kv, { ...kv, key: bytes('/b') }], more: true, count: 12 }],
  ['nothing found', methods.range, 'RangeResponse', { header }, { kvs: [], more: false, count: 0 }],
  ['a transaction done', methods.txn, 'TxnResponse', { header, succeeded: true, responses: [{ response_put: { prev_kv: kv } }] }],
  ['one refused', methods.txn, 'TxnResponse', { header, responses: [{ response_range: { kvs: [kv] } }] }, { succeeded: false }],
  ['a deletion', methods.txn, 'TxnResponse', { header, succeeded: true, responses: [{ response_delete_range: { prev_kvs: [kv] } }] }],
  [
    'events',
    methods.watch,
    'WatchResponse',
    {
      header,
      events: [
        { type: 'Put', kv },
        { type: 'Delete', kv },
      ],
    },
    { created: false, compact_revision: 0 },
  ],
  ['a watch cancelled', methods.watch, 'WatchResponse', { header, canceled: true, compact_revision: 44, cancel_reason: 'ünknown' }, { events: [] }],
  ['a lease', methods.leaseGrant, 'LeaseGrantResponse', { header, ID: lease, TTL: 3600 }],
  ['alarms, of an etcd that sends no header', methods.alarm, 'AlarmResponse', { alarms: [{ memberID: '17', alarm: 'Nospace' }] }, { header: null }],
]

for (const [what, method, message, response, more = {}] of answers) {
  void t.test(`answer: ${what}`, t => {
    t.match(method.decode(typeOf(message).serialize(response)), { ...response, ...more })
    t.end()
  })
}

void t.test('an id beyond 2^63 is exact', t => {
  const large = '14841639068965178418'
  const [alarm] = methods.alarm.decode(typeOf('AlarmResponse').serialize({ alarms: [{ memberID: large, alarm: 'Nospace' }] })).alarms
  t.equal(alarm?.memberID, large)
  t.end()
})

void t.test('what is cut off is refused', t => {
  const whole = typeOf('RangeResponse').serialize({ header, kvs: [kv] })
  t.throws(() => methods.range.decode(whole.subarray(0, whole.length - 3)), { name: 'ProtobufError' })
  t.end()
})
