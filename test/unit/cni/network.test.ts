import { mkdtemp, readFile, rm, writeFile, chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { cidrContains, formatAddress, gatewayOf, parseAddress, parseCidr } from '../../../cni/cidr.ts'
import { completeNetworkConfig } from '../../../cni/config.ts'
import { ensureConflist, toConflist } from '../../../cni/conflist.ts'
import { parseReservation, planReleases } from '../../../cni/ipam.ts'
import { findPluginDir } from '../../../cni/plugins.ts'

const config = { confDir: '/c', dataDir: '/d', podCidr: '10.42.3.0/24', clusterCidr: '10.42.0.0/16' }

await t.test('prefixes', async t => {
  t.equal(formatAddress(parseAddress('255.0.10.1')!), '255.0.10.1')
  for (const wrong of ['1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4.5', '::1', '']) t.equal(parseAddress(wrong), undefined, wrong)
  t.same(parseCidr('10.42.3.77/24'), parseCidr('10.42.3.0/24'))
  for (const wrong of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/8/8', 'x/8']) t.equal(parseCidr(wrong), undefined, wrong)
  t.same(gatewayOf(parseCidr('10.42.3.0/24')!), { address: '10.42.3.1', withLength: '10.42.3.1/24' })
  t.ok(cidrContains(parseCidr('200.0.0.0/8')!, parseAddress('200.255.255.255')!))
  t.notOk(cidrContains(parseCidr('200.0.0.0/8')!, parseAddress('201.0.0.0')!))
})

await t.test('wrong configurations are one clear sentence', async t => {
  t.throws(() => completeNetworkConfig({ ...config, podCidr: '10.42.3.0/30' }), { message: 'pod CIDR 10.42.3.0/30: not an IPv4 prefix of at most 29 bits' })
  t.throws(() => completeNetworkConfig({ ...config, clusterCidr: 'fd00::/8' }), { message: 'cluster CIDR fd00::/8: not an IPv4 prefix' })
  t.throws(() => completeNetworkConfig({ ...config, bridgeName: 'much-too-long-name' }), /at most 15 characters/)
})

await t.test('the conflist runs nothing that needs iptables and keeps its reservations apart', async t => {
  const text = JSON.stringify(toConflist(completeNetworkConfig(config)))
  t.match(JSON.parse(text), {
    plugins: [
      {
        type: 'bridge',
        bridge: 'wherry0',
        isGateway: true,
        ipMasq: false,
        ipam: { type: 'host-local', dataDir: '/d', ranges: [[{ subnet: '10.42.3.0/24' }]] },
      },
    ],
  })
  t.notMatch(text, /portmap|firewall|mtu/)
})

await t.test('plugins are found where they are, and what is missing is named', async t => {
  const dir = await mkdtemp('/tmp/wherry-plugins-')
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  for (const name of ['bridge', 'host-local']) {
    await mkdir(join(dir, 'half'), { recursive: true })
    await writeFile(join(dir, 'half', name), '')
    await chmod(join(dir, 'half', name), 0o755)
  }
  const half = join(dir, 'half')
  await t.rejects(findPluginDir(['/nonexistent', half]), {
    message: `no CNI plugins (/nonexistent lacks bridge, host-local, loopback; ${half} lacks loopback): install them with "apt-get install containernetworking-plugins"`,
  })
  await writeFile(join(half, 'loopback'), '', { mode: 0o755 })
  t.equal(await findPluginDir(['/nonexistent', half]), half)
  const { path } = await ensureConflist({ ...config, confDir: join(dir, 'conf'), dataDir: join(dir, 'data'), binDirs: [half] })
  t.match(JSON.parse(await readFile(path, 'utf8')), { name: 'wherry' })
})

await t.test('reservations', async t => {
  t.same(parseReservation('10.42.3.7', 'abc\r\neth0'), { address: '10.42.3.7', sandboxId: 'abc' })
  t.equal(parseReservation('last_reserved_ip.0', '10.42.3.7'), undefined)
  t.equal(parseReservation('lock', ''), undefined)
  const all = [
    { address: '10.42.3.7', sandboxId: 'abc' },
    { address: '10.42.3.8', sandboxId: 'gone' },
    { address: '10.42.3.9', sandboxId: '' },
  ]
  t.same(planReleases(all, new Set(['abc'])), [all[1]], 'one without an id is being written')
})
