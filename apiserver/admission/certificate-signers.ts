// Who approves a certificate request, or writes its certificate, needs the verb `approve` or `sign` on its signer: by name, or on all of the
// signer's domain (`example.com/*`).
import { sameValue } from '../verbs/metadata.ts'
import { type Authorizer, authorize } from '../authorization/authorizer.ts'
import type { UserInfo } from '../user.ts'
import type { AdmissionPlugin } from './admission.ts'
import { refuse } from './refuse.ts'
import type { AdmissionDeps } from './registry.ts'

interface Request {
  spec?: { signerName?: string }
  status?: { certificate?: string; conditions?: unknown[] }
}

const requests = 'certificatesigningrequests.certificates.k8s.io'

const mayUse = async (authorizers: readonly Authorizer[], user: UserInfo, verb: string, signer: string): Promise<boolean> => {
  for (const name of [signer, `${signer.split('/')[0] ?? ''}/*`]) {
    const attributes = {
      user,
      verb,
      isResource: true,
      group: 'certificates.k8s.io',
      version: '*',
      resource: 'signers',
      subresource: '',
      namespace: '',
      name,
      path: '',
    }
    if ((await authorize(authorizers, attributes)).allowed) return true
  }
  return false
}

export const certificateApproval = ({ authorizers }: AdmissionDeps): AdmissionPlugin => ({
  name: 'CertificateApproval',
  handles: [`${requests}/approval`],
  operations: ['UPDATE'],
  validate: async request => {
    const signer = (request.old as Request).spec?.signerName ?? ''
    if (!(await mayUse(authorizers, request.user, 'approve', signer)))
      throw refuse(request, `user not permitted to approve requests with signerName ${JSON.stringify(signer)}`)
  },
})

export const certificateSigning = ({ authorizers }: AdmissionDeps): AdmissionPlugin => ({
  name: 'CertificateSigning',
  handles: [`${requests}/status`],
  operations: ['UPDATE'],
  validate: async request => {
    const [{ status }, { spec, status: before }] = [request.object as Request, request.old as Request]
    // Only certificate and conditions are the signer's; whoever changes neither needs no leave.
    if (status?.certificate === before?.certificate && sameValue(status?.conditions ?? [], before?.conditions ?? [])) return
    const signer = spec?.signerName ?? ''
    if (!(await mayUse(authorizers, request.user, 'sign', signer)))
      throw refuse(request, `user not permitted to sign requests with signerName ${JSON.stringify(signer)}`)
  },
})
