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

export const prepareClaimSpec = mirrorDataSource
