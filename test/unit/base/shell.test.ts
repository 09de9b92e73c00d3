import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import t from 'tap'
import { createShell, ExecError, quoteWord } from '../../../base/shell.ts'
import { eventually } from '../../harness/eventually.ts'

const childShells = (): number[] => readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)

/** Files of calls whose program has not ended. */
const openFiles = (): number =>
  readdirSync('/proc/self/fd').filter(fd => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).includes('.wherry-')
    } catch {
      return false
    }
  }).length

await t.test('gives back exit code, stdout and stderr', async t => {
  const shell = createShell()
  t.teardown(() => shell.close())
  t.same(await shell.run(['sh', '-c', 'echo out; echo err >&2; exit 3']), { code: 3, stdout: 'out\n', stderr: 'err\n' })
  t.same(await shell.run(['true']), { code: 0, stdout: '', stderr: '' })
})

await t.test('passes every character through arguments and input unchanged', async t => {
  const shell = createShell()
  t.teardown(() => shell.close())
  const all = Array.from({ length: 0x2ff }, (_, i) => String.fromCodePoint(i + 1)).join('')
  const words = ['', ' ', "'", "''a'", '"$HOME"', '`id`', '$(id)', '\\', '\n', '-n', '*', '~', '😀 ümläut', all]
  const { stdout } = await shell.run(['printf', '%s\\0', ...words])
  t.same(stdout.split('\0').slice(0, -1), words)
  const input = all.repeat(2000)
  t.equal((await shell.run(['cat'], { input })).stdout, input, 'a megabyte through standard input and output')
  await t.rejects(shell.run(['echo', 'a\0b']), { code: 'invalid' })
  await t.rejects(shell.run([]), { code: 'invalid' })
  t.equal(quoteWord("it's"), `'it'\\''s'`)
})

await t.test('runs calls at the same time and answers each its own', async t => {
  const shell = createShell()
  t.teardown(() => shell.close())
  const began = performance.now()
  const results = await Promise.all(Array.from({ length: 20 }, (_, i) => shell.run(['sh', '-c', `sleep 0.3; echo ${i}; exit ${i}`])))
  t.same(
    results.map(r => [r.code, r.stdout]),
    Array.from({ length: 20 }, (_, i) => [i, `${i}\n`]),
  )
  t.ok(performance.now() - began < 3000, 'not one after the other')
})

await t.test('kills on time-out and on abort', async t => {
  const shell = createShell()
  t.teardown(() => shell.close())
  const marker = `86${process.pid}`
  const alive = (): boolean =>
    readdirSync('/proc').some(pid => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${marker}\0`
      } catch {
        return false
      }
    })
  await t.rejects(shell.run(['sleep', marker], { timeoutMs: 50 }), { name: 'ExecError', code: 'timeout' })
  const abort = new AbortController()
  const running = shell.run(['sleep', marker], { signal: abort.signal })
  abort.abort(new Error('not needed any more'))
  await t.rejects(running, { message: 'not needed any more' })
  await t.rejects(shell.run(['true'], { signal: abort.signal }), { message: 'not needed any more' })
  // a call's files are closed when its program has ended, also one that was killed before it had begun
  await eventually(() => openFiles() === 0)
  t.notOk(alive(), 'no program is left')
})

await t.test('a missing program is an error, exit code 127 of a present one is not', async t => {
  const shell = createShell()
  t.teardown(() => shell.close())
  await t.rejects(shell.run(['wherry-no-such-program']), { code: 'not-found' })
  t.equal((await shell.run(['sh', '-c', 'exit 127'])).code, 127)
})

await t.test('outlives the death of its helper', async t => {
  const shell = createShell()
  t.teardown(() => shell.close())
  const slow = shell.run(['sh', '-c', 'sleep 0.4; echo still here'])
  await shell.run(['true'])
  const [pid] = childShells()
  process.kill(pid!, 'SIGKILL')
  t.equal((await slow).stdout, 'still here\n', 'a running program reports all the same')
  t.equal((await shell.run(['echo', 'again'])).stdout, 'again\n')
})

await t.test('leaves neither descriptors nor zombies', async t => {
  const shell = createShell()
  t.teardown(() => shell.close())
  await shell.run(['true'])
  for (let i = 0; i < 50; i++) await shell.run(['true'])
  t.equal(openFiles(), 0)
  const [pid] = childShells()
  const children = (): string[] => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  await eventually(() => children().length === 0)
})

await t.test('close ends the helper and refuses further calls', async t => {
  const shell = createShell()
  const [pid] = childShells()
  await shell.close()
  await shell.close()
  t.throws(() => process.kill(pid!, 0))
  const refused = await shell.run(['true']).catch((error: unknown) => error)
  t.ok(refused instanceof ExecError && refused.code === 'closed')
})
