// Pod cgroups on disk: removed when the pod is gone. Making them is left to the OCI runtime, which makes parents on its way.
import { readFile, readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'

export interface Cgroups {
  readonly v2: boolean
  /** Removes the cgroup and what is below it, in every hierarchy. Resolves false when something still runs in it. Idempotent. */
  remove(path: string): Promise<boolean>
  /** uids of the pods that have a cgroup under `<root>/kubepods`. */
  podUids(root: string): Promise<Map<string, string>>
}

const mountRoot = '/sys/fs/cgroup'

export const createCgroups = async (): Promise<Cgroups> => {
  const mounts = (await readFile('/proc/self/mounts', 'utf8')).split('\n').map(line => line.split(' '))
  const v2 = mounts.some(([, path, type]) => path === mountRoot && type === 'cgroup2')
  const hierarchies = mounts.flatMap(([, path, type]) => (path?.startsWith(mountRoot) && (type === 'cgroup' || type === 'cgroup2') ? [path] : []))

  const removeTree = async (dir: string): Promise<boolean> => {
    const entries = await readdir(dir, { withFileTypes: true }).catch(() => undefined)
    if (!entries) return true
    let removed = true
    for (const entry of entries) if (entry.isDirectory()) removed = (await removeTree(join(dir, entry.name))) && removed
    if (!removed) return false
    return rmdir(dir).then(
      () => true,
      (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
    )
  }
  return {
    v2,
    async remove(path) {
      return (await Promise.all(hierarchies.map(root => removeTree(join(root, path))))).every(Boolean)
    },
    async podUids(root) {
      const found = new Map<string, string>()
      for (const hierarchy of hierarchies) {
        for (const qos of ['', 'burstable', 'besteffort']) {
          const parent = join(root, 'kubepods', qos)
          for (const name of await readdir(join(hierarchy, parent)).catch(() => [])) {
            if (name.startsWith('pod')) found.set(name.slice('pod'.length), join(parent, name))
          }
        }
      }
      return found
    },
  }
}
