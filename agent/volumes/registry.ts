// The volume types. One more = one file and one line here.
import type { Volume } from '../../api/types/core-v1.ts'
import { configMapVolume } from './config-map.ts'
import { downwardApi } from './downward-api.ts'
import { emptyDir } from './empty-dir.ts'
import { hostPath } from './host-path.ts'
import { projected } from './projected.ts'
import { secretVolume } from './secret.ts'
import type { VolumeType } from './types.ts'

export const volumeTypes: readonly VolumeType[] = [emptyDir, hostPath, configMapVolume, secretVolume, projected, downwardApi]

/** A volume without a source is an emptyDir. */
export const findVolumeType = (volume: Volume): VolumeType | undefined =>
  volumeTypes.find(({ field }) => volume[field]) ?? (Object.keys(volume).length === 1 ? emptyDir : undefined)

/** `kubernetes.io~empty-dir`: upstream's folder for the type. */
export const toTypeFolder = ({ field }: VolumeType): string =>
  `kubernetes.io~${field === 'downwardAPI' ? 'downward-api' : field.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`.replace('config-map', 'configmap')
