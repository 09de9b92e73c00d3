import t from 'tap'
import { addressIn, completeClusterConfig } from '../../../cli/cluster/cluster-config.ts'

const machine = { hostname: 'Web_01.Example', address: '192.0.2.7' }

await t.test('defaults come from the machine', async t => {
  const config = completeClusterConfig({}, machine)
  t.equal(config.nodeName, 'web-01.example')
  t.equal(config.nodeIp, '192.0.2.7')
  t.equal(config.serviceIp, '10.43.0.1')
  t.equal(config.dnsIp, '10.43.0.10')
  t.same(config.etcd, { own: true, port: 12379, servers: ['https://127.0.0.1:12379'] })
  t.equal(config.cgroupParent, '/wherry')
})

await t.test('roots keep clusters apart', async t => {
  const [one, two] = ['/srv/one', '/srv/two'].map(root => completeClusterConfig({ root }, machine))
  t.match(one!.cgroupParent, /^\/wherry-[0-9a-f]{8}$/)
  t.not(one!.cgroupParent, two!.cgroupParent)
})

await t.test('existing parts are used instead of our own', async t => {
  const config = completeClusterConfig({ etcdServers: ['http://10.0.0.1:2379'], containerdSocket: '/run/containerd/containerd.sock' }, machine)
  t.same(config.etcd, { own: false, port: 12379, servers: ['http://10.0.0.1:2379'] })
  t.same(config.containerd, { own: false, socket: '/run/containerd/containerd.sock', cniConfDir: '/etc/cni/net.d' })
})

await t.test('the audit log and static tokens are files that are named', async t => {
  const none = completeClusterConfig({}, machine)
  t.notOk('audit' in none || 'tokenAuthFile' in none)
  const config = completeClusterConfig({ auditPolicyFile: '/p.yaml', auditLogPath: '-', auditLogMaxBackup: 0, tokenAuthFile: '/t.csv' }, machine)
  t.same(config.audit, { policyFile: '/p.yaml', logPath: '-', maxBackup: 0 })
  t.equal(config.tokenAuthFile, '/t.csv')
})

await t.test('what cannot work is refused in a sentence', async t => {
  t.throws(() => completeClusterConfig({}, { ...machine, address: undefined }), /--node-ip/)
  t.throws(() => completeClusterConfig({ serviceCidr: '10.43.0.0' }, machine), /"10.43.0.0" is not an IPv4 range/)
  t.throws(() => completeClusterConfig({ podCidr: '10.300.0.0/16' }, machine), /not an IPv4 range/)
})

await t.test('addresses in a range', async t => {
  t.equal(addressIn('10.43.0.0/16', 10), '10.43.0.10')
  t.equal(addressIn('172.31.255.77/20', 1), '172.31.240.1')
  t.equal(addressIn('192.168.0.0/16', 300), '192.168.1.44')
})
