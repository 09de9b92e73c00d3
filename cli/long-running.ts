// The commands that run until a signal stops them: their flags, and what they become.
import { apiserverFlags, clusterFlags, toClusterOptions, upFlags, type Flags, type FlagValues } from './flags.ts'
import { readPlainFlags } from './plain-flags.ts'
import type { ProcessKind } from './processes/run-process.ts'
import { showStartError } from './start-error.ts'

interface LongRunning<F extends Flags> {
  readonly flags: F
  /** `parsed`: oclif read the flags, and is in memory. */
  run(flags: FlagValues<F>, parsed: boolean): Promise<void>
}

const become = async (kind: ProcessKind, flags: FlagValues<typeof clusterFlags>, parsed: boolean): Promise<void> => {
  const { becomeProcess, stayAsProcess } = await import('./cluster/become-process.ts')
  await (parsed ? becomeProcess : stayAsProcess)(kind, toClusterOptions(flags))
}

const processOf = (kind: ProcessKind): LongRunning<typeof clusterFlags> => ({ flags: clusterFlags, run: (flags, parsed) => become(kind, flags, parsed) })

const apiserver: LongRunning<typeof apiserverFlags> = {
  flags: apiserverFlags,
  run: async (flags, parsed) => {
    if (!flags.ephemeral) {
      await become(flags.store === 'memory' ? 'apiserver-memory' : 'apiserver', flags, parsed)
      return
    }
    const { runEphemeral } = await import('./processes/ephemeral.ts')
    const { 'bind-address': bindAddress, 'api-port': port, 'service-cidr': serviceCidr, 'log-level': logLevel = 'warn' } = flags
    await runEphemeral({ logLevel, ...(bindAddress && { bindAddress }), ...(port && { port }), ...(serviceCidr && { serviceCidr }) })
  },
}

const up: LongRunning<typeof upFlags> = {
  flags: upFlags,
  run: async flags => {
    const { up: bringUp } = await import('./cluster/up.ts')
    await bringUp({ ...toClusterOptions(flags), ...(flags.sample !== undefined && { sample: flags.sample }) }, line => console.log(line))
  },
}

export const longRunning = { up, server: processOf('server'), agent: processOf('agent'), scheduler: processOf('scheduler'), apiserver }

/** Runs a plain command line of one of these commands; false, having done nothing, for any other. */
export const runPlainly = async ([name = '', ...argv]: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> => {
  if (!Object.hasOwn(longRunning, name)) return false
  // Whichever it is, its flags are its own.
  const command = longRunning[name as keyof typeof longRunning] as LongRunning<Flags>
  const flags = readPlainFlags(command.flags, argv, env)
  if (!flags) return false
  await command.run(flags, false).catch((error: unknown) => {
    if (!showStartError(error)) throw error
  })
  return true
}
