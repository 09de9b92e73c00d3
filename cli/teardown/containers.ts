// Ends all containers of our own containerd without its help, so that it also works when that is broken: its keeper first, then every
// container's first process, then the shims. What they had mounted, in cgroups and on disk is left to the steps that follow.
import { readFile, readdir, rm, rmdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Paths } from '../../base/paths.ts'
import { endProcess, readStartTicks, stopKept, type ProcessMark } from '../supervise/kept.ts'

const list = (directory: string): Promise<string[]> => readdir(directory).catch(() => [])

/** Processes whose command line has `--address SOCKET` or `-address SOCKET`: shims, and no other containerd's. */
const findShims = async (socket: string): Promise<ProcessMark[]> => {
  const found: ProcessMark[] = []
  for (const pid of (await list('/proc')).filter(name => /^\d+$/.test(name)).map(Number)) {
    const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0')
    if (!basename(argv[0] ?? '').startsWith('containerd-shim')) continue
    const at = argv.findIndex(argument => argument === '-address' || argument === '--address')
    const ticks = at >= 0 && argv[at + 1] === socket ? await readStartTicks(pid) : undefined
    if (ticks !== undefined) found.push({ pid, ticks })
  }
  return found
}

export interface EndedContainers {
  /** Ids of containers and sandboxes. */
  readonly ids: readonly string[]
  /** Cgroup paths they were in, as /proc/PID/cgroup has them. */
  readonly cgroups: readonly string[]
}

export const endContainers = async (paths: Paths): Promise<EndedContainers> => {
  await stopKept({ name: 'containerd', run: paths.run })
  const shims = await findShims(paths.containerd.socket)
  const tasks = join(paths.containerd.state, 'io.containerd.runtime.v2.task')
  const ids: string[] = []
  const cgroups = new Set<string>()
  const sockets: string[] = []
  for (const namespace of await list(tasks)) {
    for (const id of await list(join(tasks, namespace))) {
      const bundle = join(tasks, namespace, id)
      ids.push(id)
      const address = (await readFile(join(bundle, 'address'), 'utf8').catch(() => '')).trim().replace(/^unix:\/\//, '')
      if (address) sockets.push(address)
      const pid = Number(await readFile(join(bundle, 'init.pid'), 'utf8').catch(() => ''))
      // A pid in a file may have been given away: only a process that lives under one of our shims is killed.
      const parent = pid ? Number(/^PPid:\s*(\d+)$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => ''))?.[1]) : 0
      if (!pid || !shims.some(shim => shim.pid === parent)) continue
      for (const line of (await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')).split('\n')) {
        const path = line.split(':').slice(2).join(':')
        if (path.length > 1) cgroups.add(path)
      }
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
  }
  await Promise.all(shims.map(shim => endProcess(shim, 500)))
  // 1.6 and 1.7 put shim sockets outside of the state directory; the directory goes when ours were the last.
  await Promise.all(sockets.map(socket => rm(socket, { force: true })))
  for (const directory of new Set(sockets.map(dirname)))
    await rmdir(directory)
      .then(
        () => rmdir(dirname(directory)),
        () => undefined,
      )
      .catch(() => undefined)
  return { ids, cgroups: [...cgroups] }
}
