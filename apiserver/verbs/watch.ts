// WATCH: decides what to send first and from which revision on.
import type { Handler } from '../context.ts'
import { tooLargeResourceVersion } from '../errors.ts'
import { type Entry, StoreError } from '../../store/store.ts'
import { parseListOptions, parseResourceVersion } from './options.ts'
import { toSelection } from './selection.ts'

/** Without timeoutSeconds a watch lasts between half an hour and an hour, so that clients do not all come back together. */
const defaultTimeoutMs = (): number => 1_800_000 * (1 + Math.random())

export const watch: Handler = async ({ store }, { info, request }, served) => {
  const options = parseListOptions(info.query, true)
  // /watch/…/NAME streams one object.
  const selection = toSelection(served, info, options, info.watchPath ? info.name : undefined)
  const revision = parseResourceVersion(options.resourceVersion)
  const streaming = options.sendInitialEvents === true
  // No version or 0 means "what is there, then what comes", unless sendInitialEvents=false says to start with what comes.
  const wantsInitial = streaming || (options.sendInitialEvents === undefined && revision === 0)
  try {
    const initial: Entry[] = []
    let after = revision
    if (wantsInitial) {
      const freshness = revision > 0 ? { atLeast: revision } : options.resourceVersion === '0' ? ('any' as const) : ('consistent' as const)
      const result = await store.list(selection.prefix, { freshness, signal: request.signal })
      for (const entry of result.entries) if (selection.matches(entry)) initial.push(entry)
      after = result.revision
    } else if (revision === 0) after = await store.currentRevision(request.signal)
    return {
      kind: 'watch',
      plan: {
        served,
        selection,
        initial,
        after,
        initialBookmark: streaming && options.allowWatchBookmarks,
        bookmarks: options.allowWatchBookmarks,
        timeoutMs: options.timeoutSeconds && options.timeoutSeconds > 0 ? options.timeoutSeconds * 1000 : defaultTimeoutMs(),
        includeObject: info.query.get('includeObject'),
      },
    }
  } catch (error) {
    if (error instanceof StoreError && error.code === 'FutureRevision') throw tooLargeResourceVersion(revision, error.revision ?? store.observedRevision())
    throw error
  }
}
