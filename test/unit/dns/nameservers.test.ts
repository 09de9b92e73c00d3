import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createLogger } from '../../../base/log.ts'
import { watchNameservers } from '../../../dns/nameservers.ts'
import { eventually } from '../../harness/eventually.ts'

const log = createLogger('silent')
const dir = await mkdtemp('/tmp/wherry-nameservers-')
t.teardown(() => rm(dir, { recursive: true, force: true }))

await t.test('follows the file when it is written, replaced, and behind a link', async t => {
  const [real, link] = [join(dir, 'real.conf'), join(dir, 'resolv.conf')]
  await writeFile(real, 'nameserver 1.1.1.1\n')
  await symlink(real, link)
  const nameservers = await watchNameservers(link, new Set(['10.43.0.10']), log)
  t.teardown(() => nameservers.stop())
  t.same(nameservers.current(), ['1.1.1.1'])
  await writeFile(real, 'nameserver 2.2.2.2\nnameserver 10.43.0.10\n')
  await eventually(() => nameservers.current().join() === '2.2.2.2')
  await writeFile(join(dir, 'next'), 'nameserver 3.3.3.3\n')
  await rename(join(dir, 'next'), real)
  await eventually(() => nameservers.current().join() === '3.3.3.3')
})

await t.test('a missing file names nobody', async t => {
  const nameservers = await watchNameservers(join(dir, 'absent', 'resolv.conf'), new Set(), log)
  t.same(nameservers.current(), [])
  nameservers.stop()
})
