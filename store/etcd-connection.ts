// The connection to etcd. Replaces a connection that hangs, goes round the endpoints, watches the cluster id.
import { sleep, type Clock } from '../base/clock.ts'
import { GrpcConnection, GrpcError, grpcCodes, type GrpcStream } from '../base/grpc-connection.ts'
import type { Logger } from '../base/log.ts'
import { isNeverSent, isUnavailable, toStoreError } from './etcd-errors.ts'
import { createEtcdMethods, type EtcdMethod } from './etcd-messages.ts'
import type {
  AlarmResponse,
  EtcdHeader,
  EtcdMemberAnswer,
  LeaseGrantResponse,
  RangeRequest,
  RangeResponse,
  TxnRequest,
  TxnResponse,
  WatchRequest,
  WatchResponse,
} from './etcd.types.ts'

export interface EtcdEndpoints {
  /** `http://host:port` or `https://host:port`. */
  readonly endpoints: readonly string[]
  /** PEM. */
  readonly tls?: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer }
}

const readDeadlineMs = 3_000
/** etcd gives up on a proposal after 7 s (request timeout plus two election timeouts). */
const writeDeadlineMs = 10_000
const renewAtMostEveryMs = 2_000
const repeatAfterMs = 50

/** With certificates the connection is TLS, whatever the endpoint is written as. */
const toUrl = (endpoint: string, isTls: boolean): string => {
  const [, scheme, host] = /^(?:(https?):\/\/)?(.*?)\/?$/.exec(endpoint)!
  return `${isTls || scheme === 'https' ? 'https' : 'http'}://${host}`
}

export interface CallOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

export interface EtcdWatchHandler {
  readonly onResponse: (response: WatchResponse) => void
  readonly onEnd: (why: string) => void
}

export class EtcdConnection {
  readonly #config: EtcdEndpoints
  readonly #clock: Clock
  readonly #log: Logger
  readonly #methods = createEtcdMethods()
  #at = 0
  #grpc: GrpcConnection
  #clusterId: string | undefined
  #answeredMs: number
  #renewedMs = -Infinity
  #closed = false
  /** Called when another cluster answers than before. */
  onOtherCluster: (() => void) | undefined
  /** Called when the connection was replaced: streams on the old one hang. */
  onRenewed: (() => void) | undefined

  constructor(config: EtcdEndpoints, clock: Clock, log: Logger) {
    if (config.endpoints.length === 0) throw new RangeError('no etcd endpoint is given')
    this.#config = config
    this.#clock = clock
    this.#log = log
    this.#grpc = this.#connect()
    this.#answeredMs = clock.now()
  }

  get endpoint(): string {
    return this.#config.endpoints[this.#at]!
  }

  range(request: RangeRequest, options: CallOptions = {}): Promise<RangeResponse> {
    return this.#unary(this.#methods.range, request, isUnavailable, options)
  }

  txn(request: TxnRequest): Promise<TxnResponse> {
    return this.#unary(this.#methods.txn, request, isNeverSent, { timeoutMs: writeDeadlineMs })
  }

  leaseGrant(ttlSeconds: number): Promise<LeaseGrantResponse> {
    return this.#unary(this.#methods.leaseGrant, { TTL: ttlSeconds }, isNeverSent, {})
  }

  async alarms(): Promise<AlarmResponse['alarms']> {
    return (await this.#unary(this.#methods.alarm, { action: 'Get' }, isUnavailable, {})).alarms
  }

  /** `hasleader`: a member that has lost its leader ends the stream instead of going silent. */
  openWatch(request: WatchRequest, { onResponse, onEnd }: EtcdWatchHandler): GrpcStream {
    const { path, encode, decode } = this.#methods.watch
    return this.#grpc.stream(path, { hasleader: 'true' }, encode(request), {
      onMessage: message => onResponse(decode(message)),
      onEnd: error => onEnd(error.code === 0 ? 'etcd ended the stream' : error.details),
    })
  }

  /** Every answer's header passes here. */
  see(header: EtcdHeader): void {
    this.#answeredMs = this.#clock.now()
    if (this.#clusterId === header.cluster_id) return
    const first = this.#clusterId === undefined
    this.#clusterId = header.cluster_id
    if (!first) this.onOtherCluster?.()
  }

  /** A connection may hang without an error (a dead peer, a frozen proxy): makes a new one, to the next endpoint. */
  renew(atOnce = false): boolean {
    const now = this.#clock.now()
    if (this.#closed || (!atOnce && now - this.#renewedMs < renewAtMostEveryMs)) return false
    this.#renewedMs = now
    this.#at = (this.#at + 1) % this.#config.endpoints.length
    const old = this.#grpc
    this.#grpc = this.#connect()
    old.close()
    this.#log.warn({ endpoint: this.endpoint }, 'etcd is connected to anew')
    this.onRenewed?.()
    return true
  }

  close(): void {
    this.#closed = true
    this.#grpc.close()
  }

  #connect(): GrpcConnection {
    const { tls } = this.#config
    return new GrpcConnection({ url: toUrl(this.endpoint, tls !== undefined), tls })
  }

  /** Tries again until the deadline what `mayRepeat` allows: a read after any loss of the connection, a write only if it never left. */
  async #unary<Request, Response extends EtcdMemberAnswer>(
    { path, encode, decode }: EtcdMethod<Request, Response>,
    request: Request,
    mayRepeat: (error: unknown) => boolean,
    { timeoutMs = readDeadlineMs, signal }: CallOptions,
  ): Promise<Response> {
    const beganMs = this.#clock.now()
    const message = encode(request)
    // With one endpoint there is nothing better to do than to wait for it; a deadline bounds that.
    const wait = this.#config.endpoints.length === 1
    for (;;) {
      const grpc = this.#grpc
      try {
        const leftMs = Math.max(1, beganMs + timeoutMs - this.#clock.now())
        const response = decode(await grpc.unary(path, message, { timeoutMs: leftMs, wait, signal }))
        if (response.header) this.see(response.header)
        return response
      } catch (error) {
        signal?.throwIfAborted()
        const isTimeout = error instanceof GrpcError && error.code === grpcCodes.deadlineExceeded
        const unreachable = !grpc.isConnected
        const why = unreachable && isTimeout ? grpc.lastError : undefined
        const failure = toStoreError(error, unreachable ? `be reached at ${this.endpoint}` : `answer at ${this.endpoint}`, undefined, why)
        if (grpc === this.#grpc) {
          if (isNeverSent(error)) this.renew(true)
          else if (failure.code === 'Timeout' && this.#clock.now() - this.#answeredMs >= timeoutMs) this.renew()
        }
        if (this.#closed || !mayRepeat(error) || this.#clock.now() + repeatAfterMs >= beganMs + timeoutMs) throw failure
        await sleep(this.#clock, repeatAfterMs, signal)
      }
    }
  }
}
