// Runs tap and counts its results from the TAP that it writes: what passed, failed and was skipped, as the last line, with an exit status
// that agrees. Failures are shown as they happen; the whole output is kept in node_modules/.cache/tap-output.
import { spawn } from 'node:child_process'
import { createWriteStream, globSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { createTally } from './tap-tally.ts'

// Long tests first: two run side by side, and the short ones fill the end.
const order = ['test/e2e', 'test/integration', 'test/oracle', 'test/contract', 'test/unit']
const rank = (file: string): number => (order.findIndex(folder => file.startsWith(folder)) + order.length + 1) % (order.length + 1)
const files = process.argv
  .slice(2)
  .flatMap(argument => (statSync(argument).isDirectory() ? globSync(`${argument.replace(/\/$/, '')}/**/*.test.ts`) : [argument]))
files.sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
const tap = spawn('node_modules/.bin/tap', ['run', '--disable-coverage', '--reporter=tap', '--allow-empty-coverage', ...files], {
  stdio: ['ignore', 'pipe', 'inherit'],
  // Every file is a process, and every cluster several: what one has compiled, the others need not.
  env: { ...process.env, NODE_COMPILE_CACHE: resolve('node_modules/.cache/compile') },
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => tap.kill(signal))
const kept = createWriteStream('node_modules/.cache/tap-output')
const tally = createTally()
for await (const line of createInterface({ input: tap.stdout })) {
  kept.write(`${line}\n`)
  for (const shown of tally.line(line)) console.log(shown)
}
kept.end()
const status = tap.exitCode ?? (await new Promise<number>(resolve => tap.on('exit', code => resolve(code ?? 1))))
const { passed, failed, skipped } = tally.result()
// A run that ends badly without a failed result (no tests found, tap itself broken) counts as one failure.
const failures = failed === 0 && (status !== 0 || passed === 0) ? 1 : failed
console.log(`${passed} passed, ${failures} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failures === 0 ? 0 : 1
