// downwardAPI: the pod's own metadata and resources as files; labels and annotations are live.
import { writePayload, type VolumeFile } from './atomic-writer.ts'
import { addDownward } from './payload.ts'
import type { VolumeType } from './types.ts'

export const downwardApi: VolumeType = {
  field: 'downwardAPI',
  readOnly: true,
  live: true,
  path: (_volume, dir) => dir,
  async setUp(volume, { dir, pod, facts }) {
    const files = new Map<string, VolumeFile>()
    addDownward(files, pod, volume.downwardAPI!.items ?? [], facts, volume.downwardAPI!.defaultMode ?? 0o644)
    await writePayload(dir, files, pod.spec.securityContext?.fsGroup)
    return dir
  },
}
