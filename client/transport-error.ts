// The connection failed: no answer came, or it broke off. Always worth a retry; whether the request took effect is unknown.

export class TransportError extends Error {
  /** The code of the cause where it has one: ECONNREFUSED, UND_ERR_SOCKET, … */
  readonly code: string | undefined
  constructor(message: string, cause: unknown) {
    super(message, { cause })
    this.name = 'TransportError'
    this.code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined
  }
}
