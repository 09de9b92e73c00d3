// What a cluster may leave behind, gathered as lists of names, so that a test can compare before and after and print the difference.
import { readFile, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { Paths } from '../../base/paths.ts'
import { toMountsBelow } from '../../cli/teardown/mounts.ts'
import { findCgroupDirectories } from '../../cli/teardown/cgroups.ts'
import { runProgram, type TestHost } from './network.ts'

const list = (directory: string): Promise<string[]> => readdir(directory).catch(() => [])

const below = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  return (
    await Promise.all(entries.map(async entry => (entry.isDirectory() ? [join(directory, entry.name), ...(await below(join(directory, entry.name)))] : [])))
  ).flat()
}

/** Processes whose command line names `text`. */
export const findProcesses = async (text: string): Promise<string[]> => {
  const found = await Promise.all(
    (await list('/proc'))
      .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
      .map(async pid => {
        const line = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')
        return line.includes(text) ? [`${pid} ${line.slice(0, 160)}`] : []
      }),
  )
  return found.flat()
}

/** Everything that pods leave on a node; all empty when no pod is left, except what belongs to the node itself. */
export const readPodTraces = async (host: TestHost, paths: Paths, cgroupParent: string): Promise<Record<string, string[]>> => {
  const ctr = ['ctr', '--address', paths.containerd.socket, '--namespace', 'k8s.io']
  const lines = async (argv: string[]): Promise<string[]> => (await runProgram(argv)).split('\n').filter(Boolean)
  const cgroups = (await Promise.all((await findCgroupDirectories(cgroupParent)).map(below))).flat()
  const links = JSON.parse(await host.run(['ip', '-j', 'link', 'show', 'type', 'veth'])) as { ifname?: string }[]
  return {
    containers: await lines([...ctr, 'containers', 'list', '-q']),
    tasks: await lines([...ctr, 'tasks', 'list', '-q']),
    snapshots: (await lines([...ctr, 'snapshots', 'list'])).filter(line => line.endsWith('Active')),
    shims: await findProcesses(`-address ${paths.containerd.socket}`),
    namespaces: await list(join(paths.containerd.state, 'io.containerd.grpc.v1.cri', 'netns')).then(async names => [
      ...names,
      ...(await list(join(paths.containerd.state, 'netns'))),
    ]),
    veths: links.flatMap(({ ifname }) => (ifname && ifname !== 'eth0' ? [ifname] : [])),
    mounts: toMountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), [paths.run, paths.lib]),
    addresses: (await list(join(paths.cni.data, 'wherry'))).filter(name => /^\d+\.\d+\.\d+\.\d+$/.test(name)),
    // Directories of quality-of-service classes stay; those of pods do not.
    cgroups: cgroups.filter(path => /pod[0-9a-f-]{8,}|[0-9a-f]{64}/.test(path)),
    podDirectories: await list(join(paths.agent, 'pods')),
    logDirectories: await list(paths.podLogs),
  }
}

/**
 * The machine as far as a cluster could change it: the host's network, and the mounts of the whole machine. Left out is what other tests do
 * at the same time: mounts under /tmp that are not ours, and network namespaces, of which readOutlyingTraces knows ours by number.
 */
export const readMachine = async (host: TestHost, root: string): Promise<Record<string, string[]>> => {
  const lines = (text: string): string[] =>
    text
      .split('\n')
      .map(line => line.trim())
      .filter(line => line !== '')
      .sort()
  const others = (line: string): boolean => !line.includes(root) && /\/tmp\/|\/run\/netns\//.test(line)
  const mounts = lines(
    (await readFile('/proc/self/mountinfo', 'utf8'))
      .split('\n')
      .map(line => line.split(' ').slice(3, 5).join(' '))
      .join('\n'),
  )
  return {
    links: lines((await host.run(['ip', '-o', 'link'])).replace(/ (state|mode|qlen|group) \S+/g, '')),
    addresses: lines((await host.run(['ip', '-o', '-4', 'address'])).replace(/ valid_lft.*/g, '')),
    // Without link-local ones of IPv6, which come by themselves a second after a link.
    routes: lines(await host.run(['ip', 'route', 'show', 'table', 'all'])).filter(line => !line.includes('fe80::')),
    rules: lines(await host.run(['nft', 'list', 'ruleset'])),
    mounts: mounts.filter(line => !others(line)),
  }
}

/** What our containers have outside of the cluster's directories; none of it may be there when the cluster is gone. */
export const readOutlyingTraces = async (paths: Paths, cgroupParent: string): Promise<{ files: string[]; processes: number[]; namespaces: string[] }> => {
  const tasks = join(paths.containerd.state, 'io.containerd.runtime.v2.task', 'k8s.io')
  const ids = await list(tasks)
  const files = await Promise.all(
    ids.map(async id => [
      (await readFile(join(tasks, id, 'address'), 'utf8').catch(() => '')).trim().replace('unix://', ''),
      `/var/lib/cni/results/wherry-${id}-eth0`,
    ]),
  )
  const pids = await Promise.all(ids.map(id => readFile(join(tasks, id, 'init.pid'), 'utf8').catch(() => '')))
  const ours = pids.map(pid => pid.trim()).filter(Boolean)
  const namespaces = await Promise.all(ours.map(pid => readlink(`/proc/${pid}/ns/net`).catch(() => '')))
  return {
    namespaces: [...new Set(namespaces)].filter(Boolean),
    files: [...files.flat(), ...(await findCgroupDirectories(cgroupParent))].filter(Boolean),
    processes: ours.map(Number),
  }
}
