// LIST: a consistent snapshot, in pages where asked. Pages carry the snapshot's revision in their token, so that all show the same state.
import { badRequest, gone, StatusError } from '../../api/status.ts'
import { type Freshness, StoreError } from '../../store/store.ts'
import type { Handler } from '../context.ts'
import { tooLargeResourceVersion } from '../errors.ts'
import { parseListOptions, parseResourceVersion, type ListOptions } from './options.ts'
import { toSelection } from './selection.ts'

/** Upstream's token: base64url of {v, rv, start}; rv -1 means "go on from here, whatever is there now". */
interface Token {
  rv: number
  start: string
}

const encodeToken = ({ rv, start }: Token): string => Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv, start })).toString('base64url')

const decodeToken = (text: string): Token => {
  const fail = (why: string): never => {
    throw badRequest(`continue key is not valid: ${why}`)
  }
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return fail('it cannot be decoded')
  }
  if (typeof value !== 'object' || value === null) return fail('it is no object')
  const { v, rv, start } = value as Record<string, unknown>
  if (v !== 'meta.k8s.io/v1') return fail(`server does not recognize this encoded version ${JSON.stringify(v ?? '')}`)
  if (typeof rv !== 'number' || !Number.isInteger(rv) || rv === 0) return fail('incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  if (typeof start !== 'string' || start === '') return fail('encoded start key empty (version meta.k8s.io/v1)')
  if (start.includes('..') && `/${start}`.split('/').includes('..')) return fail(JSON.stringify(start))
  return { rv, start }
}

const toListFreshness = (o: ListOptions, paged: boolean): Freshness => {
  if (o.resourceVersion === '') return 'consistent'
  const revision = parseResourceVersion(o.resourceVersion)
  if (o.resourceVersionMatch === 'Exact') return { exactly: revision }
  if (revision === 0) return 'any'
  // Without a match, a page at a version is that version exactly (upstream's legacy semantics).
  return paged && !o.resourceVersionMatch ? { exactly: revision } : { atLeast: revision }
}

/** The event loop is given back after this many entries were looked at. */
const yieldEvery = 2_000

export const list: Handler = async ({ store }, { info, request }, served) => {
  const options = parseListOptions(info.query, false)
  const selection = toSelection(served, info, options)
  const limit = Math.max(0, options.limit)
  const token = options.continue ? decodeToken(options.continue) : undefined
  if (token && options.resourceVersion !== '' && options.resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue')
  const freshness: Freshness = token ? (token.rv > 0 ? { exactly: token.rv } : 'consistent') : toListFreshness(options, limit > 0)
  // The token's start is the first key of the next page: upstream ends it with a NUL after the last key of this one.
  const startAfter = token && selection.prefix + token.start.replace(/\0$/, '')
  try {
    const result = await store.list(selection.prefix, { freshness, signal: request.signal, ...(startAfter !== undefined && { startAfter }) })
    const entries = []
    let seen = 0
    let more = false
    for (const entry of result.entries) {
      if (limit && entries.length === limit) {
        more = true
        break
      }
      seen++
      if (selection.matches(entry)) entries.push(entry)
      if (seen % yieldEvery === 0) await new Promise(setImmediate)
    }
    const last = entries.at(-1)
    const next = more && last ? encodeToken({ rv: result.revision, start: `${last.key.slice(selection.prefix.length)}\0` }) : undefined
    return {
      kind: 'list',
      served,
      entries,
      revision: result.revision,
      ...(next !== undefined && { continue: next, ...(selection.everything && { remaining: result.count - entries.length }) }),
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    if (error.code === 'FutureRevision' && typeof freshness === 'object')
      throw tooLargeResourceVersion('atLeast' in freshness ? freshness.atLeast : freshness.exactly, error.revision ?? store.observedRevision())
    if (error.code !== 'Compacted') throw error
    if (!token) throw gone(`The resourceVersion for the provided list is too old: ${error.message}`)
    const expired = new StatusError(
      410,
      'Expired',
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    )
    expired.status.metadata = { continue: encodeToken({ rv: -1, start: token.start }) }
    throw expired
  }
}
