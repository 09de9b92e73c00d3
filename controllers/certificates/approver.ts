// Approves by itself what nodes ask for to reach the API server, where a role says that they may (`nodeclient`, and `selfnodeclient` to renew).
import { certificateSigningRequests } from '../../api/kinds/certificates/certificate-signing-request.ts'
import type { CertificateSigningRequest } from '../../api/types/certificates-v1.ts'
import { TerminalError } from '../../client/controller.ts'
import type { Controller } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { type Asked, faultOfKubeletClient } from './compute-faults.ts'
import { has, isSettled, withCondition } from './conditions.ts'
import { readRequest, toAsked } from './x509.ts'

const kubeletClient = 'kubernetes.io/kube-apiserver-client-kubelet'

/** How often a node that may not yet is thought of again. */
const askAgainMs = 60_000

interface Recognizer {
  readonly subresource: string
  readonly message: string
  readonly recognizes: (request: CertificateSigningRequest, asked: Asked) => boolean
}

const recognizers: readonly Recognizer[] = [
  {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
    recognizes: ({ spec }, { commonName }) => spec.username === commonName,
  },
  { subresource: 'nodeclient', message: 'Auto approving kubelet client certificate after SubjectAccessReview.', recognizes: () => true },
]

export const createCertificateApprover = ({ client, informers }: ControllerContext): Controller => {
  const requests = informers.of(certificateSigningRequests)

  const mayHave = async ({ spec }: CertificateSigningRequest, subresource: string): Promise<boolean> => {
    const resourceAttributes = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests', verb: 'create', subresource }
    const review = await client.raw('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
      kind: 'SubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: { user: spec.username, uid: spec.uid, groups: spec.groups, extra: spec.extra, resourceAttributes },
    })
    return (review as { status?: { allowed?: boolean } }).status?.allowed === true
  }

  return {
    name: 'certificatesigningrequest-approving-controller',
    watches: [{ informer: requests }],
    async reconcile(name) {
      const request = requests.get(name)
      if (!request || isSettled(request) || has(request, 'Approved') || request.spec.signerName !== kubeletClient) return undefined
      const asked = await readRequest(request.spec.request).then(toAsked, (error: unknown) => {
        throw new TerminalError(`the certificate request ${name} cannot be read`, { cause: error })
      })
      if (faultOfKubeletClient(asked, request.spec.usages ?? []) !== undefined) return undefined
      for (const { recognizes, subresource, message } of recognizers) {
        if (!recognizes(request, asked) || !(await mayHave(request, subresource))) continue
        await client.raw(
          'PUT',
          `/apis/certificates.k8s.io/v1/certificatesigningrequests/${encodeURIComponent(name)}/approval`,
          withCondition(request, 'Approved', 'AutoApproved', message),
        )
        return undefined
      }
      // Nothing of the request changes when a role does.
      return { requeueAfterMs: askAgainMs }
    },
  }
}
