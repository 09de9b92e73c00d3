// Hears from the kernel when somebody else removes our table (`nft flush ruleset`, a restarted nftables.service).
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Clock } from '../base/clock.ts'

export interface TableWatch {
  stop(): void
}

/** Calls `onRemoved` for each removal of `inet <tableName>`, and after a gap in watching. */
export const watchTable = (command: readonly string[], tableName: string, clock: Clock, onRemoved: () => void): TableWatch => {
  let child: ChildProcess | undefined
  let cancelRestart: (() => void) | undefined
  let stopped = false
  const start = (): void => {
    // it would outlive a killed agent, for it only notices when it next has something to say
    const started = spawn('setpriv', ['--pdeathsig', 'TERM', ...command, 'monitor', 'destroy', 'tables'], { cwd: '/', stdio: ['ignore', 'pipe', 'ignore'] })
    child = started
    createInterface({ input: started.stdout }).on('line', line => {
      if (line.trim() === `delete table inet ${tableName}`) onRemoved()
    })
    const ended = (): void => {
      if (child !== started || stopped) return
      child = undefined
      cancelRestart = clock.after(1000, () => {
        start()
        onRemoved()
      })
    }
    started.once('error', ended)
    started.once('exit', ended)
    started.unref()
  }
  start()
  return {
    stop: () => {
      stopped = true
      cancelRestart?.()
      child?.kill()
    },
  }
}
