// Removes certificate requests that were answered an hour ago, that nobody answered for a day, or whose certificate has ended.
import { X509Certificate } from 'node:crypto'
import { certificateSigningRequests } from '../../api/kinds/certificates/certificate-signing-request.ts'
import { ignoring } from '../../api/status.ts'
import type { CertificateSigningRequest } from '../../api/types/certificates-v1.ts'
import type { Controller } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { computeEndMs } from './conditions.ts'

/** undefined for what is no certificate, which another signer may have written. */
const endOf = ({ status }: CertificateSigningRequest): number | undefined => {
  if (!status?.certificate) return undefined
  try {
    return Date.parse(new X509Certificate(Buffer.from(status.certificate, 'base64')).validTo)
  } catch {
    return undefined
  }
}

export const createCertificateCleaner = ({ client, informers, clock }: ControllerContext): Controller => {
  const requests = informers.of(certificateSigningRequests)
  return {
    name: 'certificatesigningrequest-cleaner-controller',
    watches: [{ informer: requests }],
    async reconcile(name) {
      const request = requests.get(name)
      if (!request) return undefined
      const leftMs = computeEndMs(request, endOf(request)) - clock.now()
      if (leftMs > 0) return leftMs < Infinity ? { requeueAfterMs: leftMs } : undefined
      const { uid = '' } = request.metadata
      await client.of(certificateSigningRequests).delete(name, { preconditions: { uid } }).catch(ignoring('NotFound', 'Conflict'))
      return undefined
    },
  }
}
