// The list that a validator writes its findings to, and the few findings that nearly every field shares.
import { type FieldError, invalidValue, notSupported, required } from '../field-error.ts'

export type Errors = FieldError[]

/** One Invalid per message. */
export const addInvalid = (errors: Errors, path: string, value: unknown, messages: readonly string[]): void => {
  for (const message of messages) errors.push(invalidValue(path, value, message))
}

/** One Invalid for all messages together. */
export const addOneInvalid = (errors: Errors, path: string, value: unknown, messages: readonly string[]): void => {
  if (messages.length) errors.push(invalidValue(path, value, messages.join(', ')))
}

/** Required where empty, otherwise one Invalid per message. */
export const addRequiredName = (errors: Errors, path: string, value: string | undefined, judge: (name: string) => readonly string[]): void => {
  if (!value) errors.push(required(path))
  else addInvalid(errors, path, value, judge(value))
}

/** Required where empty, NotSupported where it is none of the choices. */
export const addChoice = (errors: Errors, path: string, value: string | undefined, choices: readonly string[]): void => {
  if (!value) errors.push(required(path))
  else if (!choices.includes(value)) errors.push(notSupported(path, value, choices))
}

/** NotSupported where it is none of the choices, the empty string included. */
export const addSupported = (errors: Errors, path: string, value: string | undefined, choices: readonly string[]): void => {
  if (!choices.includes(value ?? '')) errors.push(notSupported(path, value ?? '', choices))
}

export const addNonNegative = (errors: Errors, path: string, value: number | undefined): void => {
  if (value !== undefined && value < 0) errors.push(invalidValue(path, value, 'must be greater than or equal to 0'))
}

/** Upstream's names of paths into maps: field[key]. */
export const keyed = (path: string, key: string): string => `${path}[${key}]`
