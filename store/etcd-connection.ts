// The gRPC channel to etcd for what is hot: Range, Txn, Watch. Replaces a channel that hangs, goes round the endpoints, watches the cluster id.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { checkServerIdentity as verifyServer, type PeerCertificate } from 'node:tls'
import { ChannelCredentials, Client, connectivityState, Metadata, type ChannelOptions, type ClientDuplexStream, type MethodDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { sleep, type Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import { isNeverSent, isUnavailable, toStoreError } from './etcd-errors.ts'
import type { EtcdHeader, RangeRequest, RangeResponse, TxnRequest, TxnResponse, WatchRequest, WatchResponse } from './etcd.types.ts'

export interface EtcdEndpoints {
  /** `http://host:port` or `https://host:port`. */
  readonly endpoints: readonly string[]
  /** PEM. */
  readonly tls?: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer }
}

export const readDeadlineMs = 3_000
/** etcd gives up on a proposal after 7 s (request timeout plus two election timeouts). */
const writeDeadlineMs = 10_000
const renewAtMostEveryMs = 2_000
const repeatAfterMs = 50

/** etcd refuses pings more often than every 5 s. */
const channelOptions: ChannelOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.enable_http_proxy': 0,
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
}

/** The cause within grpc-js's sentence about it. */
const lastError = /Last error: (?:\w*Error: )?(.*?)\.? *(?:Resolution note:.*)?$/s

const toTarget = (endpoint: string): string => endpoint.replace(/^https?:\/\//, '').replace(/\/$/, '')

const hostOf = (target: string): string => target.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')

/**
 * Node refuses an IP address as the name in a TLS handshake, and grpc-js sends the host as it is: an etcd addressed by IP is called
 * localhost there. (etcd3 then holds the certificate against that name; etcd's own certificates have it.)
 */
export const toChannelOptions = ({ endpoints, tls }: EtcdEndpoints): ChannelOptions =>
  tls && endpoints.some(e => isIP(hostOf(toTarget(e))) !== 0) ? { ...channelOptions, 'grpc.ssl_target_name_override': 'localhost' } : channelOptions

interface Methods {
  readonly range: MethodDefinition<RangeRequest, RangeResponse>
  readonly txn: MethodDefinition<TxnRequest, TxnResponse>
  readonly watch: MethodDefinition<WatchRequest, WatchResponse>
}

/** etcd3's contract: in its package, or beside the bundle when shipped. */
const protoFile = (): string => {
  const shipped = join(import.meta.dirname, '..', 'proto', 'rpc.proto')
  return existsSync(shipped) ? shipped : createRequire(import.meta.url).resolve('etcd3/proto/rpc.proto')
}

const loadMethods = (): Methods => {
  const loaded = loadSync(protoFile(), {
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  }) as unknown as Record<string, Record<string, MethodDefinition<never, never>>>
  const method = (service: string, name: string): unknown => loaded[`etcdserverpb.${service}`]![name]
  return {
    range: method('KV', 'Range') as Methods['range'],
    txn: method('KV', 'Txn') as Methods['txn'],
    watch: method('Watch', 'Watch') as Methods['watch'],
  }
}

export interface CallOptions {
  readonly timeoutMs?: number
  readonly signal?: AbortSignal | undefined
}

export class EtcdConnection {
  readonly #config: EtcdEndpoints
  readonly #clock: Clock
  readonly #log: Logger
  readonly #methods: Methods
  #at = 0
  #client: Client
  #clusterId: string | undefined
  #answeredMs: number
  #renewedMs = -Infinity
  #closed = false
  /** Called when another cluster answers than before. */
  onOtherCluster: (() => void) | undefined
  /** Called when the channel was replaced: streams on the old one hang. */
  onRenewed: (() => void) | undefined

  constructor(config: EtcdEndpoints, clock: Clock, log: Logger) {
    if (config.endpoints.length === 0) throw new RangeError('no etcd endpoint is given')
    this.#config = config
    this.#clock = clock
    this.#log = log
    this.#methods = loadMethods()
    this.#client = this.#connect()
    this.#answeredMs = clock.now()
  }

  get endpoint(): string {
    return this.#config.endpoints[this.#at]!
  }

  range(request: RangeRequest, options: CallOptions = {}): Promise<RangeResponse> {
    return this.#unary(this.#methods.range, request, isUnavailable, { timeoutMs: readDeadlineMs, ...options })
  }

  txn(request: TxnRequest): Promise<TxnResponse> {
    return this.#unary(this.#methods.txn, request, isNeverSent, { timeoutMs: writeDeadlineMs })
  }

  /** `hasleader`: a member that has lost its leader ends the stream instead of going silent. */
  openWatch(): ClientDuplexStream<WatchRequest, WatchResponse> {
    const metadata = new Metadata({ waitForReady: true })
    metadata.set('hasleader', 'true')
    const { path, requestSerialize, responseDeserialize } = this.#methods.watch
    return this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata)
  }

  /** Every answer's header passes here. */
  see(header: EtcdHeader): void {
    this.#answeredMs = this.#clock.now()
    if (this.#clusterId === header.cluster_id) return
    const first = this.#clusterId === undefined
    this.#clusterId = header.cluster_id
    if (!first) this.onOtherCluster?.()
  }

  /** A channel may hang without an error (a dead peer, a frozen proxy): makes a new one, to the next endpoint. */
  renew(atOnce = false): boolean {
    const now = this.#clock.now()
    if (this.#closed || (!atOnce && now - this.#renewedMs < renewAtMostEveryMs)) return false
    this.#renewedMs = now
    this.#at = (this.#at + 1) % this.#config.endpoints.length
    const old = this.#client
    this.#client = this.#connect()
    old.close()
    this.#log.warn({ endpoint: this.endpoint }, 'etcd is connected to anew')
    this.onRenewed?.()
    return true
  }

  close(): void {
    this.#closed = true
    this.#client.close()
  }

  #connect(): Client {
    const target = toTarget(this.endpoint)
    const { tls } = this.#config
    // The certificate is held against the real host, whatever name the handshake carries.
    const checkServerIdentity = (_name: string, certificate: PeerCertificate): Error | undefined => verifyServer(hostOf(target), certificate)
    const credentials = tls ? ChannelCredentials.createSsl(tls.ca, tls.key, tls.cert, { checkServerIdentity }) : ChannelCredentials.createInsecure()
    // A subchannel shared with another channel would hang with it.
    return new Client(target, credentials, { ...toChannelOptions(this.#config), 'grpc.use_local_subchannel_pool': 1 })
  }

  /** Tries again until the deadline what `mayRepeat` allows: a read after any loss of the connection, a write only if it never left. */
  async #unary<Request, Response extends { header: EtcdHeader }>(
    method: MethodDefinition<Request, Response>,
    request: Request,
    mayRepeat: (error: unknown) => boolean,
    { timeoutMs = readDeadlineMs, signal }: CallOptions,
  ): Promise<Response> {
    const beganMs = this.#clock.now()
    for (;;) {
      const client = this.#client
      try {
        const response = await this.#call(client, method, request, beganMs + timeoutMs, signal)
        this.see(response.header)
        return response
      } catch (error) {
        signal?.throwIfAborted()
        const unreachable = client.getChannel().getConnectivityState(false) !== connectivityState.READY
        const why = unreachable && !isNeverSent(error) ? await this.#whyUnreachable(client) : undefined
        const failure = toStoreError(error, unreachable ? `be reached at ${this.endpoint}` : `answer at ${this.endpoint}`, undefined, why)
        if (client === this.#client) {
          if (isNeverSent(error)) this.renew(true)
          else if (failure.code === 'Timeout' && this.#clock.now() - this.#answeredMs >= timeoutMs) this.renew()
        }
        if (this.#closed || !mayRepeat(error) || this.#clock.now() + repeatAfterMs >= beganMs + timeoutMs) throw failure
        await sleep(this.#clock, repeatAfterMs, signal)
      }
    }
  }

  /** A call that waits for the connection ends with its deadline and no reason; one that does not wait is told the last one. */
  #whyUnreachable(client: Client): Promise<string | undefined> {
    const { path, requestSerialize, responseDeserialize } = this.#methods.range
    const request = { key: Buffer.from([0]), count_only: true }
    return new Promise(resolve => {
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, { deadline: Date.now() + 100 }, error => {
        resolve(isNeverSent(error) ? lastError.exec(error?.details ?? '')?.[1] : undefined)
      })
    })
  }

  #call<Request, Response>(
    client: Client,
    { path, requestSerialize, responseDeserialize }: MethodDefinition<Request, Response>,
    request: Request,
    deadline: number,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      // With one endpoint there is nothing better to do than to wait for it; a deadline bounds that.
      const metadata = new Metadata({ waitForReady: this.#config.endpoints.length === 1 })
      const onAbort = (): void => call.cancel()
      const call = client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, { deadline }, (error, response) => {
        signal?.removeEventListener('abort', onAbort)
        if (error) reject(error)
        else resolve(response!)
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }
}
