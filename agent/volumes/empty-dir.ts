// emptyDir: a folder that lives as long as the pod; with medium Memory a tmpfs.
import { chmod, mkdir } from 'node:fs/promises'
import { byteValue } from '../../api/quantity.ts'
import { VolumeError, type VolumeType } from './types.ts'

export const emptyDir: VolumeType = {
  field: 'emptyDir',
  fsGroup: true,
  path: (_volume, dir) => dir,
  async setUp({ emptyDir: source }, { dir, mounter }) {
    await mkdir(dir, { recursive: true })
    const medium = source?.medium ?? ''
    if (medium !== '' && medium !== 'Memory') throw new VolumeError(`unknown storage medium ${JSON.stringify(medium)}`)
    if (medium === 'Memory') await mounter.tmpfs(dir, { ...(source?.sizeLimit && { sizeBytes: byteValue(source.sizeLimit) }) })
    await chmod(dir, 0o777)
    return dir
  },
}
