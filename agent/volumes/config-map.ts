// configMap: its keys as files, live.
import { writePayload, type VolumeFile } from './atomic-writer.ts'
import { addSource, toConfigMapData } from './payload.ts'
import type { VolumeType } from './types.ts'

export const configMapVolume: VolumeType = {
  field: 'configMap',
  readOnly: true,
  live: true,
  path: (_volume, dir) => dir,
  async setUp(volume, { dir, pod, configMap }) {
    const { name = '', items, optional, defaultMode = 0o644 } = volume.configMap!
    const found = await configMap(name)
    const files = new Map<string, VolumeFile>()
    addSource(
      files,
      { what: `configmap "${name}"`, data: found && toConfigMapData(found), ...(items && { items }), ...(optional && { optional }) },
      defaultMode,
    )
    await writePayload(dir, files, pod.spec.securityContext?.fsGroup)
    return dir
  },
}
