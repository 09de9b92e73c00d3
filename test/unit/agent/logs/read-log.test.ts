import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseLogLine } from '../../../../agent/logs/cri-log.ts'
import { readLog, type LogOptions } from '../../../../agent/logs/read-log.ts'
import { eventually } from '../../../harness/eventually.ts'

const line = (n: number, text = `line ${n}`, stream = 'stdout', tag = 'F'): string => `2026-01-01T00:00:0${n}.000000000Z ${stream} ${tag} ${text}\n`

await t.test('lines', async t => {
  t.match(parseLogLine(Buffer.from('2026-01-01T00:00:00Z stderr P a b ')), { time: '2026-01-01T00:00:00Z', stream: 'stderr', partial: true })
  t.equal(parseLogLine(Buffer.from('2026-01-01T00:00:00Z stderr P a b '))?.text.toString(), 'a b ')
  t.equal(parseLogLine(Buffer.from('2026-01-01T00:00:00Z stdout F '))?.text.toString(), '')
  t.equal(parseLogLine(Buffer.from('rubbish')), undefined)
})

await t.test('tail, since, limit, timestamps, streams', async t => {
  const dir = mkdtempSync('/tmp/log-test-')
  t.teardown(() => rmSync(dir, { recursive: true }))
  const file = join(dir, '0.log')
  writeFileSync(file, line(1) + line(2, 'err', 'stderr') + line(3, 'par', 'stdout', 'P') + line(3, 'tial') + line(4))
  const read = async (options: LogOptions): Promise<string> => {
    const pieces: Buffer[] = []
    for await (const piece of readLog(file, options, () => false, AbortSignal.timeout(5000))) pieces.push(piece)
    return Buffer.concat(pieces).toString()
  }
  t.equal(await read({}), 'line 1\nerr\npartial\nline 4\n')
  t.equal(await read({ tailLines: 1 }), 'line 4\n')
  t.equal(await read({ tailLines: 0 }), '')
  t.equal(await read({ tailLines: 99 }), 'line 1\nerr\npartial\nline 4\n')
  t.equal(await read({ sinceMs: Date.parse('2026-01-01T00:00:03Z') }), 'partial\nline 4\n')
  t.equal(await read({ limitBytes: 8 }), 'line 1\ne')
  t.equal(await read({ stream: 'stderr' }), 'err\n')
  t.equal(await read({ timestamps: true, tailLines: 1 }), '2026-01-01T00:00:04.000000000Z line 4\n')
  writeFileSync(file, Array.from({ length: 5000 }, (_, i) => line(1, `number ${i} ${'x'.repeat(50)}`)).join(''))
  t.equal((await read({ tailLines: 3000 })).split('\n').length, 3001, 'across chunks')
})

await t.test('following across a rotation until it ends', async t => {
  const dir = mkdtempSync('/tmp/log-test-')
  t.teardown(() => rmSync(dir, { recursive: true }))
  const file = join(dir, '0.log')
  writeFileSync(file, line(1))
  let running = true
  let text = ''
  const done = (async () => {
    for await (const piece of readLog(file, { follow: true }, () => running, AbortSignal.timeout(20_000))) text += piece.toString()
  })()
  await eventually(() => text === 'line 1\n')
  appendFileSync(file, line(2))
  await eventually(() => text.endsWith('line 2\n'))
  appendFileSync(file, line(3))
  renameSync(file, `${file}.old`)
  writeFileSync(file, line(4))
  await eventually(() => text === 'line 1\nline 2\nline 3\nline 4\n')
  running = false
  await done
})
