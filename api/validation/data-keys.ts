// The data of config maps and secrets.
import { tooLong } from '../field-error.ts'
import { addInvalid, type Errors, keyed } from './collect.ts'
import { isConfigMapKey } from './names.ts'

export const maxDataBytes = 1024 * 1024

/** Bytes of base64 text once decoded. */
export const decodedLength = (base64: string): number => {
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0
  return Math.floor((base64.length * 3) / 4) - padding
}

/** Judges the keys; answers the size of the values. */
export const validateDataKeys = (errors: Errors, path: string, data: Readonly<Record<string, string>> | undefined, size: (value: string) => number): number => {
  let total = 0
  for (const key in data) {
    addInvalid(errors, keyed(path, key), key, isConfigMapKey(key))
    total += size(data[key] ?? '')
  }
  return total
}

export const validateDataSize = (errors: Errors, path: string, bytes: number): void => {
  if (bytes > maxDataBytes) errors.push(tooLong(path, maxDataBytes))
}
