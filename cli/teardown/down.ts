// Removes a cluster: everything it made on this machine and nothing else. Every step is safe to repeat, so an interrupted `down` is
// finished by the next. The order matters: processes, containers, network, mounts, cgroups, and files only when nothing is mounted below.
import { rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createLogger } from '../../base/log.ts'
import type { Paths } from '../../base/paths.ts'
import { createShell } from '../../base/shell.ts'
import { networkName } from '../../cni/config.ts'
import { removeNetwork } from '../../cni/remove.ts'
import { readClusterConfig } from '../cluster/cluster-files.ts'
import { createStages } from '../cluster/stages.ts'
import { StartError } from '../start-error.ts'
import { endProcess, readMark, stopKept } from '../supervise/kept.ts'
import { findCgroupDirectories, removeCgroup } from './cgroups.ts'
import { endContainers } from './containers.ts'
import { unmountBelow } from './mounts.ts'

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )

const endProcesses = async (paths: Paths): Promise<void> => {
  const up = await readMark(join(paths.run, 'up.pid'))
  if (up) await endProcess(up, 30_000)
  await Promise.all(['server', 'agent'].map(name => stopKept({ name, run: paths.run })))
  await stopKept({ name: 'etcd', run: paths.run })
}

/** libcni remembers results in one directory for all clusters of a host; ours are those of our sandboxes. */
const removeCniResults = (ids: readonly string[]): Promise<unknown> =>
  Promise.all(ids.map(id => rm(`/var/lib/cni/results/${networkName}-${id}-eth0`, { force: true })))

export const down = async (paths: Paths, print: (line: string) => void): Promise<void> => {
  const directories = [paths.etc, paths.lib, paths.run]
  if (!(await Promise.all(directories.map(exists))).some(Boolean)) {
    print(`nothing to remove: there is no cluster in ${directories.join(', ')}`)
    return
  }
  if (process.getuid?.() !== 0) throw new StartError(['removing a cluster needs root: run it with sudo'])
  const config = await readClusterConfig(paths)
  const stages = createStages(print)
  const shell = createShell({ log: createLogger('silent') })
  try {
    await stages.run('processes', () => endProcesses(paths))
    const foreign = config?.containerd.socket
    const ended = await stages.run('containers', async () =>
      config && foreign !== undefined ? (await import('./foreign-containers.ts')).removeForeignContainers(foreign, config.cgroupParent) : endContainers(paths),
    )
    await stages.run('network', async () => {
      await removeNetwork(shell, {
        confDir: config?.containerd.cniConfDir ?? paths.cni.conf,
        dataDir: paths.cni.data,
        ...(config && { addresses: [`${config.dnsIp}/32`] }),
      })
      await removeCniResults(ended.ids)
    })
    await stages.run('mounts', () => unmountBelow(shell, directories))
    await stages.run('cgroups', async () => {
      const parents = [...ended.cgroups, ...(config ? [config.cgroupParent] : [])]
      for (const path of parents) for (const directory of await findCgroupDirectories(path)) await removeCgroup(directory)
    })
    await stages.run('files', async () => {
      await Promise.all(directories.map(directory => rm(directory, { recursive: true, force: true })))
      // A --root of its own goes as well, when nothing else is in it.
      if (dirname(paths.etc) === dirname(paths.lib)) await rmdir(dirname(paths.etc)).catch(() => undefined)
    })
    if (config && !config.etcd.own) print(`the cluster's objects stay in etcd at ${config.etcd.servers.join(', ')}, which was there before`)
  } catch (error) {
    throw new StartError([(error as Error).message])
  } finally {
    await shell.close()
  }
}
