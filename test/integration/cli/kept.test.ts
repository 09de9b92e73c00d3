import t from 'tap'
import { mkdtempSync, readFileSync, existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { endProcess, ensureKept, readKeeper, readProgram, readStartTicks, stopKept } from '../../../cli/supervise/kept.ts'
import { eventually } from '../../harness/eventually.ts'

const scratch = (t: { teardown(run: () => unknown): void }): { kept: { name: string; run: string }; log: string } => {
  const run = mkdtempSync(join(tmpdir(), 'wherry-kept-'))
  const kept = { name: 'sleeper', run }
  t.teardown(async () => {
    await stopKept(kept, 1000)
    rmSync(run, { recursive: true, force: true })
  })
  return { kept, log: join(run, 'log') }
}
const notices = (run: string): string => (existsSync(join(run, 'notices')) ? readFileSync(join(run, 'notices'), 'utf8') : '')

await t.test('starts once, and stops both', async t => {
  const { kept, log } = scratch(t)
  t.equal(await ensureKept(kept, log, ['sleep', '1000']), true)
  await eventually(async () => (await readProgram(kept)) !== undefined)
  t.equal(await ensureKept(kept, log, ['sleep', '1000']), false)
  const running = await readProgram(kept)
  await stopKept(kept)
  t.equal(await readStartTicks(running!.pid), undefined)
  t.equal(await readKeeper(kept), undefined)
  t.equal(notices(kept.run), '', 'a wanted end is no news')
})

await t.test('a program that dies is started again, with a sentence that says so', async t => {
  const { kept, log } = scratch(t)
  await ensureKept(kept, log, ['sleep', '1000'])
  const first = await eventually(async () => (await readProgram(kept)) ?? false)
  process.kill(first.pid, 'SIGKILL')
  const second = await eventually(async () => {
    const seen = await readProgram(kept)
    return seen && seen.pid !== first.pid ? seen : false
  })
  t.not(second.pid, first.pid)
  t.match(notices(kept.run), /^sleeper ended by signal 9; starting it again in 0\.1 s/)
})

await t.test('a killed keeper leaves its program running, and the next one takes it over', async t => {
  const { kept, log } = scratch(t)
  await ensureKept(kept, log, ['sleep', '1000'])
  const program = await eventually(async () => (await readProgram(kept)) ?? false)
  const keeper = await readKeeper(kept)
  process.kill(keeper!.pid, 'SIGKILL')
  await eventually(async () => (await readKeeper(kept)) === undefined)
  t.equal(await ensureKept(kept, log, ['sleep', '1000']), true)
  await eventually(async () => (await readKeeper(kept)) !== undefined)
  t.equal((await readProgram(kept))?.pid, program.pid, 'the same process')
  await stopKept(kept)
  t.equal(await readStartTicks(program.pid), undefined)
})

await t.test('status 78 ends the keeper: trying again cannot help', async t => {
  const { kept, log } = scratch(t)
  await ensureKept(kept, log, ['sh', '-c', 'echo the port is taken; exit 78'])
  await eventually(async () => notices(kept.run) !== '')
  await eventually(async () => (await readKeeper(kept)) === undefined)
  t.equal(notices(kept.run), 'sleeper cannot run: the port is taken\n')
})

await t.test('a program that ignores SIGTERM is killed after its grace', async t => {
  const { kept, log } = scratch(t)
  await ensureKept(kept, log, ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'])
  const program = await eventually(async () => (await readProgram(kept)) ?? false)
  await endProcess(program, 200)
  t.equal(await readStartTicks(program.pid), undefined)
})
