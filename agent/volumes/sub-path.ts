// A file or folder inside of a volume as the source of a mount. Whoever writes into the volume must not be able to point it elsewhere:
// the path is opened, what was opened is checked to lie in the volume, and that very inode is bound to a place of the agent's own.
import { close as closeCallback, open as openCallback } from 'node:fs'
import { chmod, lstat, mkdir, readlink, realpath, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Mounter } from './mounter.ts'
import { VolumeError } from './types.ts'

const open = promisify(openCallback)
const close = promisify(closeCallback)
/** O_PATH, which node:fs does not name. */
const openPath = 0o10000000

const isInside = (path: string, root: string): boolean => path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`)

/** Binds `<volume>/<subPath>` to `target` and returns it. A missing folder is made where the volume is writable. Idempotent. */
export const bindSubPath = async (volume: string, subPath: string, target: string, readOnly: boolean, mounter: Mounter): Promise<string> => {
  if (subPath.startsWith('/') || subPath.split('/').includes('..')) throw new VolumeError(`subPath ${JSON.stringify(subPath)} must not leave the volume`)
  if ((await mounter.under(target)).includes(target)) return target
  const root = await realpath(volume)
  const wanted = join(root, subPath)
  // As open as the volume itself, as upstream: whoever may write there may write here.
  if (!readOnly) await makeFolders(root, subPath, (await stat(root)).mode & 0o777)
  const fd = await open(wanted, openPath).catch((error: unknown) => {
    throw new VolumeError(`subPath ${JSON.stringify(subPath)}: ${(error as Error).message}`, { cause: error })
  })
  try {
    const opened = await readlink(`/proc/self/fd/${fd}`)
    if (!isInside(opened, root)) throw new VolumeError(`subPath ${JSON.stringify(subPath)} leads out of the volume`)
    await mkdir(dirname(target), { recursive: true })
    if ((await stat(`/proc/self/fd/${fd}`)).isDirectory()) await mkdir(target, { recursive: true })
    else await writeFile(target, '', { flag: 'a' })
    await mounter.bind(`/proc/${process.pid}/fd/${fd}`, target)
  } finally {
    await close(fd)
  }
  return target
}

/** Makes the missing folders one by one, never through a link that leads out. */
const makeFolders = async (root: string, subPath: string, mode: number): Promise<void> => {
  let at = root
  for (const part of subPath.split('/').filter(name => name && name !== '.')) {
    at = join(at, part)
    const found = await lstat(at).catch(() => undefined)
    if (!found) {
      if (!isInside(await realpath(dirname(at)), root)) throw new VolumeError(`subPath ${JSON.stringify(subPath)} leads out of the volume`)
      await mkdir(at)
      // mkdir's mode is cut by the umask; the setgid bit that it took over stays.
      await chmod(at, ((await lstat(at)).mode & 0o2000) | mode)
    } else if (found.isSymbolicLink()) {
      at = await realpath(at)
      if (!isInside(at, root)) throw new VolumeError(`subPath ${JSON.stringify(subPath)} leads out of the volume`)
    }
  }
}
