// secret: its keys as files on a tmpfs, so that they never reach a disk; live.
import { mkdir } from 'node:fs/promises'
import { writePayload, type VolumeFile } from './atomic-writer.ts'
import { addSource, toSecretData } from './payload.ts'
import type { VolumeType } from './types.ts'

export const secretVolume: VolumeType = {
  field: 'secret',
  readOnly: true,
  live: true,
  path: (_volume, dir) => dir,
  async setUp(volume, { dir, pod, secret, mounter }) {
    const { secretName = '', items, optional, defaultMode = 0o644 } = volume.secret!
    const found = await secret(secretName)
    const files = new Map<string, VolumeFile>()
    addSource(
      files,
      { what: `secret "${secretName}"`, data: found && toSecretData(found), ...(items && { items }), ...(optional && { optional }) },
      defaultMode,
    )
    await mkdir(dir, { recursive: true })
    await mounter.tmpfs(dir, { mode: '0755' })
    await writePayload(dir, files, pod.spec.securityContext?.fsGroup)
    return dir
  },
}
