// Waiting in tests: by trying again until it holds, never by sleeping for as long as one hopes is enough.
import { setTimeout as delay } from 'node:timers/promises'

/**
 * A value that may be missing (`T | undefined`, `any`) could mean "not yet" as well as "done", so an attempt must not return one: it ends in
 * `?? false`, compares, or throws and returns nothing; an `any` is given its type.
 */
type Definite<T> = 0 extends 1 & T ? 'any may be undefined' : [T] extends [void] ? unknown : undefined extends T ? 'undefined is neither yes nor no' : unknown

/** Calls `attempt` until it does not throw (and not returns `false`), and returns what it returned. After `timeoutMs` the last error is thrown. */
export const eventually = async <T>(attempt: (() => T | Promise<T>) & Definite<T>, timeoutMs = 15_000, everyMs = 20): Promise<Exclude<T, false>> => {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    let failure: unknown
    try {
      const result = await attempt()
      if (result !== false) return result as Exclude<T, false>
      failure = new Error('still false')
    } catch (error) {
      failure = error
    }
    if (Date.now() > deadline)
      throw new Error(`not so within ${timeoutMs} ms: ${failure instanceof Error ? failure.message : String(failure)}`, { cause: failure })
    await delay(everyMs)
  }
}
