// The one error of the CRI client. Callers judge by `reason` and `retryable`, never by message.
import { status as Code } from '@grpc/grpc-js'
import { grpcCodeName, isGrpcError } from '../../base/grpc.ts'

export type CriReason =
  'NotFound' | 'AlreadyExists' | 'InvalidArgument' | 'Unavailable' | 'DeadlineExceeded' | 'FailedPrecondition' | 'Unimplemented' | 'Unknown'

export class CriError extends Error {
  readonly method: string
  readonly code: number
  readonly reason: CriReason
  /** Whether the same call may succeed later without anyone changing anything. */
  readonly retryable: boolean

  constructor(method: string, code: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CriError'
    this.method = method
    this.code = code
    this.reason = toReason(code)
    this.retryable = !final.includes(this.reason)
  }
}

const final: readonly CriReason[] = ['InvalidArgument', 'Unimplemented', 'NotFound']

const reasons: Readonly<Partial<Record<number, CriReason>>> = {
  [Code.NOT_FOUND]: 'NotFound',
  [Code.ALREADY_EXISTS]: 'AlreadyExists',
  [Code.INVALID_ARGUMENT]: 'InvalidArgument',
  [Code.UNAVAILABLE]: 'Unavailable',
  [Code.DEADLINE_EXCEEDED]: 'DeadlineExceeded',
  [Code.FAILED_PRECONDITION]: 'FailedPrecondition',
  [Code.UNIMPLEMENTED]: 'Unimplemented',
}
const toReason = (code: number): CriReason => reasons[code] ?? 'Unknown'

/** `rpc error: code = … desc = …` is how users of kubectl know these messages. */
export const toCriError = (method: string, error: unknown): unknown =>
  isGrpcError(error)
    ? new CriError(method, error.code, `rpc error: code = ${pascal(grpcCodeName(error.code))} desc = ${error.details}`, { cause: error })
    : error

const pascal = (name: string): string => name.toLowerCase().replace(/(^|_)([a-z])/g, (_all, _bar, letter: string) => letter.toUpperCase())

export const isCriReason = (error: unknown, reason: CriReason): error is CriError => error instanceof CriError && error.reason === reason
