// The processes that keep.sh keeps: starting a keeper, seeing whether it and its program run, stopping both.
// A pid counts only together with its start time, so that a pid given away again is never taken for ours.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

export interface ProcessMark {
  readonly pid: number
  readonly ticks: string
}

export interface Kept {
  readonly name: string
  /** Directory of `NAME.pid` and `NAME.keeper`. */
  readonly run: string
}

const keepScript = join(import.meta.dirname, 'keep.sh')

/** Start time of a process in clock ticks since boot (proc(5), field 22); undefined when there is none. */
export const readStartTicks = async (pid: number): Promise<string | undefined> => {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** The process that a mark file names, when it is still that process. */
export const readMark = async (file: string): Promise<ProcessMark | undefined> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return undefined
  }
  const [pid, ticks] = text.trim().split(' ')
  if (!pid || !ticks || (await readStartTicks(Number(pid))) !== ticks) return undefined
  return { pid: Number(pid), ticks }
}

export const readProgram = ({ name, run }: Kept): Promise<ProcessMark | undefined> => readMark(join(run, `${name}.pid`))
export const readKeeper = ({ name, run }: Kept): Promise<ProcessMark | undefined> => readMark(join(run, `${name}.keeper`))

/** Ends in a row, within some two seconds, that say that a program cannot run here. */
const vainStarts = 4

/** Rejects with one sentence when a program ends as often as it is started; to be called while waiting for it. */
export const refuseVainStarts = async ({ name, run }: Kept, log: string): Promise<void> => {
  const notices = await readFile(join(run, 'notices'), 'utf8').catch(() => '')
  if (notices.split('\n').filter(line => line.startsWith(`${name} ended`)).length < vainStarts) return
  const said = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').at(-1)!
  throw new Error(`${name} ends as soon as it is started (${said.slice(0, 400)}): see ${log}`)
}

/**
 * Starts a keeper that outlives this process. Idempotent: `false` when one already runs. A program left by a dead keeper is taken over,
 * not started a second time.
 */
export const ensureKept = async (
  kept: Kept,
  log: string,
  argv: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<boolean> => {
  if (await readKeeper(kept)) return false
  await mkdir(kept.run, { recursive: true, mode: 0o711 })
  await mkdir(dirname(log), { recursive: true, mode: 0o700 })
  // `setsid --fork`: the keeper becomes a child of init, in a session and process group of its own.
  const child = spawn('setsid', ['--fork', 'sh', keepScript, kept.name, kept.run, log, ...argv], {
    stdio: 'ignore',
    cwd: options.cwd ?? '/',
    ...(options.env && { env: options.env }),
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`cannot start ${kept.name}: setsid ended with status ${code}`)
  return true
}

const endOf = async (mark: ProcessMark, timeoutMs: number): Promise<boolean> => {
  const deadline = Date.now() + timeoutMs
  while (Date.now() < deadline) {
    if ((await readStartTicks(mark.pid)) !== mark.ticks) return true
    await delay(10)
  }
  return false
}

const signal = (mark: ProcessMark, name: NodeJS.Signals): void => {
  try {
    process.kill(mark.pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Ends one process with TERM, after `graceMs` with KILL. Resolves when it is gone. */
export const endProcess = async (mark: ProcessMark, graceMs: number): Promise<void> => {
  signal(mark, 'SIGTERM')
  if (await endOf(mark, graceMs)) return
  signal(mark, 'SIGKILL')
  if (!(await endOf(mark, 5000))) throw new Error(`process ${mark.pid} does not end, not even by SIGKILL`)
}

/** Ends the keeper and its program, whichever of them runs. Idempotent. `graceMs` is how long the program may take. */
export const stopKept = async (kept: Kept, graceMs = 15_000): Promise<void> => {
  const keeper = await readKeeper(kept)
  if (keeper) await endProcess(keeper, graceMs + 2000)
  const program = await readProgram(kept)
  if (program) await endProcess(program, graceMs)
  await Promise.all(['pid', 'keeper'].map(suffix => rm(join(kept.run, `${kept.name}.${suffix}`), { force: true })))
}
