// Headers that carry an identity (Impersonate-*, X-Remote-*): their repeated values, and the keys that are part of a header's name.
import type { ApiRequest } from '../http/answer.ts'

export const headerValues = (headers: ApiRequest['headers'], name: string): string[] => {
  const value = headers[name.toLowerCase()]
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

const unescape = (key: string): string => {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}

/** `Prefix-KEY: value` by key; keys are lower-case and percent-encoded where a header's name cannot hold them. */
export const extraFrom = (headers: ApiRequest['headers'], prefix: string): Record<string, string[]> => {
  const start = prefix.toLowerCase()
  // No prototype: a client chooses the keys.
  const extra = Object.create(null) as Record<string, string[]>
  for (const header of Object.keys(headers)) {
    if (!header.startsWith(start)) continue
    const key = unescape(header.slice(start.length))
    extra[key] = [...(extra[key] ?? []), ...headerValues(headers, header)]
  }
  return extra
}
