// Cgroups of this cluster's pods: killing what is in them and removing the directories, on version 1 (one tree for each controller) and 2.
import { readFile, readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** Every directory that `path` (such as /wherry) is in, over all mounted hierarchies. */
export const findCgroupDirectories = async (path: string): Promise<string[]> => {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter(line => / - cgroup2? /.test(line))
    .map(line => line.split(' ')[4]!)
  const found = await Promise.all(
    mounts.map(async mount =>
      (await readdir(join(mount, path)).then(
        () => true,
        () => false,
      ))
        ? [join(mount, path)]
        : [],
    ),
  )
  return [...new Set(found.flat())]
}

/** Deepest first. */
const walk = async (directory: string): Promise<string[]> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const below = await Promise.all(entries.filter(entry => entry.isDirectory()).map(entry => walk(join(directory, entry.name))))
  return [...below.flat(), directory]
}

export const readCgroupPids = async (directory: string): Promise<number[]> => {
  const lists = await Promise.all((await walk(directory)).map(each => readFile(join(each, 'cgroup.procs'), 'utf8').catch(() => '')))
  return [...new Set(lists.flatMap(text => text.split('\n').filter(Boolean).map(Number)))]
}

/** Kills everything in the directory and removes it; resolves when it is gone. Throws when the kernel does not let it go within 10 s. */
export const removeCgroup = async (directory: string): Promise<void> => {
  const deadline = Date.now() + 10_000
  for (;;) {
    for (const pid of await readCgroupPids(directory)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
      }
    }
    let failure: unknown
    for (const each of await walk(directory)) {
      await rmdir(each).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') failure = error
      })
    }
    if (failure === undefined) return
    if (Date.now() > deadline) throw new Error(`the cgroup ${directory} cannot be removed: ${(failure as Error).message}`, { cause: failure })
    await delay(20)
  }
}
