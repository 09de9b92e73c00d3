import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { createLogger } from '../../../base/log.ts'
import { createShell } from '../../../base/shell.ts'
import { createNft, NftError } from '../../../proxy/nft.ts'
import { eventually } from '../../harness/eventually.ts'
import { createNetns } from '../../harness/netns.ts'

const shell = createShell()
const host = await createNetns(shell, `wnft${process.pid}a`)
const timers: (() => void)[] = []
const clock = {
  now: Date.now,
  after: (_ms: number, run: () => void) => {
    timers.push(run)
    return () => void timers.splice(timers.indexOf(run), timers.includes(run) ? 1 : 0)
  },
}
const nft = createNft({ command: ['nsenter', `--net=${host.path}`, 'nft'], shell, clock, log: createLogger('silent') })
t.teardown(async () => {
  await nft.close()
  await host.remove()
  await shell.close()
})
const children = (): number[] =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number)
    .filter(pid => readdirSync(`/proc/${pid}`).length > 0 && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('nft\0-i'))

await t.test('takes effect, all or nothing, in order', async t => {
  await Promise.all([
    nft.apply(['add table inet w']),
    nft.apply(['add set inet w s { type ipv4_addr; }']),
    nft.apply(['add element inet w s { 10.0.0.1 }', 'add element inet w s { 10.0.0.2 }']),
  ])
  t.match(await nft.query('list', 'set', 'inet', 'w', 's'), /10\.0\.0\.1, 10\.0\.0\.2/)
  const failed = await nft.apply(['add element inet w s { 10.0.0.3 }', 'delete element inet w s { 10.0.0.9 }']).catch((error: unknown) => error)
  t.ok(failed instanceof NftError)
  t.match((failed as Error).message, /No such file or directory/)
  t.notMatch(await nft.query('list', 'set', 'inet', 'w', 's'), /10\.0\.0\.3/)
  await t.rejects(nft.apply(['this is no command']), { name: 'NftError', message: /this is no command/ })
  await nft.apply(['add element inet w s { 10.0.0.4 }'])
  t.match(await nft.query('list', 'set', 'inet', 'w', 's'), /10\.0\.0\.4/, 'an error leaves nothing behind for the next one')
  t.equal(await nft.query('list', 'table', 'inet', 'absent'), undefined)
})

await t.test('large transactions, and many of them', async t => {
  const address = (i: number): string => `10.1.${i >> 8}.${i & 255}`
  await nft.apply([`add element inet w s { ${Array.from({ length: 3000 }, (_, i) => address(i)).join(', ')} }`])
  for (let i = 0; i < 600; i++) await nft.apply([`delete element inet w s { ${address(i)} }`])
  const listed = (await nft.query('list', 'set', 'inet', 'w', 's')) ?? ''
  t.equal(listed.match(/10\.1\./g)?.length, 2400)
})

await t.test('a killed nft is an error once, then there is another; an idle one is let go', async t => {
  await nft.apply(['add element inet w s { 10.2.0.1 }'])
  const [pid] = children()
  process.kill(pid!, 'SIGKILL')
  await eventually(() => !children().includes(pid!))
  await eventually(() => nft.apply(['add set inet w again { type ipv4_addr; }']).then(() => true))
  t.equal(children().length, 1)
  for (const run of timers.splice(0)) run()
  await eventually(() => children().length === 0)
  await nft.apply(['add element inet w again { 10.2.0.2 }'])
  t.match(await nft.query('list', 'set', 'inet', 'w', 'again'), /10\.2\.0\.2/)
})
