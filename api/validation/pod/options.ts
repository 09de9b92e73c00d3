// What the judgement of a pod spec depends on beside the spec.

export interface PodRules {
  /** A Pod itself, not a template of one. */
  isPod: boolean
  /** Faults that the stored object already had may stay. */
  allowInvalidSelectorValues?: boolean
  allowIndivisibleHugePages?: boolean
  allowInvalidSpreadSelector?: boolean
  allowNonLocalTokenPath?: boolean
  allowHostSysctls?: boolean
  allowInvalidDeletionCost?: boolean
  allowInvalidNodeAffinityValues?: boolean
}

export const podRules: PodRules = { isPod: true }
export const templateRules: PodRules = { isPod: false }
