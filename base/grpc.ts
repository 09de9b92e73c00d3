// gRPC over a unix socket: contracts are loaded from .proto files once per channel, calls take deadlines and AbortSignals.
// Field names are camelCase, 64-bit integers strings, enums their names; absent messages are null, absent lists empty.
import { Client, credentials, Metadata, status as Code, type ClientOptions, type ServiceError } from '@grpc/grpc-js'
import { loadSync, type MessageTypeDefinition, type MethodDefinition, type PackageDefinition } from '@grpc/proto-loader'

export interface GrpcCallOptions {
  /** The call fails with DEADLINE_EXCEEDED after this. Streams have none. */
  timeoutMs?: number
  signal?: AbortSignal
  /** Headers of this call, beside the channel's. */
  headers?: Readonly<Record<string, string>>
}

export interface GrpcDuplex<Req, Res> {
  /** Resolves when the message may be followed by another. */
  write(message: Req): Promise<void>
  end(): void
  readonly messages: AsyncIterable<Res>
}

export interface GrpcService {
  unary<Res>(method: string, request: object, options?: GrpcCallOptions): Promise<Res>
  /** Leaving the iteration ends the call. Throws the call's error. */
  stream<Res>(method: string, request: object, options?: GrpcCallOptions): AsyncIterable<Res>
  duplex<Req extends object, Res>(method: string, options?: GrpcCallOptions): GrpcDuplex<Req, Res>
}

export interface GrpcChannelConfig {
  /** A path; connected at the first call and again after a loss. */
  socket: string
  protoFiles: readonly string[]
  protoFolders: readonly string[]
  headers?: Readonly<Record<string, string>>
}

export interface GrpcChannel {
  service(name: string): GrpcService
  /** Decodes one message of the loaded contracts, e.g. from a google.protobuf.Any. Undefined for an unknown type. */
  decode(type: string, bytes: Uint8Array): unknown
  close(): void
}

type Methods = Record<string, MethodDefinition<object, object>>

const channelOptions: ClientOptions = {
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.default_authority': 'localhost',
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 1000,
  'grpc.enable_retries': 0,
  // A lost call is judged by its caller; service configs and proxies do not apply to a socket.
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_http_proxy': 0,
}

/** True for an error that a gRPC call failed with. */
export const isGrpcError = (error: unknown): error is ServiceError =>
  error instanceof Error && typeof (error as Partial<ServiceError>).code === 'number' && 'details' in error

export const grpcCodeName = (code: number): string => Code[code] ?? String(code)

export const createGrpcChannel = (config: GrpcChannelConfig): GrpcChannel => {
  const contracts: PackageDefinition = loadSync([...config.protoFiles], {
    keepCase: false,
    longs: String,
    enums: String,
    bytes: Buffer,
    defaults: true,
    oneofs: true,
    includeDirs: [...config.protoFolders],
  })
  const client = new Client(`unix:${config.socket}`, credentials.createInsecure(), channelOptions)

  const toMetadata = (headers?: Readonly<Record<string, string>>): Metadata => {
    const metadata = new Metadata()
    for (const [name, value] of Object.entries({ ...config.headers, ...headers })) metadata.set(name, value)
    return metadata
  }
  const toCallOptions = (timeoutMs?: number): { deadline?: number } => (timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs })

  const bindService = (name: string): GrpcService => {
    const methods = contracts[name] as Methods | undefined
    if (!methods || 'format' in methods) throw new Error(`no gRPC service ${name} in the loaded contracts`)
    const find = (method: string): MethodDefinition<object, object> => {
      const found = methods[method]
      if (!found) throw new Error(`no gRPC method ${method} in ${name}`)
      return found
    }
    return {
      unary: <Res>(method: string, request: object, { timeoutMs, signal, headers }: GrpcCallOptions = {}) =>
        new Promise<Res>((resolve, reject) => {
          if (signal?.aborted) {
            reject(signal.reason as Error)
            return
          }
          const m = find(method)
          const call = client.makeUnaryRequest(
            m.path,
            m.requestSerialize,
            m.responseDeserialize,
            request,
            toMetadata(headers),
            toCallOptions(timeoutMs),
            (error: ServiceError | null, answer?: object) => {
              signal?.removeEventListener('abort', onAbort)
              if (!error) resolve(answer as Res)
              else reject(signal?.aborted ? (signal.reason as Error) : error)
            },
          )
          const onAbort = (): void => call.cancel()
          signal?.addEventListener('abort', onAbort, { once: true })
        }),

      async *stream<Res>(method: string, request: object, { signal, headers, timeoutMs }: GrpcCallOptions = {}) {
        signal?.throwIfAborted()
        const m = find(method)
        const call = client.makeServerStreamRequest(m.path, m.requestSerialize, m.responseDeserialize, request, toMetadata(headers), toCallOptions(timeoutMs))
        const onAbort = (): void => call.cancel()
        signal?.addEventListener('abort', onAbort, { once: true })
        try {
          for await (const message of call) yield message as Res
        } catch (error) {
          signal?.throwIfAborted()
          throw error
        } finally {
          signal?.removeEventListener('abort', onAbort)
          // A cancelled call still emits its error; nobody listens any more.
          call.on('error', () => undefined)
          call.cancel()
        }
      },

      duplex<Req extends object, Res>(method: string, { signal, headers, timeoutMs }: GrpcCallOptions = {}): GrpcDuplex<Req, Res> {
        signal?.throwIfAborted()
        const m = find(method)
        const call = client.makeBidiStreamRequest(m.path, m.requestSerialize, m.responseDeserialize, toMetadata(headers), toCallOptions(timeoutMs))
        const onAbort = (): void => call.cancel()
        signal?.addEventListener('abort', onAbort, { once: true })
        call.once('close', () => signal?.removeEventListener('abort', onAbort))
        call.on('error', () => undefined)
        return {
          write: message =>
            new Promise(resolve => {
              if (call.write(message)) resolve()
              else call.once('drain', resolve).once('close', resolve)
            }),
          end: () => void call.end(),
          messages: call as AsyncIterable<Res>,
        }
      },
    }
  }

  return {
    service: bindService,
    decode(type, bytes) {
      const message = contracts[type] as Partial<MessageTypeDefinition<object, object>> | undefined
      return message?.format ? message.deserialize?.(Buffer.from(bytes)) : undefined
    },
    close: () => client.close(),
  }
}
