// On a real disk: the clock is the only thing that is not.
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { createLogger } from '../../../../base/log.ts'
import { type AuditLogConfig, type AuditSink, createAuditLog } from '../../../../apiserver/audit/log-file.ts'

const folder = await mkdtemp(join(tmpdir(), 'audit-log-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))

const time = { nowMs: Date.UTC(2026, 0, 31, 10, 20, 30, 400) }
const clock = { now: () => time.nowMs, after: () => () => undefined }
const open = (name: string, config: Partial<AuditLogConfig> = {}): { sink: AuditSink; path: string } => {
  const path = join(folder, name, 'audit.log')
  return { path, sink: createAuditLog({ path, maxBytes: 1_000, maxBackups: 0, maxAgeMs: 0, ...config }, { clock, log: createLogger('silent') }) }
}
const filesOf = async (name: string): Promise<string[]> => (await readdir(join(folder, name))).sort()

void t.test('writes lines in order, for the owner alone', async t => {
  const { sink, path } = open('order')
  for (let i = 0; i < 20; i++) sink.write(`event ${i}`)
  await sink.close()
  t.equal(await readFile(path, 'utf8'), Array.from({ length: 20 }, (_, i) => `event ${i}\n`).join(''))
  t.equal((await stat(path)).mode & 0o777, 0o600)
  sink.write('too late')
  t.equal(sink.dropped, 1)
  const again = open('order')
  again.sink.write('later')
  await again.sink.close()
  t.match(await readFile(path, 'utf8'), /event 19\nlater\n$/, 'goes on in the file that is there')
})

void t.test('turns the file over when it is full, and keeps so many', async t => {
  const line = 'x'.repeat(600)
  for (let i = 0; i < 5; i++) {
    const { sink } = open('full', { maxBackups: 2 })
    sink.write(line)
    await sink.close()
    time.nowMs += 1_000
  }
  t.same(await filesOf('full'), ['audit-2026-01-31T10-20-33.400.log', 'audit-2026-01-31T10-20-34.400.log', 'audit.log'])
  await writeFile(join(folder, 'full', 'audit-notes.log'), 'not ours')
  time.nowMs += 3 * 86_400_000
  const { sink } = open('full', { maxAgeMs: 86_400_000 })
  sink.write(line)
  await sink.close()
  const left = await filesOf('full')
  t.equal(left.length, 3, 'what is older than it may be has gone')
  t.ok(left.includes('audit-notes.log'), 'what has another name has not')
})

void t.test('drops and counts what the disk cannot take, and never waits for it', async t => {
  const { sink, path } = open('flood')
  const line = 'x'.repeat(100_000)
  for (let i = 0; i < 400; i++) sink.write(line)
  t.ok(sink.dropped > 100, `${sink.dropped} dropped`)
  await sink.close()
  const written = (await Promise.all((await filesOf('flood')).map(name => stat(join(path, '..', name))))).reduce((sum, s) => sum + s.size, 0)
  t.equal(written, (400 - sink.dropped) * (line.length + 1), 'all others are there')
})

void t.test('goes on when the disk takes files again', async t => {
  await writeFile(join(folder, 'broken'), 'a file where a folder should be')
  const { sink, path } = open('broken')
  sink.write('lost')
  await new Promise(resolve => setTimeout(resolve, 50))
  t.equal(sink.dropped, 1)
  await rm(join(folder, 'broken'))
  sink.write('kept')
  await sink.close()
  t.equal(await readFile(path, 'utf8'), 'kept\n')
  await chmod(path, 0o600)
})
