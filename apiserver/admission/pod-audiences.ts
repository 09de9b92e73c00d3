// The audiences of the tokens that a pod's volumes ask for: a node may have no others made.
import type { KubeObject } from '../../api/object.ts'
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/types/core-v1.ts'
import type { CSIDriver } from '../../api/types/storage-v1.ts'
import type { Loose } from '../../api/validation/loose.ts'
import { lookUp } from './look-up.ts'
import type { AdmissionDeps } from './registry.ts'

/** The CSI driver behind a claim, when it is bound to a volume of one. */
const driverOfClaim = async ({ store, table }: AdmissionDeps, namespace: string, name: string): Promise<string | undefined> => {
  const claim = await lookUp<KubeObject>(store, table.stored('persistentvolumeclaims').keyOf(namespace, name))
  const volumeName = (claim as Loose<PersistentVolumeClaim> | undefined)?.spec?.volumeName
  if (!volumeName) return undefined
  const volume = await lookUp<KubeObject>(store, table.stored('persistentvolumes').keyOf('', volumeName))
  return (volume as Loose<PersistentVolume> | undefined)?.spec?.csi?.driver
}

export const podAudiences = async (pod: Loose<Pod>, deps: AdmissionDeps): Promise<ReadonlySet<string>> => {
  const { store, table } = deps
  const audiences = new Set<string>()
  const drivers = new Set<string>()
  for (const volume of pod.spec?.volumes ?? []) {
    for (const source of volume.projected?.sources ?? []) if (source.serviceAccountToken) audiences.add(source.serviceAccountToken.audience ?? '')
    const claim = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral ? `${pod.metadata?.name ?? ''}-${volume.name ?? ''}` : undefined)
    const driver = volume.csi?.driver ?? (claim ? await driverOfClaim(deps, pod.metadata?.namespace ?? '', claim) : undefined)
    if (driver) drivers.add(driver)
  }
  for (const name of drivers) {
    const driver = await lookUp<KubeObject>(store, table.stored('csidrivers.storage.k8s.io').keyOf('', name))
    for (const request of (driver as Loose<CSIDriver> | undefined)?.spec?.tokenRequests ?? []) audiences.add(request.audience ?? '')
  }
  return audiences
}
