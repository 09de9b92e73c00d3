// Keeps what a start compiled for the next one. Node would write it at the end of the process: one that is killed never comes to that, and after
// hours V8 has dropped the code that only starts need.
import { flushCompileCache } from 'node:module'

/** When a process that has started has come to rest. */
const afterMs = 2_000

/** To be called once everything has started. Does something only at the first start of a version: some ten milliseconds. */
export const keepCompiled = (): void => void setTimeout(flushCompileCache, afterMs).unref()
