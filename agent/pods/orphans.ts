// What pods that are gone left on the node: folders, logs, cgroups. Containers and sandboxes go through a worker of their own.
import type { Logger } from '../../base/log.ts'
import type { CgroupLayout } from '../pod-config/cgroup-parent.ts'
import type { Cgroups } from './cgroups.ts'
import type { PodFolders } from './folders.ts'

export const removeOrphans = async (
  isKnown: (uid: string) => boolean,
  deps: { folders: PodFolders; cgroups: Cgroups; layout: CgroupLayout; log: Logger },
): Promise<void> => {
  const { folders, cgroups, layout, log } = deps
  for (const uid of await folders.uids()) {
    if (isKnown(uid)) continue
    await folders.remove(uid).catch((error: unknown) => log.warn({ err: error, uid }, 'the folder of a pod that is gone cannot be removed'))
    if (!isKnown(uid)) await folders.removeLogs(uid)
  }
  if (layout.driver !== 'cgroupfs') return
  for (const [uid, path] of await cgroups.podUids(layout.root)) if (!isKnown(uid)) await cgroups.remove(path)
}
