// Which secrets, config maps, claims and accounts a pod or a volume makes a node read. Pure.
import type { PersistentVolume, Pod, Volume } from '../../../api/types/core-v1.ts'
import type { Loose } from '../../../api/validation/loose.ts'

export type ReferenceKind = 'secret' | 'configmap' | 'claim' | 'account' | 'resourceclaim'
export interface Reference {
  readonly kind: ReferenceKind
  readonly namespace: string
  readonly name: string
}

/** Volume sources that name a secret as `secretRef`. */
const secretRefs = ['cephfs', 'cinder', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'] as const

const volumeSecrets = (volume: Loose<Volume>): (string | undefined)[] => [
  volume.secret?.secretName,
  volume.azureFile?.secretName,
  volume.csi?.nodePublishSecretRef?.name,
  ...secretRefs.map(source => volume[source]?.secretRef?.name),
  ...(volume.projected?.sources ?? []).map(source => source.secret?.name),
]
const volumeConfigMaps = (volume: Loose<Volume>): (string | undefined)[] => [
  volume.configMap?.name,
  ...(volume.projected?.sources ?? []).map(source => source.configMap?.name),
]

const claimNameOf = (pod: Loose<Pod>, volume: Loose<Volume>): string | undefined =>
  volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod.metadata?.name ?? ''}-${volume.name ?? ''}` : undefined)

const resourceClaimsOf = ({ spec, status }: Loose<Pod>): (string | undefined)[] => [
  ...(spec?.resourceClaims ?? []).map(claim => claim.resourceClaimName ?? status?.resourceClaimStatuses?.find(s => s.name === claim.name)?.resourceClaimName),
  status?.extendedResourceClaimStatus?.resourceClaimName,
]

export const mirrorAnnotation = 'kubernetes.io/config.mirror'

const secretsAndMaps = ({ spec }: Loose<Pod>): { secrets: (string | undefined)[]; maps: (string | undefined)[] } => {
  const volumes = spec?.volumes ?? []
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? []), ...(spec?.ephemeralContainers ?? [])]
  const env = containers.flatMap(container => container.env ?? [])
  const envFrom = containers.flatMap(container => container.envFrom ?? [])
  return {
    secrets: [
      ...(spec?.imagePullSecrets ?? []).map(secret => secret.name),
      ...env.map(e => e.valueFrom?.secretKeyRef?.name),
      ...envFrom.map(e => e.secretRef?.name),
      ...volumes.flatMap(volumeSecrets),
    ],
    maps: [...env.map(e => e.valueFrom?.configMapKeyRef?.name), ...envFrom.map(e => e.configMapRef?.name), ...volumes.flatMap(volumeConfigMaps)],
  }
}

/** What the pod names, whoever made it. */
export const podReferences = (pod: Loose<Pod>): Reference[] => {
  const namespace = pod.metadata?.namespace ?? ''
  const of = (kind: ReferenceKind, names: readonly (string | undefined)[]): Reference[] =>
    [...new Set(names)].flatMap(name => (name ? [{ kind, namespace, name }] : []))
  const { secrets, maps } = secretsAndMaps(pod)
  return [
    ...of('account', [pod.spec?.serviceAccountName]),
    ...of('secret', secrets),
    ...of('configmap', maps),
    ...of(
      'claim',
      (pod.spec?.volumes ?? []).map(volume => claimNameOf(pod, volume)),
    ),
    ...of('resourceclaim', resourceClaimsOf(pod)),
  ]
}

/** Secrets that the node (not a controller) needs to mount the volume. Those without a namespace lie in the claim's. */
export const volumeSecretReferences = ({ spec }: Loose<PersistentVolume>): Reference[] => {
  const own = spec?.claimRef?.namespace ?? ''
  const refs: { name?: string | undefined; namespace?: string | undefined }[] = [
    { name: spec?.azureFile?.secretName, namespace: spec?.azureFile?.secretNamespace },
    ...(['cephfs', 'cinder', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'] as const).map(source => spec?.[source]?.secretRef ?? {}),
    spec?.csi?.nodePublishSecretRef ?? {},
    spec?.csi?.nodeStageSecretRef ?? {},
    spec?.csi?.nodeExpandSecretRef ?? {},
  ]
  return refs.flatMap(({ name, namespace }) => (name ? [{ kind: 'secret' as const, namespace: namespace || own, name }] : []))
}
