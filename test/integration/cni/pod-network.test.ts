import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createShell } from '../../../base/shell.ts'
import { ensureConflist } from '../../../cni/conflist.ts'
import { prepareHost } from '../../../cni/host.ts'
import { listReservations, releaseReservations } from '../../../cni/ipam.ts'
import { removeNetwork } from '../../../cni/remove.ts'
import { connectNetns, createNetns, runCni } from '../../harness/netns.ts'
import type { Netns } from '../../harness/netns.ts'

const tag = `wcni${process.pid}`
const dir = await mkdtemp('/tmp/wherry-cni-')
const shell = createShell()
const config = {
  confDir: join(dir, 'conf'),
  dataDir: join(dir, 'data'),
  podCidr: '10.142.3.0/24',
  clusterCidr: '10.142.0.0/16',
  bridgeName: 'wtest0',
  mtu: 1400,
}
const made: Netns[] = []
const netns = async (name: string): Promise<Netns> => {
  const one = await createNetns(shell, `${tag}${name}`)
  made.push(one)
  return one
}
t.teardown(async () => {
  for (const one of made.reverse()) await one.remove()
  await shell.close()
  await rm(dir, { recursive: true, force: true })
})

const host = await netns('h')
const pods = [await netns('a'), await netns('b')] as const
const outside = await netns('o')
await connectNetns(host, outside, ['ext0', 'eth0'], '192.168.77.1/24', '192.168.77.2/24')

// where br_netfilter is loaded its switch exists in every namespace; a stock VM has none, which is the same as 0
const switchable = (await host.shell.run(['cat', '/proc/sys/net/bridge/bridge-nf-call-iptables'])).code === 0
const { path, binDir } = await ensureConflist(config)
const conflist = JSON.parse(await readFile(path, 'utf8')) as { cniVersion: string; name: string; plugins: object[] }
await prepareHost(host.shell, config)
const addresses: string[] = []

await t.test('the conflist is written once and left alone when it is right', async t => {
  t.equal(path, join(config.confDir, '10-wherry.conflist'))
  t.equal((await ensureConflist(config)).changed, false)
  t.equal((await ensureConflist({ ...config, mtu: 1300 })).changed, true)
  t.equal((await ensureConflist(config)).changed, true)
  t.same(await readdir(config.confDir), ['10-wherry.conflist'], 'nothing half-written stays')
})

await t.test('the plugins give pods addresses on the prepared bridge', async t => {
  const before = JSON.parse(await host.must('ip', '-j', 'link', 'show', 'dev', 'wtest0'))[0].address
  for (const [i, pod] of pods.entries()) addresses.push(await runCni(host, 'ADD', conflist, binDir, `pod${i}`, pod.path))
  t.same(addresses, ['10.142.3.2', '10.142.3.3'])
  t.equal(JSON.parse(await host.must('ip', '-j', 'link', 'show', 'dev', 'wtest0'))[0].address, before, 'the hardware address of the bridge stays')
  t.match(await pods[0].must('ip', 'link', 'show', 'dev', 'eth0'), /mtu 1400/)
  for (const [i, pod] of pods.entries()) await pod.serve(`pod${i}`, 8080)
  await host.serve('host', 9090)
})

for (const value of switchable ? ['0', '1'] : ['absent'])
  await t.test(`with bridge-nf-call-iptables ${value}`, async t => {
    if (value !== 'absent') await host.must('sh', '-c', `echo ${value} > /proc/sys/net/bridge/bridge-nf-call-iptables`)
    await t.test('everybody reaches everybody', async t => {
      t.same(await host.ask({ host: addresses[0]!, port: 8080 }), { name: 'pod0', from: '10.142.3.1' })
      t.same(await pods[0].ask({ host: addresses[1]!, port: 8080 }), { name: 'pod1', from: addresses[0] })
      t.same(await pods[1].ask({ host: addresses[0]!, port: 8080 }), { name: 'pod0', from: addresses[1] })
      t.same(await pods[0].ask({ host: '192.168.77.1', port: 9090 }), { name: 'host', from: addresses[0] })
      t.same(await outside.ask({ host: addresses[0]!, port: 8080 }), { name: 'pod0', from: '192.168.77.2' })
    })
    await t.test('packets between pods are routed, so that connection tracking sees them', async t => {
      await host.must(
        'nft',
        'add table inet probe; add chain inet probe f { type filter hook forward priority 0; }; add rule inet probe f ip daddr 10.142.3.3 counter',
      )
      for (const pod of pods) await pod.must('ip', 'neigh', 'flush', 'all')
      const began = performance.now()
      t.equal((await pods[0].ask({ host: addresses[1]!, port: 8080 })).name, 'pod1')
      t.ok(performance.now() - began < 400, 'the gateway answers ARP without its usual delay')
      const [, seen] = /counter packets (\d+)/.exec(await host.must('nft', 'list', 'table', 'inet', 'probe')) ?? []
      t.ok(Number(seen) > 2, `the host forwarded ${seen} packets`)
      const bridge = JSON.parse(await host.must('ip', '-j', 'link', 'show', 'dev', 'wtest0'))[0].address as string
      const neighbours = JSON.parse(await pods[0].must('ip', '-j', 'neigh', 'show', addresses[1]!)) as { lladdr: string }[]
      t.equal(neighbours[0]?.lladdr, bridge, 'the pod knows its neighbour by the address of the bridge')
      await host.must('nft', 'delete', 'table', 'inet', 'probe')
    })
    await t.test('no redirect tells a pod of a shorter way', async t => {
      for (let i = 0; i < 3; i++) await pods[0].ask({ host: addresses[1]!, port: 8080 })
      t.match(await pods[0].must('ip', 'route', 'get', addresses[1]!), /^10\.142\.3\.3 dev eth0 /)
      t.notMatch(await pods[0].must('ip', 'route', 'show', 'cache'), /redirected/)
    })
  })

await t.test('preparing again changes nothing and drops no connection', async t => {
  await pods[0].open(1, { host: addresses[1]!, port: 8080 })
  const rules = await host.must('nft', '-a', 'list', 'ruleset')
  await prepareHost(host.shell, config)
  t.equal(await host.must('nft', '-a', 'list', 'ruleset'), rules)
  t.equal((await pods[0].talk(1)).name, 'pod1')
})

await t.test('addresses of sandboxes that are gone are given back', async t => {
  await writeFile(join(config.dataDir, 'wherry', '10.142.3.77'), 'lost-sandbox\r\neth0')
  t.equal((await listReservations(config.dataDir)).length, 3)
  t.same(await releaseReservations(config.dataDir, new Set(['pod0', 'pod1'])), [{ address: '10.142.3.77', sandboxId: 'lost-sandbox' }])
  t.same((await listReservations(config.dataDir)).map(r => r.address).sort(), addresses)
})

await t.test('removal leaves nothing, and may be repeated', async t => {
  await host.must('ip', 'address', 'add', '10.143.0.10/32', 'dev', 'lo', 'scope', 'host')
  await host.must('ip', 'route', 'add', '10.142.9.0/24', 'via', '192.168.77.2', 'proto', '219')
  for (const [i, pod] of pods.entries()) await runCni(host, 'DEL', conflist, binDir, `pod${i}`, pod.path)
  t.same(await listReservations(config.dataDir), [])
  for (let i = 0; i < 2; i++) await removeNetwork(host.shell, { ...config, addresses: ['10.143.0.10/32'] })
  t.equal(await host.must('nft', 'list', 'ruleset'), '')
  t.same((JSON.parse(await host.must('ip', '-j', 'link')) as { ifname: string }[]).map(l => l.ifname).sort(), ['ext0', 'lo'])
  t.equal(await host.must('ip', 'route', 'show', 'proto', '219'), '')
  t.notMatch(await host.must('ip', 'address', 'show', 'dev', 'lo'), /10\.143/)
  t.same(await readdir(config.confDir), [])
})
