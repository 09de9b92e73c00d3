// A start that fails, or is interrupted, says why in one sentence and leaves nothing running.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { toPaths } from '../../../base/paths.ts'
import { toMountsBelow } from '../../../cli/teardown/mounts.ts'
import { readProgram } from '../../../cli/supervise/kept.ts'
import { cleanEnvironment } from '../../harness/environment.ts'
import { eventually } from '../../harness/eventually.ts'
import { findProcesses } from '../../harness/leaks.ts'
import { createTestHost } from '../../harness/network.ts'

t.setTimeout(120_000)
const main = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts')
const host = await createTestHost()
t.teardown(() => host.remove())

const setUp = (t: { teardown(run: () => unknown): void }) => {
  const root = mkdtempSync('/tmp/wt-')
  const wherry = (...argv: string[]): string[] => [process.execPath, '--disable-warning=ExperimentalWarning', main, ...argv, '--root', root]
  t.teardown(async () => {
    await host.run(wherry('down'), { env: cleanEnvironment() })
  })
  return {
    paths: toPaths(root),
    up: () => host.spawn(wherry('up', '--node-ip', host.ip), { stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment() }),
    left: async (): Promise<string[]> => [...(await findProcesses(root)), ...toMountsBelow(readFileSync('/proc/self/mountinfo', 'utf8'), [root])],
  }
}

/** The exit status, or the signal that ended it, and what it wrote. */
const endOf = async (child: ReturnType<ReturnType<typeof setUp>['up']>): Promise<{ status: number | string | null; text: string }> => {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream!.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const status = await new Promise<number | string | null>(resolve => child.once('close', (code, signal) => resolve(code ?? signal)))
  return { status, text }
}

await t.test('an etcd that cannot run: said at once, with its own reason, and containerd is ended again', async t => {
  const { paths, up, left } = setUp(t)
  mkdirSync(dirname(paths.etcd.data), { recursive: true })
  writeFileSync(paths.etcd.data, 'no directory')
  const { status, text } = await endOf(up())
  t.equal(status, 1, text)
  t.match(text, /wherry: etcd ends as soon as it is started \(.+\): see .*etcd\.log\n$/)
  t.notMatch(text, /at .*\.ts:\d+/, 'no stack')
  t.same(await left(), [])
  t.notOk(existsSync(paths.containerd.socket) && (await readProgram({ name: 'containerd', run: paths.run })))
})

await t.test('a containerd that cannot run', async t => {
  const { paths, up, left } = setUp(t)
  mkdirSync(dirname(paths.containerd.root), { recursive: true })
  writeFileSync(paths.containerd.root, 'no directory')
  const { status, text } = await endOf(up())
  t.equal(status, 1, text)
  t.match(text, /wherry: containerd ends as soon as it is started \(.+\): see .*containerd\.log\n$/)
  t.same(await left(), [])
})

await t.test('Ctrl-C while it starts', async t => {
  const { paths, up, left } = setUp(t)
  const child = up()
  const ended = endOf(child)
  await eventually(async () => (await readProgram({ name: 'etcd', run: paths.run })) !== undefined, 30_000)
  child.kill('SIGINT')
  const { text } = await ended
  t.notMatch(text, /The cluster is up/)
  t.same(await left(), [])
})
