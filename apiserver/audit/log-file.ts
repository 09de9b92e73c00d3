// Audit events as lines of a file that is turned over when it is full. Whoever writes never waits: what the disk cannot take is dropped
// and counted, beyond a bound.
import { access, type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'

export interface AuditSink {
  /** One event, without a line break. Never blocks, never throws. */
  write(line: string): void
  /** Events that were dropped, because the queue was full or the disk refused them. */
  readonly dropped: number
  /** Resolves when what was written is on the disk, or cannot be. */
  close(): Promise<void>
}

export interface AuditLogConfig {
  /** `-` is the standard output. */
  readonly path: string
  /** A file larger than this is turned over. */
  readonly maxBytes: number
  /** How many old files are kept, and for how long; 0: all, for ever. */
  readonly maxBackups: number
  readonly maxAgeMs: number
}

/** What may wait for the disk. */
const maxQueuedBytes = 16 * 2 ** 20
/** Written at once, so that files are not much larger than they may be. */
const batchBytes = 256 * 1024

interface Queue {
  take(): Buffer[]
  readonly waiting: boolean
  add(line: Buffer): boolean
}

const createQueue = (): Queue => {
  let lines: Buffer[] = []
  let bytes = 0
  return {
    get waiting() {
      return lines.length > 0
    },
    add: line => {
      if (bytes + line.length > maxQueuedBytes) return false
      lines.push(line)
      bytes += line.length
      return true
    },
    take: () => {
      let size = 0
      const until = lines.findIndex(line => (size += line.length) > batchBytes)
      const taken = until < 0 ? lines : lines.slice(0, Math.max(1, until))
      lines = lines.slice(taken.length)
      for (const line of taken) bytes -= line.length
      return taken
    },
  }
}

/** `audit.log` becomes `audit-2026-01-31T10-20-30.400.log`. */
const backupName = (path: string, nowMs: number): string => {
  const ending = extname(path)
  const stamp = new Date(nowMs).toISOString().replaceAll(':', '-').replace('Z', '')
  return join(dirname(path), `${basename(path, ending)}-${stamp}${ending}`)
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

const backupPattern = (path: string): RegExp => {
  const ending = extname(path)
  const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${literal(basename(path, ending))}-(\\d{4}-\\d\\d-\\d\\dT\\d\\d)-(\\d\\d)-(\\d\\d\\.\\d{3})${literal(ending)}$`)
}

const prune = async ({ path, maxBackups, maxAgeMs }: AuditLogConfig, nowMs: number): Promise<void> => {
  if (!maxBackups && !maxAgeMs) return
  const pattern = backupPattern(path)
  const found = (await readdir(dirname(path))).filter(name => pattern.test(name)).sort()
  const excess = maxBackups ? found.slice(0, Math.max(0, found.length - maxBackups)) : []
  const old = maxAgeMs ? found.filter(name => nowMs - Date.parse(name.replace(pattern, '$1:$2:$3Z')) > maxAgeMs) : []
  await Promise.all([...new Set([...excess, ...old])].map(name => rm(join(dirname(path), name), { force: true })))
}

interface Output {
  write(lines: readonly Buffer[]): Promise<void>
  close(): Promise<void>
}

const createFileOutput = (config: AuditLogConfig, clock: Clock): Output => {
  let file: FileHandle | undefined
  let size = 0
  const close = async (): Promise<void> => {
    const closing = file
    file = undefined
    await closing?.close()
  }
  const ensureOpen = async (): Promise<FileHandle> => {
    if (file) return file
    await mkdir(dirname(config.path), { recursive: true })
    file = await open(config.path, 'a', 0o600)
    size = (await file.stat()).size
    return file
  }
  const turnOver = async (): Promise<void> => {
    await close()
    let nowMs = clock.now()
    while (await isThere(backupName(config.path, nowMs))) nowMs++
    await rename(config.path, backupName(config.path, nowMs))
    await prune(config, clock.now())
  }
  return {
    close,
    write: async lines => {
      const bytes = Buffer.concat(lines)
      await ensureOpen()
      if (size > 0 && size + bytes.length > config.maxBytes) await turnOver()
      const output = await ensureOpen()
      try {
        for (let at = 0; at < bytes.length;) at += (await output.write(bytes, at)).bytesWritten
        size += bytes.length
      } catch (error) {
        // Opened anew at the next try: the disk may be another one by then.
        await close().catch(() => undefined)
        throw error
      }
    },
  }
}

const standardOutput: Output = {
  write: lines => new Promise((resolve, reject) => process.stdout.write(Buffer.concat(lines), error => (error ? reject(error) : resolve()))),
  close: () => Promise.resolve(),
}

export const createAuditLog = (config: AuditLogConfig, { clock, log }: { clock: Clock; log: Logger }): AuditSink => {
  const output = config.path === '-' ? standardOutput : createFileOutput(config, clock)
  const queue = createQueue()
  let dropped = 0
  let closed = false
  let writing: Promise<void> | undefined

  const drain = async (): Promise<void> => {
    while (queue.waiting) {
      const lines = queue.take()
      try {
        await output.write(lines)
      } catch (error) {
        dropped += lines.length
        log.error({ err: error, events: lines.length }, 'audit events could not be written')
      }
    }
  }
  const start = (): void => {
    writing ??= drain().finally(() => {
      writing = undefined
      if (queue.waiting) start()
    })
  }

  return {
    write: line => {
      if (closed || !queue.add(Buffer.from(`${line}\n`))) dropped++
      else start()
    },
    get dropped() {
      return dropped
    },
    close: async () => {
      closed = true
      while (writing) await writing
      await output.close()
    },
  }
}
