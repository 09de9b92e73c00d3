// fsGroup: everything in a volume belongs to the group and is open to it; new files inherit it (setgid).
import { chmod, lchown, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

export const applyFsGroup = async (path: string, group: number, policy: string | undefined): Promise<void> => {
  const top = await lstat(path)
  // OnRootMismatch: a root that is right stands for all of it.
  if (policy === 'OnRootMismatch' && top.gid === group && (top.mode & 0o2070) === 0o2070) return
  await applyTo(path, group)
}

const applyTo = async (path: string, group: number): Promise<void> => {
  const stats = await lstat(path)
  await lchown(path, stats.uid, group)
  if (stats.isSymbolicLink()) return
  await chmod(path, stats.isDirectory() ? (stats.mode & 0o7777) | 0o2770 : (stats.mode & 0o7777) | 0o660)
  if (stats.isDirectory()) for (const entry of await readdir(path)) await applyTo(join(path, entry), group)
}
