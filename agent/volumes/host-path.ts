// hostPath: a path of the node, checked for what its type demands, made where its type says so.
import { mkdir, stat, writeFile } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { VolumeError, type VolumeType } from './types.ts'

const checks: Readonly<Record<string, { what: string; holds: (stats: Stats) => boolean }>> = {
  Directory: { what: 'a directory', holds: s => s.isDirectory() },
  DirectoryOrCreate: { what: 'a directory', holds: s => s.isDirectory() },
  File: { what: 'a file', holds: s => s.isFile() },
  FileOrCreate: { what: 'a file', holds: s => s.isFile() },
  Socket: { what: 'a socket file', holds: s => s.isSocket() },
  CharDevice: { what: 'a character device', holds: s => s.isCharacterDevice() },
  BlockDevice: { what: 'a block device', holds: s => s.isBlockDevice() },
}

export const hostPath: VolumeType = {
  field: 'hostPath',
  path: volume => volume.hostPath!.path,
  async setUp(volume) {
    const { path, type = '' } = volume.hostPath!
    const stats = await stat(path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw new VolumeError(String(error), { cause: error })
      return undefined
    })
    if (!stats && (type === 'DirectoryOrCreate' || type === '')) await mkdir(path, { recursive: true, mode: 0o755 })
    else if (!stats && type === 'FileOrCreate') await writeFile(path, '', { mode: 0o644, flag: 'a' })
    else if (!stats || (checks[type] && !checks[type].holds(stats)))
      throw new VolumeError(`hostPath type check failed: ${path} is not ${checks[type]?.what ?? 'there'}`)
    return path
  },
}
