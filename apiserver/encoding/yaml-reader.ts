// Reads YAML bodies. Large ones are read in a thread of their own, one after the other: the library needs seconds for some texts of a few
// megabytes, and everybody else would wait for them.
import { Worker } from 'node:worker_threads'
import { parseJson } from '../../api/json.ts'
import type { JsonValue } from '../../api/patch/json-value.ts'
import { parseYaml, readAsJson } from './yaml.ts'

export interface ReadYaml {
  readonly value: JsonValue
  readonly duplicates: readonly string[]
}

export interface YamlReader {
  /** The first document, as JSON. Throws SyntaxError for what is no YAML. */
  read(bytes: Buffer): Promise<ReadYaml>
  close(): Promise<void>
}

export interface YamlLimits {
  /** Bodies up to here take less than a few milliseconds, whatever is in them. */
  readonly hereBytes: number
  /** How long one body may take, and how long the thread waits for the next one. */
  readonly taskMs: number
  readonly idleMs: number
  /** Bodies that may wait. */
  readonly maxWaiting: number
}

export const defaultYamlLimits: YamlLimits = { hereBytes: 4 * 1024, taskMs: 20_000, idleMs: 30_000, maxWaiting: 100 }

/** As text: cloned objects would have a prototype, and numbers lose their digits. `ready` comes once, when the thread can begin. */
export type ThreadAnswer = { readonly ready: true } | { readonly json: string; readonly duplicates: readonly string[] } | { readonly fault: string }

interface Task {
  readonly bytes: Buffer
  readonly resolve: (answer: ReadYaml) => void
  readonly reject: (error: Error) => void
}

const toRead = ({ json, duplicates }: { readonly json: string; readonly duplicates: readonly string[] }): ReadYaml => ({
  value: parseJson(json).value as JsonValue,
  duplicates,
})

const refuse = (why: string): SyntaxError => new SyntaxError(why)

// As a source file or as a part of the bundle, the thread's code lies beside this one.
const threadFile = (): URL => new URL(`./yaml-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

export const createYamlReader = (limits = defaultYamlLimits): YamlReader => {
  const waiting: Task[] = []
  let thread: Worker | undefined
  let isReady = false
  let current: Task | undefined
  let timer: NodeJS.Timeout | undefined

  const wait = (ms: number, run: () => void): void => {
    clearTimeout(timer)
    timer = setTimeout(run, ms).unref()
  }
  const end = (): Promise<unknown> => {
    const ending = thread
    thread = undefined
    clearTimeout(timer)
    return ending?.terminate() ?? Promise.resolve()
  }
  const finish = (settle: (task: Task) => void): void => {
    const done = current
    current = undefined
    if (done) settle(done)
    next()
  }
  const open = (): Worker => {
    const opened = new Worker(threadFile(), { resourceLimits: { maxOldGenerationSizeMb: 256 }, stderr: true, stdout: true })
    opened.unref()
    opened.on('message', (answer: ThreadAnswer) => {
      if (thread !== opened) return
      if ('ready' in answer) {
        isReady = true
        if (current) hand(opened, current)
      } else finish(task => ('fault' in answer ? task.reject(refuse(answer.fault)) : task.resolve(toRead(answer))))
    })
    const failed = (error: Error): void => {
      if (thread !== opened) return
      thread = undefined
      finish(task => task.reject(refuse(`the document cannot be read: ${error.message}`)))
    }
    opened.on('error', failed)
    opened.on('exit', () => failed(new Error('it takes too much memory')))
    return opened
  }
  const next = (): void => {
    if (current) return
    current = waiting.shift()
    if (!current) {
      wait(limits.idleMs, () => void end())
      return
    }
    if (!thread) {
      isReady = false
      thread = open()
    } else if (isReady) hand(thread, current)
  }
  /** The time runs from here: that a thread takes long to start on a busy machine is no fault of the document's. */
  const hand = (to: Worker, { bytes }: Task): void => {
    to.postMessage(bytes)
    wait(limits.taskMs, () => {
      void end()
      finish(task => task.reject(refuse('the document takes too long to read')))
    })
  }

  return {
    read: async bytes => {
      if (bytes.length <= limits.hereBytes) return parseYaml(bytes)
      const json = readAsJson(bytes)
      if (json) return json
      if (waiting.length >= limits.maxWaiting) throw refuse('too many large documents are being read')
      return new Promise((resolve, reject) => {
        waiting.push({ bytes, resolve, reject })
        next()
      })
    },
    close: async () => {
      for (const task of [...(current ? [current] : []), ...waiting.splice(0)]) task.reject(refuse('the server is stopping'))
      current = undefined
      await end()
    },
  }
}
