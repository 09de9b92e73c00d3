// The messages of etcd's proto/rpc.proto that we use, as proto-loader gives them: names as written, 64-bit integers as strings.

export interface EtcdHeader {
  cluster_id: string
  revision: string
  raft_term: string
}
export interface EtcdKeyValue {
  key: Buffer
  value: Buffer
  create_revision: string
  mod_revision: string
  version: string
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
export interface RangeResponse {
  header: EtcdHeader
  kvs: EtcdKeyValue[]
  more: boolean
  count: string
}

export interface Compare {
  key: Buffer
  result: 'Equal'
  target: 'Mod' | 'Version'
  mod_revision?: number
  version?: number
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
export interface TxnResponse {
  header: EtcdHeader
  succeeded: boolean
  responses: {
    response_range?: RangeResponse
    response_put?: { prev_kv: EtcdKeyValue | null }
    response_delete_range?: { prev_kvs: EtcdKeyValue[] }
  }[]
}

export interface WatchRequest {
  create_request: { key: Buffer; range_end: Buffer; start_revision: number }
}
export interface WatchResponse {
  header: EtcdHeader
  created: boolean
  canceled: boolean
  compact_revision: string
  cancel_reason: string
  events: { type: 'Put' | 'Delete'; kv: EtcdKeyValue }[]
}
