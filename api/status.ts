// Errors as Kubernetes' Status objects: the only error that leaves the API server and the only one that client/ throws for an answer.

/** Upstream's metav1.StatusReason values. */
export type StatusReason =
  | ''
  | 'Unknown'
  | 'Unauthorized'
  | 'Forbidden'
  | 'NotFound'
  | 'AlreadyExists'
  | 'Conflict'
  | 'Gone'
  | 'Invalid'
  | 'ServerTimeout'
  | 'Timeout'
  | 'TooManyRequests'
  | 'BadRequest'
  | 'MethodNotAllowed'
  | 'NotAcceptable'
  | 'RequestEntityTooLarge'
  | 'UnsupportedMediaType'
  | 'InternalError'
  | 'Expired'
  | 'ServiceUnavailable'
  | 'StoreReadError'

/** metav1.CauseType values, the wire form of a field error's type. */
export type CauseReason =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  | 'InternalError'
  | 'UnexpectedServerResponse'
  | 'FieldManagerConflict'
  | 'ResourceVersionTooLarge'

export interface StatusCause {
  reason?: string
  message?: string
  field?: string
}
export interface StatusDetails {
  name?: string
  group?: string
  kind?: string
  uid?: string
  causes?: StatusCause[]
  retryAfterSeconds?: number
}

export interface Status {
  kind: 'Status'
  apiVersion: 'v1'
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number }
  status: 'Success' | 'Failure'
  message?: string
  reason?: string
  details?: StatusDetails
  code: number
}

export class StatusError extends Error {
  readonly status: Status
  constructor(code: number, reason: StatusReason, message: string, details?: StatusDetails, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StatusError'
    this.status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...(details && { details }), code }
  }
  get code(): number {
    return this.status.code
  }
  get reason(): string {
    return this.status.reason ?? ''
  }
  /** Rebuilds the error a server answered with. */
  static from(status: Status): StatusError {
    const error = new StatusError(status.code, (status.reason ?? '') as StatusReason, status.message ?? `status ${status.code}`, status.details)
    if (Object.keys(status.metadata).length) error.status.metadata = status.metadata
    return error
  }
}

/** Who a Status is about: the group and plural of the resource, as upstream fills details.group and details.kind. */
export interface ResourceRef {
  group: string
  plural: string
}

const qualified = (r: ResourceRef): string => (r.group ? `${r.plural}.${r.group}` : r.plural)
const about = (r: ResourceRef, name: string): StatusDetails => ({ name, ...(r.group && { group: r.group }), kind: r.plural })

// The messages of these three are matched on by kubectl and client-go users; they follow upstream's form.
export const notFound = (r: ResourceRef, name: string): StatusError => new StatusError(404, 'NotFound', `${qualified(r)} "${name}" not found`, about(r, name))
export const alreadyExists = (r: ResourceRef, name: string): StatusError =>
  new StatusError(409, 'AlreadyExists', `${qualified(r)} "${name}" already exists`, about(r, name))
export const conflict = (r: ResourceRef, name: string, why: string): StatusError =>
  new StatusError(409, 'Conflict', `Operation cannot be fulfilled on ${qualified(r)} "${name}": ${why}`, about(r, name))
export const badRequest = (message: string): StatusError => new StatusError(400, 'BadRequest', message)
export const forbidden = (r: ResourceRef, name: string, why: string): StatusError =>
  new StatusError(403, 'Forbidden', `${qualified(r)}${name && ` "${name}"`} is forbidden: ${why}`, about(r, name))
export const gone = (message: string): StatusError => new StatusError(410, 'Expired', message)
export const internalError = (message: string, cause?: unknown): StatusError =>
  new StatusError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] }, { cause })

/** True for a StatusError with that reason, wherever it was made. */
export const isReason = (error: unknown, reason: StatusReason): error is StatusError => error instanceof StatusError && error.reason === reason

/** To be given to `catch`: errors of these reasons are no failure, as somebody else was first; all others go on. */
export const ignoring =
  (...reasons: readonly StatusReason[]) =>
  (error: unknown): void => {
    if (!reasons.some(reason => isReason(error, reason))) throw error
  }
