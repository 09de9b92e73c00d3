// Gives commands to nft. Small transactions go to one persistent interactive process (under a millisecond), big ones to a process of their own.
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Shell } from '../base/shell.types.ts'

/** nft refused a transaction; nothing of it took effect. Or it died, and then that is not known. */
export class NftError extends Error {
  override readonly name = 'NftError'
}

export interface Nft {
  /** One transaction: all or nothing. Calls are served one after the other. */
  apply(commands: readonly string[]): Promise<void>
  /** Standard output of one nft call; undefined when it fails. */
  query(...args: string[]): Promise<string | undefined>
  close(): Promise<void>
}

export interface NftOptions {
  /** How nft is called, e.g. with `nsenter` before it. */
  readonly command: readonly string[]
  readonly shell: Shell
  readonly clock: Clock
  readonly log: Logger
}

/** nft reads its terminal byte by byte: longer ones are quicker through a file. */
const maxInteractive = 16_384
/** It remembers every line for its history, so it is renewed now and then. */
const maxUses = 500
/** It holds a copy of the ruleset, so it is let go when nothing changes. */
const idleMs = 30_000
const timeoutMs = 30_000

export const createNft = ({ command, shell, clock, log }: NftOptions): Nft => {
  let child: ChildProcess | undefined
  let uses = 0
  let token = 0
  let closed = false
  let queue: Promise<unknown> = Promise.resolve()
  let cancelIdle: (() => void) | undefined
  let heard: ((text: string) => void) | undefined
  let died: ((error: Error) => void) | undefined

  const start = (): ChildProcess => {
    const [program = 'nft', ...args] = command
    // no HOME: it would keep a history file there
    const started = spawn(program, [...args, '-i'], {
      cwd: '/',
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/dev/null', LC_ALL: 'C' },
    })
    const end = (error: Error): void => {
      // one that was let go may end while the next one works
      if (child !== started) return
      child = undefined
      died?.(error)
    }
    started.once('error', error => end(new NftError(`cannot start nft: ${error.message}`)))
    started.once('exit', code => end(new NftError(`nft ended (${code ?? 'by a signal'})`)))
    started.stdin.on('error', () => undefined)
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (child === started) heard?.(text)
    })
    uses = 0
    return started
  }
  const stop = (): void => {
    cancelIdle?.()
    cancelIdle = undefined
    const last = child
    child = undefined
    last?.stdin?.end()
  }

  // Nothing says that a command was taken, so each is followed by a word that nft does not know: its complaint comes last.
  const interact = (commands: readonly string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      cancelIdle?.()
      if (uses >= maxUses) stop()
      child ??= start()
      uses++
      const marker = `end-of-transaction-${token++}`
      let text = ''
      const settle = (error?: Error): void => {
        clearTimeout(timer)
        heard = died = undefined
        cancelIdle = clock.after(idleMs, stop)
        if (error) reject(error)
        else resolve()
      }
      const timer = setTimeout(() => {
        child?.kill('SIGKILL')
        settle(new NftError(`nft did not answer within ${timeoutMs} ms`))
      }, timeoutMs)
      died = settle
      heard = more => {
        text += more
        const at = text.indexOf(`\n${marker}\n`)
        if (at < 0) return
        const lines = text.slice(0, at).split('\n')
        // the last line is the complaint about the marker
        const complaints = lines.slice(0, -1).filter(line => !/^[\s^~]*$/.test(line))
        settle(complaints.some(line => line.includes('Error:')) ? new NftError(complaints.join('\n').slice(0, 2000)) : undefined)
      }
      // nft 1.0.6 does not know `0:1;` for a priority, but `0:1 ;`
      child.stdin?.write(`${commands.join(' ; ')}\n${marker}\n`)
    })

  const throughFile = async (commands: readonly string[]): Promise<void> => {
    const { code, stderr } = await shell.run([...command, '-f', '-'], { input: `${commands.join('\n')}\n`, timeoutMs })
    if (code !== 0) throw new NftError(stderr.slice(0, 2000))
  }

  return {
    apply: commands => {
      if (closed) return Promise.reject(new NftError('nft is closed'))
      const length = commands.reduce((sum, text) => sum + text.length, 0)
      const interactive = length <= maxInteractive && commands.every(text => !text.includes('\n'))
      const result = queue.then(() => (interactive ? interact(commands) : throughFile(commands)))
      queue = result.catch(() => undefined)
      return result
    },
    query: async (...args) => {
      const { code, stdout, stderr } = await shell.run([...command, ...args], { timeoutMs })
      if (code === 0) return stdout
      log.debug({ args, stderr }, 'nft query failed')
      return undefined
    },
    close: async () => {
      if (closed) return
      closed = true
      await queue
      stop()
    },
  }
}
