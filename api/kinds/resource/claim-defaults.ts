// Defaults of what a claim asks for.
import type { DeviceClaim } from '../../types/resource-v1.ts'

/** One device, unless said otherwise. */
export const defaultDeviceClaim = (claim: DeviceClaim | undefined): void => {
  for (const { exactly, firstAvailable = [] } of claim?.requests ?? []) {
    for (const ask of exactly ? [exactly, ...firstAvailable] : firstAvailable) {
      ask.allocationMode ||= 'ExactCount'
      if (ask.allocationMode === 'ExactCount') ask.count ||= 1
    }
  }
}
