// Signs approved certificate requests to Kubernetes' own signers with the cluster's authority.
import { certificateSigningRequests } from '../../api/kinds/certificates/certificate-signing-request.ts'
import { ignoring } from '../../api/status.ts'
import type { CertificateSigningRequest } from '../../api/types/certificates-v1.ts'
import type { Controller } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { computeValidity, signers } from './compute-faults.ts'
import { has, isSettled, withCondition } from './conditions.ts'
import { openAuthority, readRequest, type SigningAuthority, toAsked } from './x509.ts'

const yearSeconds = 365 * 24 * 3_600

export const createCertificateSigner = ({ client, informers, config, clock }: ControllerContext): Controller | undefined => {
  const { signing } = config
  if (!signing) return undefined
  const requests = informers.of(certificateSigningRequests)
  const api = client.of(certificateSigningRequests)
  let opening: Promise<SigningAuthority> | undefined

  const fulfil = async (request: CertificateSigningRequest): Promise<CertificateSigningRequest> => {
    const { spec } = request
    const failed = (why: string): CertificateSigningRequest => withCondition(request, 'Failed', 'SignerValidationFailure', why)
    const authority = await (opening ??= openAuthority(signing))
    let parsed: Awaited<ReturnType<typeof readRequest>>
    try {
      parsed = await readRequest(spec.request)
    } catch (error) {
      return failed(error instanceof Error ? error.message : String(error))
    }
    const fault = signers[spec.signerName]!(await toAsked(parsed), spec.usages ?? [])
    if (fault !== undefined) return failed(fault)
    const validity = computeValidity(spec.expirationSeconds, { maxSeconds: yearSeconds, nowMs: clock.now(), signerEndsMs: authority.endsMs })
    const certificate = Buffer.from(await authority.sign(parsed, spec.usages ?? [], validity)).toString('base64')
    return { ...request, status: { ...request.status, certificate } }
  }

  return {
    name: 'certificatesigningrequest-signing-controller',
    watches: [{ informer: requests }],
    async reconcile(name) {
      const request = requests.get(name)
      if (!request || isSettled(request) || !has(request, 'Approved') || !Object.hasOwn(signers, request.spec.signerName)) return undefined
      await api.updateStatus(await fulfil(request)).catch(ignoring('NotFound'))
      return undefined
    },
  }
}
