// Reads a container's log: the tail, from a time on, and on and on while it is written; across rotations.
import { watch } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseLogLine } from './cri-log.ts'

export interface LogOptions {
  readonly follow?: boolean
  /** Undefined: all. */
  readonly tailLines?: number
  readonly sinceMs?: number
  readonly timestamps?: boolean
  readonly limitBytes?: number
  readonly stream?: 'stdout' | 'stderr'
}

const chunkBytes = 64 * 1024
const newline = Buffer.from('\n')
/** How often a follower looks whether the container still runs, beside being told of writes. */
const lookMs = 1000

/** Where the last `lines` lines begin. */
const findTail = async (handle: FileHandle, lines: number): Promise<number> => {
  const { size } = await handle.stat()
  if (lines <= 0) return size
  const buffer = Buffer.alloc(chunkBytes)
  let seen = 0
  for (let end = size; end > 0;) {
    const begin = Math.max(0, end - chunkBytes)
    await handle.read(buffer, 0, end - begin, begin)
    for (let i = end - begin - 1; i >= 0; i--) {
      // The newline that ends the file ends the last line, it does not begin another.
      if (buffer[i] === 0x0a && begin + i !== size - 1 && ++seen === lines) return begin + i + 1
    }
    end = begin
  }
  return 0
}

/** Yields pieces to send. Ends at the end of the file, or with `follow` when `isRunning` says no more comes, or with the signal. */
export async function* readLog(file: string, options: LogOptions, isRunning: () => boolean, signal: AbortSignal): AsyncGenerator<Buffer> {
  let handle = await open(file, 'r')
  let wake: (() => void) | undefined
  const watcher = options.follow ? watch(dirname(file), { persistent: false }, () => wake?.()) : undefined
  watcher?.on('error', () => undefined)
  const onAbort = (): void => wake?.()
  signal.addEventListener('abort', onAbort, { once: true })
  let left = options.limitBytes ?? Infinity
  let rest = Buffer.alloc(0)
  let continued = false
  const buffer = Buffer.alloc(chunkBytes)

  const render = (line: Buffer): Buffer | undefined => {
    const parsed = parseLogLine(line)
    if (!parsed || (options.stream && parsed.stream !== options.stream)) return undefined
    if (options.sinceMs !== undefined && Date.parse(parsed.time) < options.sinceMs) return undefined
    const parts = [parsed.text]
    if (options.timestamps && !continued) parts.unshift(Buffer.from(`${parsed.time} `))
    if (!parsed.partial) parts.push(newline)
    continued = parsed.partial
    return Buffer.concat(parts)
  }

  try {
    let position = options.tailLines === undefined ? 0 : await findTail(handle, options.tailLines)
    while (!signal.aborted && left > 0) {
      // Asked before reading: what was written before it ended is then read still.
      const running = isRunning()
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, position)
      position += bytesRead
      if (bytesRead > 0) {
        const data = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
        const pieces: Buffer[] = []
        let begin = 0
        for (let end = data.indexOf(0x0a); end >= 0; end = data.indexOf(0x0a, begin)) {
          const piece = render(data.subarray(begin, end))
          if (piece) pieces.push(piece)
          begin = end + 1
        }
        rest = Buffer.from(data.subarray(begin))
        const out = Buffer.concat(pieces)
        if (out.length) yield out.length > left ? out.subarray(0, left) : out
        left -= out.length
        continue
      }
      const rotated = await reopenIfRotated(file, handle)
      if (rotated) {
        await handle.close()
        handle = rotated
        position = 0
        continue
      }
      if (!options.follow || !running) return
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, lookMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      wake = undefined
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    watcher?.close()
    await handle.close()
  }
}

const reopenIfRotated = async (file: string, handle: FileHandle): Promise<FileHandle | undefined> => {
  const [now, held] = await Promise.all([stat(file).catch(() => undefined), handle.stat()])
  return now && now.ino !== held.ino ? open(file, 'r').catch(() => undefined) : undefined
}
