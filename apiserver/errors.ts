// The one place where the store's failures become Status errors, and where anything unexpected becomes a 500 that is logged.
import { alreadyExists, conflict, gone, internalError, notFound, type ResourceRef, StatusError } from '../api/status.ts'
import { StoreError } from '../store/store.ts'

export const modifiedMessage = 'the object has been modified; please apply your changes to the latest version and try again'

/** A read that asks for a revision which has not come: clients match on cause and message to fall back. */
export const tooLargeResourceVersion = (asked: number | undefined, current: number | undefined): StatusError =>
  new StatusError(504, 'Timeout', `Too large resource version: ${asked ?? 'unknown'}, current: ${current ?? 'unknown'}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  })

export const toStatusError = (error: unknown, about: ResourceRef, name: string): StatusError => {
  if (error instanceof StatusError) return error
  if (!(error instanceof StoreError)) return internalError(error instanceof Error ? error.message : String(error), error)
  switch (error.code) {
    case 'NotFound':
      return notFound(about, name)
    case 'Exists':
      return alreadyExists(about, name)
    case 'Conflict':
      return conflict(about, name, modifiedMessage)
    case 'Compacted':
      return gone(`The resourceVersion for the provided watch is too old: ${error.message}`)
    case 'FutureRevision':
      return tooLargeResourceVersion(undefined, error.revision)
    case 'TooLarge':
      return new StatusError(413, 'RequestEntityTooLarge', `the object is too large to be stored: ${error.message}`)
    case 'Timeout':
      return new StatusError(504, 'Timeout', `Timeout: ${error.message}`, { retryAfterSeconds: 1 }, { cause: error })
    case 'Unavailable':
      return new StatusError(503, 'ServiceUnavailable', `the store cannot be reached: ${error.message}`, { retryAfterSeconds: 1 }, { cause: error })
    case 'NoSpace':
      return new StatusError(507, 'InternalError', `the store is full: ${error.message}`, undefined, { cause: error })
    case 'Corrupt':
      return internalError(`the stored value of ${about.plural} "${name}" cannot be read: ${error.message}`, error)
  }
}

export const methodNotAllowed = (): StatusError =>
  new StatusError(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource', {})
export const resourceNotFound = (): StatusError => new StatusError(404, 'NotFound', 'the server could not find the requested resource', {})
export const unauthorized = (): StatusError => new StatusError(401, 'Unauthorized', 'Unauthorized')
export const tooLarge = (limit: number): StatusError => new StatusError(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${limit}`)
