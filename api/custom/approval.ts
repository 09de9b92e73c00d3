// Groups of the Kubernetes project itself: their definitions say by an annotation that their API was approved. Pure.
import type { CustomResourceDefinitionCondition } from '../types/apiextensions-v1.ts'

export const approvalAnnotation = 'api-approved.kubernetes.io'

export const isProtectedGroup = (group: string): boolean =>
  group === 'k8s.io' || group.endsWith('.k8s.io') || group === 'kubernetes.io' || group.endsWith('.kubernetes.io')

export type Approval = 'missing' | 'unapproved' | 'approved' | 'invalid'

const isUrl = (text: string): boolean => {
  try {
    return new URL(text).host !== ''
  } catch {
    return false
  }
}

export const approvalOf = (annotations: Readonly<Record<string, string>> | undefined): Approval => {
  const text = annotations?.[approvalAnnotation] ?? ''
  if (text === '') return 'missing'
  if (text.startsWith('unapproved')) return 'unapproved'
  return isUrl(text) ? 'approved' : 'invalid'
}

const conditions: Readonly<Record<Approval, { status: string; reason: string }>> = {
  missing: { status: 'False', reason: 'MissingAnnotation' },
  unapproved: { status: 'False', reason: 'UnapprovedAnnotation' },
  invalid: { status: 'False', reason: 'InvalidAnnotation' },
  approved: { status: 'True', reason: 'ApprovedAnnotation' },
}

/** Undefined for groups that anybody may define. */
export const judgeApproval = (
  group: string,
  annotations: Readonly<Record<string, string>> | undefined,
): { condition: Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'> } | undefined => {
  if (!isProtectedGroup(group)) return undefined
  const { status, reason } = conditions[approvalOf(annotations)]
  const text = annotations?.[approvalAnnotation] ?? ''
  const message =
    text === ''
      ? `protected groups must have approval annotation "${approvalAnnotation}"`
      : `${status === 'True' ? 'approved' : 'not approved'}: ${JSON.stringify(text)}`
  return { condition: { type: 'KubernetesAPIApprovalPolicyConformant', status, reason, message } }
}
