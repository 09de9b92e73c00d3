// etcd's gRPC errors as StoreErrors. Where etcd has several meanings for one code, its own fixed text (api/v3rpc/rpctypes) decides.
import { status, type ServiceError } from '@grpc/grpc-js'
import { StoreError, type StoreErrorCode } from './store.ts'

const isServiceError = (error: unknown): error is ServiceError => error instanceof Error && 'code' in error && typeof error.code === 'number'

const classify = (code: status, details: string): StoreErrorCode => {
  switch (code) {
    case status.RESOURCE_EXHAUSTED:
      if (details.includes('database space exceeded')) return 'NoSpace'
      return details.includes('larger than max') ? 'TooLarge' : 'Unavailable'
    case status.INVALID_ARGUMENT:
      return details.includes('request is too large') ? 'TooLarge' : 'Unavailable'
    case status.OUT_OF_RANGE:
      return details.includes('future revision') ? 'FutureRevision' : 'Compacted'
    case status.DEADLINE_EXCEEDED:
      return 'Timeout'
    case status.UNAVAILABLE:
      // Thrown also when the write was proposed and may still be applied.
      return details.includes('timed out') ? 'Timeout' : 'Unavailable'
    case status.DATA_LOSS:
      return 'Corrupt'
    default:
      return 'Unavailable'
  }
}

/** `doing` completes the sentence `etcd could not …`; `why` stands instead of the error's own words. */
export const toStoreError = (error: unknown, doing: string, key?: string, why?: string): StoreError => {
  if (error instanceof StoreError) return error
  const detail = { ...(key !== undefined && { key }), cause: error }
  if (!isServiceError(error)) return new StoreError('Unavailable', `etcd could not ${doing}: ${error instanceof Error ? error.message : String(error)}`, detail)
  return new StoreError(classify(error.code, error.details), `etcd could not ${doing}: ${why ?? error.details}`, detail)
}

export const isLeaseNotFound = (error: unknown): boolean => isServiceError(error) && error.code === status.NOT_FOUND

/** The call certainly never reached a server. */
export const isNeverSent = (error: unknown): boolean =>
  isServiceError(error) && error.code === status.UNAVAILABLE && error.details.startsWith('No connection established')

/** Whatever was asked may or may not have been done. */
export const isUnavailable = (error: unknown): boolean => isServiceError(error) && error.code === status.UNAVAILABLE
