// The live view of `wherry up`: one line for each thing that happens to pods and nodes, warnings, and what the keepers have to say. It lives
// in the server process, where the objects are in memory already.
import { closeSync, fstatSync, openSync, readSync, watch, writeSync, type FSWatcher } from 'node:fs'
import { join } from 'node:path'
import { events } from '../../api/kinds/core/event.ts'
import { nodes } from '../../api/kinds/core/node.ts'
import { pods } from '../../api/kinds/core/pod.ts'
import type { InformerFactory } from '../../client/types.ts'
import { toEventLine, toNodeGoneLine, toNodeLine, toPodGoneLine, toPodLine } from './lines.ts'

export type Print = (line: string) => void

/** Prints to a descriptor. A terminal that went away ends the view, never the process. */
export const printTo = (descriptor: number): Print => {
  let gone = false
  return line => {
    if (gone) return
    try {
      writeSync(descriptor, `${line}\n`)
    } catch (error) {
      // A full pipe (EAGAIN) loses a line; anything else means that nobody reads any more.
      gone = (error as NodeJS.ErrnoException).code !== 'EAGAIN'
    }
  }
}

export const withTime =
  (print: Print): Print =>
  line =>
    print(`${new Date().toTimeString().slice(0, 8)}  ${line}`)

/** Prints what changes from now on; what is there at the start is no news. */
export const showChanges = (informers: InformerFactory, print: Print): void => {
  const say = (line: string | undefined): void => {
    if (line !== undefined) print(line)
  }
  informers.of(pods).on({
    add: (pod, initial) => {
      if (!initial) say(toPodLine(pod))
    },
    update: (pod, old) => say(toPodLine(pod, old)),
    delete: pod => say(toPodGoneLine(pod)),
  })
  informers.of(nodes).on({
    add: (node, initial) => {
      if (!initial) say(toNodeLine(node))
    },
    update: (node, old) => say(toNodeLine(node, old)),
    delete: node => say(toNodeGoneLine(node)),
  })
  informers.of(events).on({
    add: (event, initial) => {
      if (!initial) say(toEventLine(event))
    },
    update: (event, old) => say(toEventLine(event, old)),
  })
}

/** Prints every line that keepers append to RUN/notices. Returns the end of it. */
export const showNotices = (run: string, print: Print): (() => void) => {
  const descriptor = openSync(join(run, 'notices'), 'a+', 0o600)
  let position = fstatSync(descriptor).size
  let rest = ''
  const read = (): void => {
    const buffer = Buffer.alloc(4096)
    for (let length; (length = readSync(descriptor, buffer, 0, buffer.length, position)) > 0; position += length) rest += buffer.toString('utf8', 0, length)
    const lines = rest.split('\n')
    rest = lines.pop()!
    for (const line of lines) print(line)
  }
  const watcher: FSWatcher = watch(join(run, 'notices'), { persistent: false }, read)
  return () => {
    watcher.close()
    closeSync(descriptor)
  }
}
