// etcd's gRPC errors as StoreErrors. Where etcd has several meanings for one code, its own fixed text (api/v3rpc/rpctypes) decides.
import { GrpcError, grpcCodes } from '../base/grpc-connection.ts'
import { StoreError, type StoreErrorCode } from './store.ts'

const classify = (code: number, details: string): StoreErrorCode => {
  switch (code) {
    case grpcCodes.resourceExhausted:
      if (details.includes('database space exceeded')) return 'NoSpace'
      return details.includes('larger than max') ? 'TooLarge' : 'Unavailable'
    case grpcCodes.invalidArgument:
      return details.includes('request is too large') ? 'TooLarge' : 'Unavailable'
    case grpcCodes.outOfRange:
      return details.includes('future revision') ? 'FutureRevision' : 'Compacted'
    case grpcCodes.deadlineExceeded:
      return 'Timeout'
    case grpcCodes.unavailable:
      // Thrown also when the write was proposed and may still be applied.
      return details.includes('timed out') ? 'Timeout' : 'Unavailable'
    case grpcCodes.dataLoss:
      return 'Corrupt'
    default:
      return 'Unavailable'
  }
}

/** `doing` completes the sentence `etcd could not …`; `why` stands instead of the error's own words. */
export const toStoreError = (error: unknown, doing: string, key?: string, why?: string): StoreError => {
  if (error instanceof StoreError) return error
  const detail = { ...(key !== undefined && { key }), cause: error }
  if (!(error instanceof GrpcError))
    return new StoreError('Unavailable', `etcd could not ${doing}: ${error instanceof Error ? error.message : String(error)}`, detail)
  return new StoreError(classify(error.code, error.details), `etcd could not ${doing}: ${why ?? error.details}`, detail)
}

export const isLeaseNotFound = (error: unknown): boolean => error instanceof GrpcError && error.code === grpcCodes.notFound

/** The call certainly never reached a server. */
export const isNeverSent = (error: unknown): boolean => error instanceof GrpcError && error.neverSent

/** Whatever was asked may or may not have been done. */
export const isUnavailable = (error: unknown): boolean => error instanceof GrpcError && error.code === grpcCodes.unavailable
