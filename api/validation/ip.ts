// IP addresses and blocks as upstream reads them: leading zeros of IPv4 parts are accepted ("sloppy"), zones are not.
import { invalidValue } from '../field-error.ts'
import type { Errors } from './collect.ts'

const part4 = /^\d{1,3}$/
/** The bytes of an address, or undefined. */
export const parseIp = (text: string): readonly number[] | undefined => (text.includes(':') ? parseIp6(text) : parseIp4(text))

const parseIp4 = (text: string): number[] | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  const bytes: number[] = []
  for (const part of parts) {
    const value = part4.test(part) || /^0+\d{1,3}$/.test(part) ? Number(part) : 256
    if (value > 255) return undefined
    bytes.push(value)
  }
  return bytes
}

const parseIp6 = (text: string): number[] | undefined => {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const read = (half: string): number[] | undefined => {
    if (half === '') return []
    const bytes: number[] = []
    const groups = half.split(':')
    for (const [i, group] of groups.entries()) {
      if (group.includes('.')) {
        const four = i === groups.length - 1 ? parseIp4(group) : undefined
        if (!four) return undefined
        bytes.push(...four)
      } else if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
        const value = parseInt(group, 16)
        bytes.push(value >> 8, value & 255)
      } else return undefined
    }
    return bytes
  }
  const head = read(halves[0] ?? '')
  const tail = halves.length === 2 ? read(halves[1] ?? '') : []
  if (!head || !tail) return undefined
  const missing = 16 - head.length - tail.length
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined
  return [...head, ...new Array<number>(missing).fill(0), ...tail]
}

export const isValidIp = (text: string): boolean => parseIp(text) !== undefined
export const isMapped4 = (bytes: readonly number[]): boolean =>
  bytes.length === 16 && bytes.slice(0, 10).every(b => b === 0) && bytes[10] === 255 && bytes[11] === 255
export const isIp6 = (text: string): boolean => text.includes(':') && isValidIp(text)

export const addIp = (errors: Errors, path: string, text: string): boolean => {
  if (isValidIp(text)) return true
  errors.push(invalidValue(path, text, 'must be a valid IP address'))
  return false
}

export interface Cidr {
  bytes: readonly number[]
  length: number
}
export const parseCidr = (text: string): Cidr | undefined => {
  const slash = text.indexOf('/')
  const bytes = slash < 0 ? undefined : parseIp(text.slice(0, slash))
  const length = text.slice(slash + 1)
  if (!bytes || !/^\d{1,3}$/.test(length) || Number(length) > bytes.length * 8) return undefined
  return { bytes, length: Number(length) }
}
export const isValidCidr = (text: string): boolean => parseCidr(text) !== undefined
export const addCidr = (errors: Errors, path: string, text: string): boolean => {
  if (isValidCidr(text)) return true
  errors.push(invalidValue(path, text, 'must be a valid CIDR block'))
  return false
}

/** Canonical text of an address: RFC 5952 for IPv6. */
export const formatIp = (bytes: readonly number[]): string => {
  if (bytes.length === 4) return bytes.join('.')
  if (isMapped4(bytes)) return bytes.slice(12).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16))
  let [start, size] = [-1, 1]
  for (let i = 0; i < 8; i++) {
    let j = i
    while (j < 8 && groups[j] === '0') j++
    if (j - i > size) [start, size] = [i, j - i]
  }
  return start < 0 ? groups.join(':') : `${groups.slice(0, start).join(':')}::${groups.slice(start + size).join(':')}`
}

/** Addresses that lead nowhere as an endpoint. */
export const addNonSpecialIp = (errors: Errors, path: string, text: string): void => {
  const parsed = parseIp(text)
  if (!parsed) {
    errors.push(invalidValue(path, text, 'must be a valid IP address'))
    return
  }
  const bytes = isMapped4(parsed) ? parsed.slice(12) : parsed
  const [a = 0, b = 0, c = 0] = bytes
  const four = bytes.length === 4
  if (bytes.every(x => x === 0)) errors.push(invalidValue(path, text, 'may not be unspecified'))
  if (four ? a === 127 : bytes.slice(0, 15).every(x => x === 0) && bytes[15] === 1) errors.push(invalidValue(path, text, 'may not be in the loopback range'))
  if (four ? a === 169 && b === 254 : a === 0xfe && (b & 0xc0) === 0x80) errors.push(invalidValue(path, text, 'may not be in the link-local range'))
  if (four ? a === 224 && b === 0 && c === 0 : a === 0xff && (b & 0x0f) === 0x02)
    errors.push(invalidValue(path, text, 'may not be in the link-local multicast range'))
}

/** Whether there is at least one of each family. */
export const isDualStack = (texts: readonly string[]): boolean => texts.some(t => t.includes(':')) && texts.some(t => !t.includes(':'))
