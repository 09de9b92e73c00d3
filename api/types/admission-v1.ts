// Generated from api/schema/admission.v1.txt by scripts/schema/generate-types.ts: edit the table instead.
import type { UserInfo } from './authentication-v1.ts'
import type { GroupVersionKind, GroupVersionResource, Status } from './meta-v1.ts'

export interface AdmissionRequest {
  uid: string
  kind: GroupVersionKind
  resource: GroupVersionResource
  subResource?: string
  requestKind?: GroupVersionKind
  requestResource?: GroupVersionResource
  requestSubResource?: string
  name?: string
  namespace?: string
  operation: string
  userInfo: UserInfo
  object?: unknown
  oldObject?: unknown
  dryRun?: boolean
  options?: unknown
}

export interface AdmissionResponse {
  uid: string
  allowed: boolean
  status?: Status
  patch?: string
  patchType?: string
  auditAnnotations?: Record<string, string>
  warnings?: string[]
}

export interface AdmissionReview {
  kind: string
  apiVersion: string
  request?: AdmissionRequest
  response?: AdmissionResponse
}
