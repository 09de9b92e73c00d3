#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
// The `wherry` command. Long-running processes do not stay in here: they become cli/process.ts, which carries no command-line parser.
import { execute } from '@oclif/core'

await execute({ dir: import.meta.url })
