#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --min-semi-space-size=16
// The `wherry` command. Long-running processes do not stay in here: they become cli/process.ts, which carries no command-line parser.
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

// Before anything large is loaded. In the caller's own home: what lies in /tmp, another user may have put there.
enableCompileCache(join(homedir(), '.cache', 'wherry', 'compile'))
const { runCommand } = await import('./run-command.ts')
await runCommand(process.argv.slice(2), import.meta.url)
