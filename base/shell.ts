// One persistent /bin/sh that starts programs for us: about a millisecond a call, where a spawn from a big Node process blocks the
// event loop for twenty. Each call's input and output are unlinked memory files, which the program opens through /proc/<us>/fd, so any
// bytes pass unframed and nothing is left behind by a crash. Long-lived children (etcd, containerd) are not started here.
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { accessSync, closeSync, constants, existsSync, fstatSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from './log.ts'
import type { RunOptions, RunResult, Shell } from './shell.types.ts'

export type ExecErrorCode = 'timeout' | 'not-found' | 'lost' | 'closed' | 'invalid'

/** A program could not be run to its end. `lost`: the helper shell died before it reported; the program may or may not have run. */
export class ExecError extends Error {
  readonly code: ExecErrorCode
  constructor(code: ExecErrorCode, message: string) {
    super(message)
    this.name = 'ExecError'
    this.code = code
  }
}

/** Quotes one word for a POSIX shell, exactly. */
export const quoteWord = (word: string): string => (/^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)

interface Call {
  readonly argv: readonly string[]
  readonly files: { input?: number; stdout: number; stderr: number }
  pid?: number
  /** Set once the caller has been answered early (time-out, abort): the program is to die. */
  abandoned: boolean
  settle(outcome: RunResult | Error): void
}

/** One life of the helper process. Its calls may outlive it: the report pipe stays open until the last of them has ended. */
interface Helper {
  readonly child: ChildProcess
  readonly reports: Socket
  readonly calls: Map<number, Call>
  alive: boolean
}

const searchPath = `${process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}:/usr/local/sbin:/usr/sbin:/sbin`

/** A file without a name, in memory where there is a /dev/shm. */
const openNameless = (directory: string): number => {
  const path = join(directory, `.wherry-${randomBytes(9).toString('base64url')}`)
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600)
  unlinkSync(path)
  return fd
}

const readAll = (fd: number): string => {
  const bytes = Buffer.allocUnsafe(fstatSync(fd).size)
  let length = 0
  while (length < bytes.length) {
    const read = readSync(fd, bytes, length, bytes.length - length, length)
    if (read === 0) break
    length += read
  }
  return bytes.toString('utf8', 0, length)
}

const writeAll = (fd: number, text: string): void => {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at, bytes.length - at, at)
}

const isExecutable = (program: string): boolean => {
  const candidates = program.includes('/') ? [program] : searchPath.split(':').map(dir => join(dir, program))
  return candidates.some(path => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has just ended
  }
}

export const createShell = ({ log }: { log?: Logger } = {}): Shell => {
  const directory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  let helper: Helper | undefined
  let closed = false
  let nextId = 0

  const endCall = (of: Helper, id: number, code: number | undefined): void => {
    const call = of.calls.get(id)
    if (!call) return
    of.calls.delete(id)
    if (of.calls.size === 0) of.reports.unref()
    try {
      if (code === undefined) call.settle(new ExecError('lost', `the helper shell died while ${call.argv[0] ?? ''} ran`))
      else if ((code === 127 || code === 126) && !isExecutable(call.argv[0] ?? ''))
        call.settle(new ExecError('not-found', `${call.argv[0] ?? ''}: no such program`))
      else call.settle({ code, stdout: readAll(call.files.stdout), stderr: readAll(call.files.stderr) })
    } catch (error) {
      call.settle(error as Error)
    } finally {
      for (const fd of [call.files.input, call.files.stdout, call.files.stderr]) if (fd !== undefined) closeSync(fd)
    }
  }

  const onReport = (of: Helper, line: string): void => {
    const [what, id = '', value] = line.split(' ')
    if (what === 'e') {
      endCall(of, Number(id), Number(value))
      // the subshell that reported is about to exit: reaped, or it would stay as a zombie until the next call
      if (of.alive) of.child.stdin?.write(`wait "$j${id}"; unset j${id}\n`)
      return
    }
    const call = of.calls.get(Number(id))
    if (!call) return
    call.pid = Number(value)
    if (call.abandoned) kill(call.pid)
  }

  const startHelper = (): Helper => {
    const child = spawn('/bin/sh', [], { cwd: '/', stdio: ['pipe', 'ignore', 'ignore', 'pipe'], env: { ...process.env, PATH: searchPath, LC_ALL: 'C' } })
    const reports = child.stdio[3] as Socket
    const started: Helper = { child, reports, calls: new Map(), alive: true }
    const die = (): void => {
      if (started.alive && !closed) log?.warn({ pid: child.pid }, 'the helper shell has died; the next call starts another')
      started.alive = false
      if (helper === started) helper = undefined
    }
    child.once('error', error => {
      log?.error({ err: error }, 'cannot start /bin/sh')
      die()
      reports.destroy()
    })
    child.once('exit', die)
    child.stdin?.on('error', die)
    let rest = ''
    reports.setEncoding('latin1')
    reports.on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) onReport(started, line)
    })
    reports.on('error', () => undefined)
    reports.once('close', () => {
      for (const id of [...started.calls.keys()]) endCall(started, id, undefined)
    })
    child.unref()
    reports.unref()
    ;(child.stdin as Socket | null)?.unref()
    return started
  }

  const run = (argv: readonly string[], options: RunOptions = {}): Promise<RunResult> => {
    if (closed) return Promise.reject(new ExecError('closed', `cannot run ${argv[0] ?? ''}: the shell is closed`))
    if (!argv[0] || argv.some(word => word.includes('\0')))
      return Promise.reject(new ExecError('invalid', 'a command line needs a program and may not contain NUL'))
    const { signal, timeoutMs = 10_000 } = options
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    helper ??= startHelper()
    const mine = helper
    const id = nextId++
    return new Promise((resolve, reject) => {
      const abandon = (reason: Error): void => {
        if (call.pid !== undefined) kill(call.pid)
        call.abandoned = true
        call.settle(reason)
      }
      const onAbort = (): void => abandon(signal?.reason as Error)
      const timer = setTimeout(() => abandon(new ExecError('timeout', `${argv.join(' ').slice(0, 200)} did not end within ${timeoutMs} ms`)), timeoutMs)
      const files: Call['files'] = { stdout: openNameless(directory), stderr: openNameless(directory) }
      if (options.input) writeAll((files.input = openNameless(directory)), options.input)
      const call: Call = {
        argv,
        files,
        abandoned: false,
        settle: outcome => {
          clearTimeout(timer)
          signal?.removeEventListener('abort', onAbort)
          if (outcome instanceof Error) reject(outcome)
          else resolve(outcome)
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      if (mine.calls.size === 0) mine.reports.ref()
      mine.calls.set(id, call)
      const file = (fd: number): string => `/proc/${process.pid}/fd/${fd}`
      const redirections = `<${files.input === undefined ? '/dev/null' : file(files.input)} >${file(files.stdout)} 2>${file(files.stderr)} 3>&-`
      // `exec` in the inner list, so that the reported pid is the program's own
      mine.child.stdin?.write(`{ exec ${argv.map(quoteWord).join(' ')} ${redirections} & echo p ${id} $! >&3; wait $!; echo e ${id} $? >&3; } & j${id}=$!\n`)
    })
  }

  const close = (): Promise<void> => {
    if (closed) return Promise.resolve()
    closed = true
    const last = helper
    helper = undefined
    if (!last) return Promise.resolve()
    for (const call of last.calls.values()) call.settle(new ExecError('closed', `the shell was closed while ${call.argv[0] ?? ''} ran`))
    return new Promise(resolve => {
      if (!last.alive) {
        resolve()
        return
      }
      last.child.ref()
      last.child.once('exit', () => resolve())
      last.child.once('error', () => resolve())
      last.child.stdin?.end()
    })
  }

  helper = startHelper()
  return { run, close }
}
