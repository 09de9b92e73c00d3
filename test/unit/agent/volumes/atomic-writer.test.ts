import { lstatSync, mkdtempSync, mkdirSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { writePayload, type Payload } from '../../../../agent/volumes/atomic-writer.ts'
import { addSource, cleanPath } from '../../../../agent/volumes/payload.ts'

const files = (entries: Record<string, string>, mode = 0o644): Payload =>
  new Map(Object.entries(entries).map(([path, text]) => [path, { data: Buffer.from(text), mode }]))

await t.test('files appear through ..data, change together and vanish', async t => {
  const dir = mkdtempSync('/tmp/atomic-test-')
  t.teardown(() => rmSync(dir, { recursive: true }))
  t.ok(await writePayload(dir, files({ a: '1', 'deep/b': '2' }), undefined))
  t.equal(readlinkSync(join(dir, 'a')), '..data/a')
  t.ok(lstatSync(join(dir, '..data')).isSymbolicLink())
  t.equal(readFileSync(join(dir, 'deep/b'), 'utf8'), '2')
  const version = readlinkSync(join(dir, '..data'))
  t.notOk(await writePayload(dir, files({ a: '1', 'deep/b': '2' }), undefined), 'nothing is touched when nothing changed')
  t.equal(readlinkSync(join(dir, '..data')), version)
  mkdirSync(join(dir, '..leftover'))
  t.ok(await writePayload(dir, files({ a: '3' }, 0o400), undefined))
  t.equal(readFileSync(join(dir, 'a'), 'utf8'), '3')
  t.equal(statSync(join(dir, 'a')).mode & 0o777, 0o400)
  t.same(readdirSync(dir).sort(), ['..data', readlinkSync(join(dir, '..data')), 'a'].sort())
})

await t.test('sources and paths', async t => {
  const into = new Map()
  t.throws(() => addSource(into, { what: 'configmap "x"', data: null }, 0o644), { message: 'configmap "x" not found' })
  addSource(into, { what: 'configmap "x"', data: null, optional: true }, 0o644)
  t.throws(() => addSource(into, { what: 'secret "x"', data: new Map(), items: [{ key: 'k', path: 'p' }] }, 0o644), {
    message: 'references non-existent secret key: k',
  })
  for (const path of ['/etc/passwd', '../x', 'a/../../x', '..data', '']) t.throws(() => cleanPath(path), path)
  t.equal(cleanPath('a/./b'), 'a/b')
})
