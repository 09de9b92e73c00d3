// Runs one command line: oclif, and how failures are shown.
import { flush, handle, run } from '@oclif/core'
import { StartError } from './start-error.ts'

/** `entry` is the URL of the program's own file: oclif finds its package there. */
export const runCommand = async (argv: string[], entry: string): Promise<void> => {
  try {
    await run(argv, entry)
    await flush()
  } catch (error) {
    if (error instanceof StartError) {
      for (const sentence of error.message.split('\n')) console.error(`wherry: ${sentence}`)
      process.exitCode = 1
    } else {
      await handle(error as Error)
    }
  }
}
