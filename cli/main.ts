#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
// The `wherry` command. Long-running processes do not stay in here: they become cli/process.ts, which carries no command-line parser.
import { flush, handle, run } from '@oclif/core'
import { StartError } from './start-error.ts'

try {
  await run(process.argv.slice(2), import.meta.url)
  await flush()
} catch (error) {
  if (error instanceof StartError) {
    for (const sentence of error.message.split('\n')) console.error(`wherry: ${sentence}`)
    process.exitCode = 1
  } else {
    await handle(error as Error)
  }
}
