// Runs one command line through oclif.
import { flush, handle, run } from '@oclif/core'
import { showStartError } from './start-error.ts'

/** `entry` is the URL of the program's own file: oclif finds its package there. */
export const runCommand = async (argv: string[], entry: string): Promise<void> => {
  try {
    await run(argv, entry)
    await flush()
  } catch (error) {
    if (!showStartError(error)) await handle(error as Error)
  }
}
