// The recorded cases whose answer cannot be ours, line by line, with the reason: where and by whom upstream was asked, or its own words.
// The replay fails when another case differs, and when one of these agrees.

export interface AllowedDifference {
  readonly reason: string
  readonly cases: readonly string[]
}

export const allowedDifferences: readonly AllowedDifference[] = [
  {
    reason: 'the answer holds the address at which the recorded server was reached',
    cases: ['verbs/err-trailing-slashes', 'subresources/bearer-beside-certificate'],
  },
  {
    reason: 'the managed field entry of the naming controller bears the name of the binary, which the recorded server had renamed',
    cases: ['apply/create-crd'],
  },
  {
    reason: "the descriptions of apiVersion, kind and metadata are upstream's texts, which are not copied",
    cases: ['crd/openapi-v3'],
  },
  {
    reason: "a user's own name and the hash of their certificate: the recorder was another user",
    cases: ['authz/self-review'],
  },
  {
    reason: 'a signing request carries the name of its requester and the hash of their certificate: the recorder was another user',
    cases: [
      'admission/csr-create',
      'admission/csr-approve',
      'create/certificates.k8s.io.CertificateSigningRequest/table',
      'create/certificates.k8s.io.CertificateSigningRequest/metadata.finalizers=[]',
      'create/certificates.k8s.io.CertificateSigningRequest/metadata.generateName="x"',
      'create/certificates.k8s.io.CertificateSigningRequest/metadata.generateName="Bad_Value!"',
      'create/certificates.k8s.io.CertificateSigningRequest/metadata.labels=(absent)',
      'create/certificates.k8s.io.CertificateSigningRequest/metadata.labels={}',
      'create/certificates.k8s.io.CertificateSigningRequest/metadata.name="Bad_Value!"',
      'create/certificates.k8s.io.CertificateSigningRequest/metadata.namespace="x"',
      'create/certificates.k8s.io.CertificateSigningRequest/metadata.namespace="Bad_Value!"',
      'create/certificates.k8s.io.CertificateSigningRequest/metadata.ownerReferences=[]',
      'create/certificates.k8s.io.CertificateSigningRequest/spec.expirationSeconds=(absent)',
      'create/certificates.k8s.io.CertificateSigningRequest/spec.extra={}',
      'create/certificates.k8s.io.CertificateSigningRequest/spec.uid="Bad_Value!"',
      'create/certificates.k8s.io.CertificateSigningRequest/spec.usages.0=(absent)',
      'create/certificates.k8s.io.CertificateSigningRequest/spec.username="Bad_Value!"',
      'update/certificates.k8s.io.CertificateSigningRequest/metadata.annotations=(absent)',
      'update/certificates.k8s.io.CertificateSigningRequest/metadata.finalizers=[]',
      'update/certificates.k8s.io.CertificateSigningRequest/metadata.namespace="Bad_Value!"',
      'update/certificates.k8s.io.CertificateSigningRequest/spec={}',
      'update/certificates.k8s.io.CertificateSigningRequest/spec=null',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.expirationSeconds=0',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.request=""',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.request="aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.request=null',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.signerName="Bad_Value!"',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.signerName=null',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.uid="x"',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.uid="Bad_Value!"',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.usages=[]',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.usages=null',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.usages=["client auth","digital signature","clie',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.usages.0=(absent)',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.usages.0=""',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.usages.0="ok-value"',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.usages.0=null',
      'update/certificates.k8s.io.CertificateSigningRequest/spec.username="x"',
    ],
  },
]
