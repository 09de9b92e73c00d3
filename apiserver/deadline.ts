// How long a request may take that is neither a watch nor a stream: the server's limit, or less where `timeout=` asks for less. What was
// waited for is told to give up; a write that is on its way may still be done, as upstream has it.
import type { Clock } from '../base/clock.ts'
import { badRequest, StatusError } from '../api/status.ts'
import type { ApiRequest } from './http/answer.ts'
import type { RequestInfo } from './request-info.ts'

const unitMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** A Go duration in milliseconds; undefined for what is none. */
export const parseDuration = (text: string): number | undefined => {
  const [, sign, rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? []
  if (rest === '0') return 0
  if (!/^((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined
  let ms = 0
  for (const [, amount, unit] of rest.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) ms += Number(amount) * unitMs[unit!]!
  return sign === '-' ? -ms : ms
}

const longRunning = new Set(['attach', 'exec', 'log', 'portforward', 'proxy'])

export const isLongRunning = (info: RequestInfo): boolean =>
  info.isResource && (info.verb === 'watch' || info.verb === 'proxy' || longRunning.has(info.subresource))

/** Undefined for requests that may last. Throws 400 for a timeout that is none; zero and less ask for the server's. */
export const deadlineMs = (info: RequestInfo, limitMs: number): number | undefined => {
  if (isLongRunning(info)) return undefined
  const text = info.query.get('timeout')
  if (!text) return limitMs
  const wanted = parseDuration(text)
  if (wanted === undefined) throw badRequest(`invalid timeout specified in the request URL - time: invalid duration ${JSON.stringify(text)}`)
  return wanted > 0 && wanted < limitMs ? wanted : limitMs
}

const timedOut = (): StatusError => new StatusError(504, 'Timeout', 'Timeout: request did not complete within the allotted timeout', {})

/** The outcome of `work`, or 504 when it takes longer; the request's signal is aborted then. */
export const withDeadline = async <T>(clock: Clock, request: ApiRequest, ms: number | undefined, work: Promise<T>): Promise<T> => {
  if (ms === undefined) return work
  const { promise: expired, reject } = Promise.withResolvers<never>()
  const cancel = clock.after(ms, () => {
    const error = timedOut()
    reject(error)
    request.cancel?.(error)
  })
  try {
    return await Promise.race([work, expired])
  } finally {
    cancel()
  }
}
