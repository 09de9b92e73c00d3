// One fault of one field. Validation collects all of them; invalid() turns them into the 422 that upstream would answer.
import { type CauseReason, StatusError } from './status.ts'

export interface FieldError {
  /** As upstream writes it: spec.containers[0].name, metadata.labels, spec.selector[key]. */
  field: string
  reason: CauseReason
  /** Our own words, without the field. */
  detail: string
  /** The offending value, for the message. */
  value?: unknown
}

const words: Partial<Record<CauseReason, string>> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  InternalError: 'Internal error',
}
const valueless = new Set<CauseReason>(['FieldValueRequired', 'FieldValueForbidden', 'FieldValueTooLong', 'FieldValueTooMany', 'InternalError'])

const show = (value: unknown): string => {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined ? 'null' : text.length > 200 ? `${text.slice(0, 200)}…` : text
}
export const toMessage = (e: FieldError): string =>
  `${words[e.reason] ?? e.reason}${valueless.has(e.reason) ? '' : `: ${show(e.value)}`}${e.detail && `: ${e.detail}`}`

export const required = (field: string, detail = ''): FieldError => ({ field, reason: 'FieldValueRequired', detail })
export const invalidValue = (field: string, value: unknown, detail: string): FieldError => ({ field, reason: 'FieldValueInvalid', detail, value })
export const notSupported = (field: string, value: unknown, supported: readonly string[]): FieldError => ({
  field,
  reason: 'FieldValueNotSupported',
  value,
  detail: `supported values: ${supported.map(s => JSON.stringify(s)).join(', ')}`,
})
export const duplicate = (field: string, value: unknown): FieldError => ({ field, reason: 'FieldValueDuplicate', detail: '', value })
export const forbiddenField = (field: string, detail: string): FieldError => ({ field, reason: 'FieldValueForbidden', detail })
export const tooLong = (field: string, max: number): FieldError => ({ field, reason: 'FieldValueTooLong', detail: `may not be more than ${max} bytes` })
export const tooMany = (field: string, actual: number, max: number): FieldError => ({
  field,
  reason: 'FieldValueTooMany',
  detail: `must have at most ${max} items, has ${actual}`,
})
export const valueNotFound = (field: string, value: unknown): FieldError => ({ field, reason: 'FieldValueNotFound', detail: '', value })

/** A body of three megabytes can be wrong in a hundred thousand places; the answer to it must not be larger than the body. */
const mostTold = 1_000

/** The 422 for all faults of one object. */
export const invalid = (kind: { group: string; kind: string }, name: string, all: readonly FieldError[]): StatusError => {
  const errors = all.slice(0, mostTold)
  const lines = errors.map(e => `${e.field}: ${toMessage(e)}`)
  const what = `${kind.kind}${kind.group && `.${kind.group}`} "${name}" is invalid`
  return new StatusError(
    422,
    'Invalid',
    `${what}: ${lines.length === 1 ? lines[0] : `[${lines.join(', ')}${all.length > mostTold ? `, and ${all.length - mostTold} more` : ''}]`}`,
    {
      name,
      ...(kind.group && { group: kind.group }),
      kind: kind.kind,
      causes: errors.map(e => ({ reason: e.reason, message: toMessage(e), field: e.field })),
    },
  )
}
