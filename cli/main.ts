#!/usr/bin/env -S node --disable-warning=ExperimentalWarning --min-semi-space-size=16
// The `wherry` command. What runs long carries no command-line parser: plain command lines are read without it, others leave it behind.
import { enableCompileCache } from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'

// Before anything large is loaded. In the caller's own home: what lies in /tmp, another user may have put there.
enableCompileCache(join(homedir(), '.cache', 'wherry', 'compile'))
const argv = process.argv.slice(2)
const { runPlainly } = await import('./long-running.ts')
if (!(await runPlainly(argv, process.env))) {
  const { runCommand } = await import('./run-command.ts')
  await runCommand(argv, import.meta.url)
}
