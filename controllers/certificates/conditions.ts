// What the conditions of a certificate request say. Pure.
import type { CertificateSigningRequest } from '../../api/types/certificates-v1.ts'

export type Outcome = 'Approved' | 'Denied' | 'Failed'

export const has = ({ status }: CertificateSigningRequest, outcome: Outcome): boolean => status?.conditions?.some(c => c.type === outcome) ?? false

/** Nothing more will be done about it. */
export const isSettled = (request: CertificateSigningRequest): boolean =>
  Boolean(request.status?.certificate) || has(request, 'Denied') || has(request, 'Failed')

export const withCondition = (request: CertificateSigningRequest, type: Outcome, reason: string, message: string): CertificateSigningRequest => ({
  ...request,
  status: { ...request.status, conditions: [...(request.status?.conditions ?? []), { type, status: 'True', reason, message }] },
})

const hourMs = 3_600_000

/** When a request has been around long enough: an hour after it was answered, a day after it was made, or when its certificate has ended. */
export const computeEndMs = (request: CertificateSigningRequest, certificateEndsMs: number | undefined): number => {
  const after = (time: string | undefined, ms: number): number => (time === undefined ? Infinity : Date.parse(time) + ms)
  const { conditions = [] } = request.status ?? {}
  if (!conditions.length) return after(request.metadata.creationTimestamp, 24 * hourMs)
  return Math.min(
    ...conditions.map(({ type, lastUpdateTime }) => {
      const answered = type === 'Denied' || type === 'Failed' || (type === 'Approved' && Boolean(request.status?.certificate))
      return answered ? after(lastUpdateTime, hourMs) : Infinity
    }),
    certificateEndsMs ?? Infinity,
  )
}
