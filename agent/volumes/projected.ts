// projected: ConfigMaps, Secrets, downward API and service account tokens in one folder, on a tmpfs; live.
import { mkdir } from 'node:fs/promises'
import type { ProjectedVolumeSource } from '../../api/types/core-v1.ts'
import { writePayload, type VolumeFile } from './atomic-writer.ts'
import { addDownward, addSource, cleanPath, toConfigMapData, toSecretData } from './payload.ts'
import { VolumeError, type VolumeContext, type VolumeType } from './types.ts'

type Projection = NonNullable<ProjectedVolumeSource['sources']>[number]

const addProjection = async (files: Map<string, VolumeFile>, source: Projection, mode: number, context: VolumeContext): Promise<void> => {
  const { pod } = context
  if (source.configMap) {
    const { name = '', items, optional } = source.configMap
    const found = await context.configMap(name)
    addSource(files, { what: `configmap "${name}"`, data: found && toConfigMapData(found), ...(items && { items }), ...(optional && { optional }) }, mode)
  } else if (source.secret) {
    const { name = '', items, optional } = source.secret
    const found = await context.secret(name)
    addSource(files, { what: `secret "${name}"`, data: found && toSecretData(found), ...(items && { items }), ...(optional && { optional }) }, mode)
  } else if (source.downwardAPI) {
    addDownward(files, pod, source.downwardAPI.items ?? [], context.facts, mode)
  } else if (source.serviceAccountToken) {
    const { audience, expirationSeconds = 3600, path } = source.serviceAccountToken
    const token = await context.serviceAccountToken(audience, expirationSeconds)
    // Only whoever the pod runs as may read it; root's pods need no group.
    const restricted =
      pod.spec.securityContext?.fsGroup !== undefined ||
      pod.spec.containers.every(c => (c.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? 0) === 0)
    if (token !== undefined) files.set(cleanPath(path), { data: Buffer.from(token), mode: restricted ? 0o600 : mode })
  } else {
    throw new VolumeError(`projected source ${Object.keys(source).join(', ')} is not supported`)
  }
}

export const projected: VolumeType = {
  field: 'projected',
  readOnly: true,
  live: true,
  path: (_volume, dir) => dir,
  async setUp(volume, context) {
    const { sources = [], defaultMode = 0o644 } = volume.projected!
    const files = new Map<string, VolumeFile>()
    for (const source of sources) await addProjection(files, source, defaultMode, context)
    await mkdir(context.dir, { recursive: true })
    await context.mounter.tmpfs(context.dir, { mode: '0755' })
    await writePayload(context.dir, files, context.pod.spec.securityContext?.fsGroup)
    return context.dir
  },
}
