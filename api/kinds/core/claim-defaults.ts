// Defaults of a PersistentVolumeClaim, also within a StatefulSet.
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../../types/core-v1.ts'
import { defaultAmounts } from './pod-defaults.ts'

/** dataSource and dataSourceRef say the same where both can; each fills in the other. */
const mirrorDataSource = (spec: PersistentVolumeClaimSpec): void => {
  const { dataSource, dataSourceRef } = spec
  if (dataSourceRef?.namespace) return
  if (dataSource && !dataSourceRef) spec.dataSourceRef = { ...dataSource }
  else if (dataSourceRef && !dataSource) spec.dataSource = { ...dataSourceRef }
}

export const defaultClaim = (claim: PersistentVolumeClaim): void => {
  const spec = ((claim.spec as PersistentVolumeClaimSpec | undefined) ??= {})
  spec.volumeMode ??= 'Filesystem'
  defaultAmounts(spec.resources?.requests)
  defaultAmounts(spec.resources?.limits)
  const status = (claim.status ??= {})
  status.phase ??= 'Pending'
}

/** A group that was not sent is null. */
const isOldSource = ({ apiGroup, kind }: NonNullable<PersistentVolumeClaimSpec['dataSource']>): boolean =>
  (kind === 'PersistentVolumeClaim' && !apiGroup) || (kind === 'VolumeSnapshot' && apiGroup === 'snapshot.storage.k8s.io')

/** Before there was dataSourceRef, only two kinds counted in dataSource, and all others were dropped: where there was none, they still are. */
const dropOtherSources = (spec: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec | undefined): void => {
  if (old?.dataSource ?? old?.dataSourceRef ?? spec.dataSourceRef) return
  if (spec.dataSource && !isOldSource(spec.dataSource)) delete spec.dataSource
}

export const prepareClaimSpec = (spec: PersistentVolumeClaimSpec, old: PersistentVolumeClaimSpec | undefined): void => {
  // A namespace on the reference needs a feature that is off: without it, the reference is dropped.
  if (spec.dataSourceRef?.namespace && !old?.dataSourceRef) delete spec.dataSourceRef
  dropOtherSources(spec, old)
  mirrorDataSource(spec)
}
