// `down` leaves the machine as it was before `up`, also with pods running, and a foreign etcd and containerd are not touched.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readClusterConfig } from '../../cli/cluster/cluster-files.ts'
import { readStartTicks } from '../../cli/supervise/kept.ts'
import { createCluster } from '../harness/cluster.ts'
import { eventually } from '../harness/eventually.ts'
import { findProcesses, readMachine, readOutlyingTraces } from '../harness/leaks.ts'
import { createTestHost, type TestHost } from '../harness/network.ts'

t.setTimeout(240_000)

/** An etcd on its usual ports and a containerd of another owner, both on the host of the cluster. */
const startForeign = async (t: { teardown(run: () => Promise<void>): unknown }, host: TestHost) => {
  const directory = await mkdtemp('/tmp/wt-foreign-')
  const socket = join(directory, 'containerd.sock')
  await writeFile(
    join(directory, 'config.toml'),
    `version = 2\nroot = "${directory}/root"\nstate = "${directory}/state"\ndisabled_plugins = ["io.containerd.grpc.v1.cri"]\n[grpc]\n  address = "${socket}"\n`,
  )
  const children = [
    host.spawn(['etcd', '--data-dir', join(directory, 'etcd'), '--log-level=error'], { stdio: 'ignore' }),
    host.spawn(['containerd', '--config', join(directory, 'config.toml')], { stdio: 'ignore' }),
  ]
  t.teardown(async () => {
    await Promise.all(
      children.map(
        child =>
          new Promise(resolve => {
            child.once('exit', resolve)
            if (!child.kill('SIGTERM')) resolve(undefined)
          }),
      ),
    )
    await rm(directory, { recursive: true, force: true })
  })
  await eventually(() => host.run(['busybox', 'wget', '-qO-', 'http://127.0.0.1:2379/health']))
  await eventually(() => host.run(['ctr', '--address', socket, 'version']))
  return {
    identities: () => Promise.all(children.map(async ({ pid }) => `${pid} ${await readStartTicks(pid!)}`)),
    put: () =>
      host.run([
        'busybox',
        'wget',
        '-qO-',
        '--header',
        'Content-Type: application/json',
        '--post-data',
        '{"key":"Zm9v","value":"YmFy"}',
        'http://127.0.0.1:2379/v3/kv/put',
      ]),
    dump: () =>
      host
        .run([
          'busybox',
          'wget',
          '-qO-',
          '--header',
          'Content-Type: application/json',
          '--post-data',
          '{"key":"AA==","range_end":"AA=="}',
          'http://127.0.0.1:2379/v3/kv/range',
        ])
        .then(text => JSON.parse(text) as { count: string; kvs: { key: string }[] }),
    namespaces: () => host.run(['ctr', '--address', socket, 'namespaces', 'list', '-q']),
  }
}

await t.test('up, pods, down: the machine is as before, and foreign programs go on', async t => {
  const host = await createTestHost()
  t.teardown(() => host.remove())
  const foreign = await startForeign(t, host)
  await foreign.put()
  const identities = await foreign.identities()
  const before = await readMachine(host, 'no root yet')

  const cluster = await createCluster(t, { host, sample: true })
  await cluster.kubectl('rollout status deployment/hello --timeout=60s')
  const traces = await cluster.podTraces()
  for (const what of ['containers', 'shims', 'namespaces', 'veths', 'mounts', 'addresses', 'cgroups', 'podDirectories', 'logDirectories'])
    t.ok(traces[what]!.length > 0, `there is something to remove: ${what}`)
  const outlying = await readOutlyingTraces(cluster.paths, (await readClusterConfig(cluster.paths))!.cgroupParent)
  t.ok(outlying.files.filter(existsSync).length >= 4, 'shim sockets, cgroups')
  t.ok(outlying.processes.length >= 4)
  t.equal(outlying.namespaces.length, 2, 'two pods, two network namespaces')
  const during = await readMachine(host, cluster.root)
  t.ok(during['links']!.length > before['links']!.length)
  t.ok(during['rules']!.length > before['rules']!.length)

  const printed = await cluster.down()
  t.match(printed, /containers\n.*network\n.*mounts\n.*cgroups\n.*files/)
  t.notOk(existsSync(cluster.root), 'no file is left')
  t.same(outlying.files.filter(existsSync), [], 'nothing outside of its directories')
  // A dead one that the machine's first process has yet to bury counts as gone.
  for (const pid of outlying.processes) t.equal(await readStartTicks(pid), undefined, `container process ${pid}`)
  t.same(await findProcesses(cluster.root), [], 'no process names them')
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8')
  t.same(
    outlying.namespaces.filter(namespace => mountinfo.includes(` ${namespace} `)),
    [],
    'their network namespaces are gone',
  )
  const after = await readMachine(host, cluster.root)
  for (const what of Object.keys(before)) t.same(after[what], before[what], what)
  t.match(await cluster.wherry(['down']), /nothing to remove/, 'a second down has nothing to do')

  t.same(await foreign.identities(), identities, 'the same etcd and containerd run')
  t.same(
    (await foreign.dump()).kvs.map(({ key }) => key),
    ['Zm9v'],
    'etcd holds what it held',
  )
  t.equal(await foreign.namespaces(), '', 'containerd was not spoken to')
})
