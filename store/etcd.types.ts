// The messages of etcd's contract that we use: names as written there, revisions and counts as numbers, ids as strings.

export interface EtcdHeader {
  cluster_id: string
  member_id: string
  revision: number
}
/** Every answer about keys has a header. */
export interface EtcdAnswer {
  header: EtcdHeader
}
/** Those about members may lack it (alarms in 3.4). */
export interface EtcdMemberAnswer {
  header: EtcdHeader | null
}
export interface EtcdKeyValue {
  key: Buffer
  value: Buffer
  create_revision: number
  mod_revision: number
  version: number
  lease: string
}

export interface RangeRequest {
  key: Buffer
  range_end?: Buffer
  limit?: number
  revision?: number
  keys_only?: boolean
  count_only?: boolean
}
export interface RangeResponse extends EtcdAnswer {
  kvs: EtcdKeyValue[]
  more: boolean
  count: number
}

export interface Compare {
  key: Buffer
  result: 'Equal'
  target: 'Mod'
  mod_revision: number
}
export interface RequestOp {
  request_range?: RangeRequest
  request_put?: { key: Buffer; value: Buffer; lease?: string; prev_kv?: boolean; ignore_lease?: boolean }
  request_delete_range?: { key: Buffer; prev_kv?: boolean }
}
export interface TxnRequest {
  compare: Compare[]
  success: RequestOp[]
  failure: RequestOp[]
}
export interface TxnResponse extends EtcdAnswer {
  succeeded: boolean
  responses: {
    response_range: Omit<RangeResponse, 'header'> | null
    response_put: { prev_kv: EtcdKeyValue | null } | null
    response_delete_range: { prev_kvs: EtcdKeyValue[] } | null
  }[]
}

export interface WatchRequest {
  create_request: { key: Buffer; range_end: Buffer; start_revision: number }
}
export interface WatchResponse extends EtcdAnswer {
  created: boolean
  canceled: boolean
  compact_revision: number
  cancel_reason: string
  events: { type: 'Put' | 'Delete'; kv: EtcdKeyValue }[]
}

export interface LeaseGrantRequest {
  TTL: number
}
export interface LeaseGrantResponse extends EtcdAnswer {
  ID: string
  TTL: number
}

type AlarmType = 'None' | 'Nospace' | 'Corrupt'
export interface AlarmRequest {
  action: 'Get'
}
export interface AlarmResponse extends EtcdMemberAnswer {
  alarms: { memberID: string; alarm: AlarmType }[]
}
