// Admission: an array of plugins in upstream's order. All `admit`s run first and may change the object, then all `validate`s.
import type { KubeObject } from '../../api/object.ts'
import type { AnyResource } from '../../api/resource.ts'
import type { UserInfo } from '../user.ts'

export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
  readonly resource: AnyResource
  readonly subresource: string
  readonly namespace: string
  readonly name: string
  /** Absent for DELETE. `admit` may change it. */
  readonly object: KubeObject | undefined
  /** Frozen. */
  readonly old: KubeObject | undefined
  readonly user: UserInfo
  readonly dryRun: boolean
  warn(text: string): void
}

export interface AdmissionPlugin {
  readonly name: string
  readonly admit?: (request: AdmissionRequest) => Promise<void> | void
  readonly validate?: (request: AdmissionRequest) => Promise<void> | void
}

export interface AdmissionChain {
  admit(request: AdmissionRequest): Promise<void>
  validate(request: AdmissionRequest): Promise<void>
}

export const createAdmissionChain = (plugins: readonly AdmissionPlugin[]): AdmissionChain => {
  const admitting = plugins.filter(plugin => plugin.admit !== undefined)
  const validating = plugins.filter(plugin => plugin.validate !== undefined)
  return {
    admit: async request => {
      for (const plugin of admitting) await plugin.admit!(request)
    },
    validate: async request => {
      for (const plugin of validating) await plugin.validate!(request)
    },
  }
}
