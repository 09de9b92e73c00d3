// How every CRI call is made: with a deadline, its errors as CriError.
import type { GrpcService } from '../../base/grpc.ts'
import { isCriReason, toCriError } from './error.ts'

export type Call = <Res>(method: string, request: object, options?: { timeoutMs?: number; signal?: AbortSignal | undefined }) => Promise<Res>

const defaultTimeoutMs = 120_000

export const toCall =
  (service: GrpcService): Call =>
  async (method, request, options) => {
    try {
      const { signal, timeoutMs = defaultTimeoutMs } = options ?? {}
      return await service.unary(method, request, { timeoutMs, ...(signal && { signal }) })
    } catch (error) {
      throw toCriError(method, error)
    }
  }

/** api.proto: StopX and RemoveX "must not return an error" for what is gone; containerd answers NotFound in some versions. */
export const ignoreNotFound = async (call: Promise<unknown>): Promise<void> => {
  try {
    await call
  } catch (error) {
    if (!isCriReason(error, 'NotFound')) throw error
  }
}
