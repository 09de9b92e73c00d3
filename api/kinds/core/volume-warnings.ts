// Volumes that are accepted but no longer do anything, files of a volume that hide each other, and sizes that are no whole bytes.
import { canonicalQuantity, isWholeQuantity } from '../../quantity.ts'
import type { KeyToPath, PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec, Volume, VolumeProjection } from '../../types/core-v1.ts'
import { keyed } from '../../validation/collect.ts'
import { labelKeyWarnings } from '../deprecated-labels.ts'

const gone: readonly (readonly [source: string, why: string, shown?: string])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+', 'storageOS'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]

/** Of a volume in a pod, or of the source that a PersistentVolume's spec is. */
const sourceWarnings = (path: string, source: object): string[] =>
  gone.flatMap(([key, why, shown = key]) => (key in source ? [`${path}.${shown}: ${why}`] : []))

export const fractionWarnings = (path: string, amounts: Readonly<Record<string, string>> | undefined, names: readonly string[]): string[] =>
  names.flatMap(name => {
    const amount = amounts?.[name]
    return amount === undefined || isWholeQuantity(amount)
      ? []
      : [`${keyed(path, name)}: fractional byte value "${canonicalQuantity(amount)}" is invalid, must be an integer`]
  })

const claimSpecWarnings = (path: string, spec: PersistentVolumeClaimSpec | undefined): string[] => [
  ...fractionWarnings(`${path}.resources.requests`, spec?.resources?.requests, ['storage']),
  ...fractionWarnings(`${path}.resources.limits`, spec?.resources?.limits, ['storage']),
]

export const volumeWarnings = (path: string, volume: Volume): string[] => {
  const template = volume.ephemeral?.volumeClaimTemplate
  return [...sourceWarnings(path, volume), ...(template ? claimSpecWarnings(`${path}.ephemeral.volumeClaimTemplate.spec`, template.spec) : [])]
}

/** A file with what puts it there, as warnings name it. */
interface Placed {
  readonly path: string
  readonly text: string
}
const place = (path: string, source: string): Placed => {
  const trimmed = path.replace(/\/+$/, '')
  return { path: trimmed, text: source ? `"${trimmed}" (${source})` : `"${trimmed}"` }
}
const isUnder = (path: string, folder: string): boolean => `${path}/`.startsWith(`${folder}/`)

const overlaps = (files: readonly Placed[]): string[] =>
  files.flatMap((file, i) =>
    files
      .slice(0, i)
      .filter(other => file.path && other.path && (isUnder(file.path, other.path) || isUnder(other.path, file.path)))
      .map(other => `${file.text} with ${other.text}`),
  )

const placeAll = (items: readonly Pick<KeyToPath, 'path'>[] | undefined, source = ''): Placed[] => (items ?? []).map(item => place(item.path, source))

const projectedFiles = ({ configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle }: VolumeProjection): Placed[] => {
  if (configMap?.items) return placeAll(configMap.items, `ConfigMap "${configMap.name ?? ''}"`)
  if (secret?.items) return placeAll(secret.items, `Secret "${secret.name ?? ''}"`)
  if (downwardAPI?.items) return placeAll(downwardAPI.items, 'DownwardAPI')
  if (serviceAccountToken) return [place(serviceAccountToken.path, 'ServiceAccountToken')]
  if (clusterTrustBundle) return [place(clusterTrustBundle.path, `ClusterTrustBundle "${clusterTrustBundle.name ?? clusterTrustBundle.signerName ?? ''}"`)]
  return []
}

export const overlapWarnings = ({ name, configMap, secret, downwardAPI, projected }: Volume): string[] => {
  const together = (what: string, files: readonly Placed[]): string[] => {
    const found = overlaps(files)
    return found.length ? [`volume "${name}" (${what}): overlapping paths: ${found.join(', ')}`] : []
  }
  const sources = projected?.sources ?? []
  return [
    ...together(`ConfigMap "${configMap?.name ?? ''}"`, placeAll(configMap?.items)),
    ...together(`Secret "${secret?.secretName ?? ''}"`, placeAll(secret?.items)),
    ...together('DownwardAPI', placeAll(downwardAPI?.items)),
    ...sources.filter(source => Object.keys(source).length === 0).map(() => `volume "${name}" (Projected) has no sources provided`),
    ...overlaps(sources.flatMap(projectedFiles)).map(found => `volume "${name}" (Projected): overlapping paths: ${found}`),
  ]
}

const classAnnotation = 'volume.beta.kubernetes.io/storage-class'
const annotationWarnings = (annotations: Readonly<Record<string, string>> | undefined, key: string, why: string): string[] =>
  annotations?.[key] === undefined ? [] : [`${keyed('metadata.annotations', key)}: ${why}`]
const classWarnings = (annotations: Readonly<Record<string, string>> | undefined): string[] =>
  annotationWarnings(annotations, classAnnotation, 'deprecated since v1.8; use "storageClassName" attribute instead')

export const claimWarnings = ({ metadata, spec }: PersistentVolumeClaim): string[] => [
  ...classWarnings(metadata.annotations),
  ...claimSpecWarnings('spec', spec),
]

export const persistentVolumeWarnings = ({ metadata, spec }: PersistentVolume): string[] => [
  ...classWarnings(metadata.annotations),
  ...annotationWarnings(metadata.annotations, 'volume.beta.kubernetes.io/mount-options', 'deprecated since v1.31; use "mountOptions" attribute instead'),
  ...(spec?.persistentVolumeReclaimPolicy === 'Recycle'
    ? ['spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.']
    : []),
  ...(spec?.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap((term, i) =>
    (term.matchExpressions ?? []).flatMap(({ key }, j) =>
      labelKeyWarnings(`spec.nodeAffinity.required.nodeSelectorTerms[${i}].matchExpressions[${j}].key`, key),
    ),
  ),
  ...sourceWarnings('spec', spec ?? {}),
  ...fractionWarnings('spec.capacity', spec?.capacity, ['storage']),
]
