import t from 'tap'
import type { CertificateSigningRequest } from '../../../api/types/certificates-v1.ts'
import { computeValidity } from '../../../controllers/certificates/compute-faults.ts'
import { computeEndMs } from '../../../controllers/certificates/conditions.ts'

const hour = 3_600_000
const now = Date.UTC(2026, 0, 1)
const minutes = (date: Date): number => (date.getTime() - now) / 60_000

void t.test('how long a certificate holds', async t => {
  const of = (seconds: number | undefined, signerHours = 10_000) => {
    const { notBefore, notAfter } = computeValidity(seconds, { maxSeconds: 365 * 24 * 3_600, nowMs: now, signerEndsMs: now + signerHours * hour })
    t.equal(minutes(notBefore), -5)
    return minutes(notAfter)
  }
  t.equal(of(undefined), 365 * 24 * 60 - 5, 'a year by default')
  t.equal(of(2 ** 31 - 1), 365 * 24 * 60 - 5, 'and at most')
  t.equal(of(3_600), 60, 'a short one gets all of its time')
  t.equal(of(1), 10, 'ten minutes at least')
  t.equal(of(undefined, 5), 300, 'never longer than who signs it')
})

void t.test('how long a request stays', async t => {
  const at = new Date(now).toISOString()
  const of = (status: CertificateSigningRequest['status'], certificateEndsMs?: number): number =>
    (computeEndMs({ metadata: { creationTimestamp: at }, status } as CertificateSigningRequest, certificateEndsMs) - now) / hour
  const condition = (type: string) => ({ type, status: 'True', lastUpdateTime: at })
  t.equal(of({}), 24)
  t.equal(of({ conditions: [condition('Denied')] }), 1)
  t.equal(of({ conditions: [condition('Approved')] }), Infinity, 'approved and not signed yet')
  t.equal(of({ conditions: [condition('Approved'), condition('Failed')] }), 1)
  t.equal(of({ conditions: [condition('Approved')], certificate: 'x' }), 1)
  t.equal(of({ conditions: [condition('Approved')], certificate: 'x' }, now + hour / 2), 0.5)
})
