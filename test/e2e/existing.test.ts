// A cluster on an etcd and a containerd that are there already: both are used, and both are left running, without our pods.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import t from 'tap'
import { toPaths } from '../../base/paths.ts'
import { toContainerdConfig } from '../../cli/containerd/containerd-config.ts'
import { pauseReference } from '../../cli/images/local-images.ts'
import { findProgram, hasCapSysResource } from '../../cli/cluster/machine.ts'
import { createCluster } from '../harness/cluster.ts'
import { eventually } from '../harness/eventually.ts'
import { createTestHost } from '../harness/network.ts'

t.setTimeout(180_000)

await t.test('existing etcd and containerd', async t => {
  const host = await createTestHost()
  t.teardown(() => host.remove())
  const directory = await mkdtemp('/tmp/wt-existing-')
  const paths = toPaths(directory)
  for (const each of [paths.etc, paths.run, paths.lib, paths.cni.conf]) await mkdir(each, { recursive: true })
  await writeFile(
    paths.containerd.config,
    toContainerdConfig({
      paths,
      sandboxImage: pauseReference,
      cniBinDirs: ['/usr/lib/cni'],
      runtimes: { runc: (await findProgram('runc'))! },
      defaultRuntime: 'runc',
      restrictOomScoreAdj: !(await hasCapSysResource()),
    }),
  )
  const children = [
    host.spawn(['etcd', '--data-dir', paths.etcd.data, '--log-level=error'], { stdio: 'ignore' }),
    host.spawn(['containerd', '--config', paths.containerd.config], { stdio: 'ignore' }),
  ]
  t.teardown(async () => {
    await Promise.all(
      children.map(
        child =>
          new Promise(resolve => {
            child.once('exit', resolve)
            child.kill('SIGTERM')
          }),
      ),
    )
    await rm(directory, { recursive: true, force: true })
  })
  const ctr = ['ctr', '--address', paths.containerd.socket]
  await eventually(() => host.run([...ctr, 'version']))

  const cluster = await createCluster(t, {
    host,
    sample: true,
    flags: ['--etcd-servers', 'http://127.0.0.1:2379', '--containerd-socket', paths.containerd.socket, '--cni-conf-dir', paths.cni.conf],
  })
  await cluster.kubectl('rollout status deployment/hello --timeout=60s')
  t.equal(await cluster.pid('etcd'), undefined, 'no etcd of our own')
  t.equal(await cluster.pid('containerd'), undefined, 'no containerd of our own')
  const containers = async (): Promise<string[]> => (await host.run([...ctr, '--namespace', 'k8s.io', 'containers', 'list', '-q'])).split('\n').filter(Boolean)
  t.equal((await containers()).length, 4, 'two pods, each with its sandbox')

  t.match(await cluster.down(), /objects stay in etcd at http:\/\/127\.0\.0\.1:2379/)
  t.same(await containers(), [])
  t.equal(await host.run(['nft', 'list', 'ruleset']), '')
  t.same(
    children.map(child => child.exitCode ?? child.signalCode),
    [null, null],
    'both go on',
  )
})
