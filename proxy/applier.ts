// Keeps the kernel's table equal to what is wanted, one transaction at a time. Everything that comes while one runs goes into the next.
// A transaction that fails, or a table that somebody removed, is answered by reading the kernel and comparing anew.
import { backoffDelayMs } from '../base/backoff.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Shell } from '../base/shell.types.ts'
import type { Nft } from './nft.ts'
import { planStaleFlows, toConntrackArguments } from './rules/conntrack.ts'
import { neededChains, toCommands } from './rules/diff.ts'
import type { Element } from './rules/elements.ts'
import type { Changes } from './rules/diff.ts'
import { parseKernelTable } from './rules/kernel.ts'
import type { TableConfig } from './rules/table.ts'
import { parsePoolChainName, toTableText, toVersionChain } from './rules/table.ts'
import type { TableState } from './rules/table-state.ts'

/** Computes what an owner wants, given the state that decides where endpoints already lie. */
export type Compile = (owner: string, state: TableState) => readonly Element[]

export interface Applier {
  /** `owner` may want something else now. Its elements are computed when the transaction is made. */
  mark(owner: string): void
  /** The kernel's table is to be read again (somebody else changed it). */
  distrust(): void
  /** Brings the kernel up to date with everything marked so far; retries until it succeeds or `stop`. */
  settled(): Promise<void>
  stop(): Promise<void>
}

export interface ApplierOptions {
  readonly nft: Nft
  readonly shell: Shell
  /** How conntrack is called. */
  readonly conntrack: readonly string[]
  readonly table: TableConfig
  readonly state: TableState
  readonly compile: Compile
  readonly clock: Clock
  readonly log: Logger
  /** After a transaction: milliseconds since the first mark that it contains, and what it changed. */
  readonly onApplied?: (latencyMs: number, changes: Changes) => void
}

const retry = { baseMs: 50, maxMs: 10_000, jitter: 0.2 }

export const createApplier = (options: ApplierOptions): Applier => {
  const { nft, shell, table, state, compile, clock, log } = options
  const dirty = new Set<string>()
  let since: number | undefined
  let trusted = false
  let chains = new Set<string>()
  let stopped = false
  let running: Promise<void> | undefined
  let attempt = 0
  let cancelRetry: (() => void) | undefined

  const readKernel = async (): Promise<void> => {
    const text = await nft.query('-j', 'list', 'table', 'inet', table.tableName)
    const kernel = text === undefined ? undefined : parseKernelTable(text)
    if (kernel?.chains.has(toVersionChain(table))) {
      chains = new Set(kernel.chains)
      state.reset(kernel.state)
      log.info({ sets: kernel.state.size }, 'continuing with the table in the kernel')
    } else {
      await nft.apply([toTableText(table)])
      chains = new Set()
      state.reset(new Map())
      log.info({ table: table.tableName, replaced: kernel !== undefined }, 'made the nftables table')
    }
    for (const owner of state.owners()) dirty.add(owner)
    trusted = true
  }

  /** Pool chains that nothing refers to any more; only looked for after reading the kernel, they cost next to nothing. */
  const removeIdleChains = async (): Promise<void> => {
    const used = new Set(state.values())
    const idle = [...chains].filter(chain => parsePoolChainName(chain) !== undefined && !used.has(`goto ${chain}`))
    if (idle.length === 0) return
    await nft.apply(idle.flatMap(chain => [`flush chain inet ${table.tableName} ${chain}`, `delete chain inet ${table.tableName} ${chain}`]))
    for (const chain of idle) chains.delete(chain)
  }

  const forgetFlows = async (changes: Changes): Promise<void> => {
    await Promise.all(
      planStaleFlows(changes).map(async flows => {
        const { code, stderr } = await shell.run([...options.conntrack, ...toConntrackArguments(flows)])
        // 1: there was none
        if (code > 1) log.warn({ ...flows, stderr: stderr.trim() }, 'cannot remove stale connection tracking entries')
      }),
    )
  }

  const transact = async (): Promise<void> => {
    const fresh = !trusted
    if (fresh) await readKernel()
    const began = since
    since = undefined
    for (const owner of dirty) state.update(owner, compile(owner, state))
    dirty.clear()
    const changes = state.pending()
    const newChains = neededChains(changes, chains)
    const commands = toCommands(table.tableName, changes, newChains)
    if (commands.length > 0) await nft.apply(commands)
    state.confirm(changes)
    for (const chain of newChains) chains.add(chain)
    await forgetFlows(changes)
    options.onApplied?.(clock.now() - (began ?? clock.now()), changes)
    if (fresh) await removeIdleChains()
  }

  const hasWork = (): boolean => !stopped && (!trusted || dirty.size > 0)

  const run = async (): Promise<void> => {
    // whatever arrives in this turn of the event loop goes into one transaction
    await Promise.resolve()
    while (hasWork() && !cancelRetry) {
      try {
        await transact()
        attempt = 0
      } catch (error) {
        trusted = false
        const delay = backoffDelayMs(retry, attempt++)
        log.error({ err: error, retryInMs: Math.round(delay) }, 'the service rules could not be programmed; trying again')
        cancelRetry = clock.after(delay, () => {
          cancelRetry = undefined
          start()
        })
      }
    }
  }
  const start = (): void => {
    if (running || !hasWork()) return
    running = run().finally(() => {
      running = undefined
      if (!cancelRetry) start()
      for (const wake of waiters.splice(0)) wake()
    })
  }
  const waiters: (() => void)[] = []

  return {
    mark: owner => {
      dirty.add(owner)
      since ??= clock.now()
      start()
    },
    distrust: () => {
      trusted = false
      start()
    },
    settled: async () => {
      start()
      while (hasWork() || running) await new Promise<void>(resolve => waiters.push(resolve))
    },
    stop: async () => {
      stopped = true
      cancelRetry?.()
      cancelRetry = undefined
      await running
      for (const wake of waiters.splice(0)) wake()
    },
  }
}
