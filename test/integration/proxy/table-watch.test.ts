import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { systemClock } from '../../../base/clock.ts'
import { createShell } from '../../../base/shell.ts'
import { watchTable } from '../../../proxy/table-watch.ts'
import { eventually } from '../../harness/eventually.ts'
import { createNetns } from '../../harness/netns.ts'

const shell = createShell()
const host = await createNetns(shell, `wtbl${process.pid}a`)
const command = ['nsenter', `--net=${host.path}`, 'nft']
t.teardown(async () => {
  await host.remove()
  await shell.close()
})
const monitors = (): number[] =>
  readdirSync('/proc')
    .filter(pid => /^\d+$/.test(pid))
    .map(Number)
    .filter(pid => {
      try {
        // the program itself, not the shell or nsenter that become it
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === 'nft\0monitor\0destroy\0tables\0' && inHost(pid)
      } catch {
        return false
      }
    })
const inHost = (pid: number): boolean => readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`WHERRY_TEST_NETNS=${host.name}\0`)

await t.test('hears of its own table only', async t => {
  const heard: number[] = []
  process.env['WHERRY_TEST_NETNS'] = host.name
  const watch = watchTable(command, 'wherry', systemClock, () => heard.push(1))
  t.teardown(() => watch.stop())
  await eventually(() => monitors().length === 1)
  // the monitor listens a moment after it runs: removed again and again until it is heard
  await eventually(
    async () => {
      await host.must('nft', 'add table inet wherry; delete table inet wherry')
      return heard.length > 0
    },
    15_000,
    100,
  )
  const before = heard.length
  await host.must('nft', 'add table inet other; delete table inet other; add table ip wherry; delete table ip wherry')
  await host.must('nft', 'add table inet wherry; flush ruleset')
  await eventually(() => heard.length > before)
  t.equal(heard.length, before + 1)
})

await t.test('dies with the process that started it, however that dies', async t => {
  await eventually(() => monitors().length === 0)
  const script = `import { watchTable } from ${JSON.stringify(new URL('../../../proxy/table-watch.ts', import.meta.url).href)}
    watchTable(${JSON.stringify(command)}, 'wherry', { now: Date.now, after: () => () => {} }, () => {}); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore', env: { ...process.env, WHERRY_TEST_NETNS: host.name } })
  await eventually(() => monitors().length === 1)
  child.kill('SIGKILL')
  await eventually(() => monitors().length === 0)
  t.pass('gone')
})
