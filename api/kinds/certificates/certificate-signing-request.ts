// CertificateSigningRequest of certificates.k8s.io/v1.
import { defineResource } from '../../resource.ts'
import type { CertificateSigningRequest } from '../../types/certificates-v1.ts'

export const certificateSigningRequests = defineResource<CertificateSigningRequest>({
  group: 'certificates.k8s.io', version: 'v1', kind: 'CertificateSigningRequest', plural: 'certificatesigningrequests', namespaced: false,
  shortNames: ['csr'], status: true,
})
