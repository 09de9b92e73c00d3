// What a request's URL says: pure.
import { ApiRefusal } from './lookup.ts'

export interface ParsedRequest {
  readonly path: string[]
  readonly query: URLSearchParams
}

export const parseRequest = ({ url = '/' }: { url?: string | undefined }): ParsedRequest => {
  const { pathname, searchParams } = new URL(url, 'https://agent')
  return { path: pathname.split('/').filter(Boolean).map(decodeURIComponent), query: searchParams }
}

/** Older and newer callers name some flags differently. */
export const isOn = (query: URLSearchParams, ...names: string[]): boolean => names.some(name => ['1', 'true', ''].includes(query.get(name) ?? 'no'))

export const toNumber = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new ApiRefusal(400, `${name} must be a whole number of zero or more`)
  return value
}
