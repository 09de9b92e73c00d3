// A certificate signing request says who made it: the server writes that, and never takes it from the body. Nobody asks for system:masters
// through the API server's own client signer (CertificateSubjectRestriction).
import type { AdmissionPlugin } from './admission.ts'
import { readCertificateSubject } from './certificate-subject.ts'
import { refuse } from './refuse.ts'

interface Spec {
  request?: string
  signerName?: string
  username?: string
  uid?: string
  groups?: readonly string[]
  extra?: Readonly<Record<string, readonly string[]>>
}

const clientSigner = 'kubernetes.io/kube-apiserver-client'

export const certificateRequester: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  handles: ['', '/status', '/approval'].map(part => `certificatesigningrequests.certificates.k8s.io${part}`),
  operations: ['CREATE', 'UPDATE'],
  admit: ({ operation, object, old, user }) => {
    const spec = ((object as { spec?: Spec }).spec ??= {})
    if (operation === 'UPDATE') {
      const before = (old as { spec?: Spec }).spec ?? {}
      for (const key of ['username', 'uid', 'groups', 'extra'] as const) if (before[key] === undefined) delete spec[key]
      Object.assign(spec, {
        ...(before.username !== undefined && { username: before.username }),
        ...(before.uid !== undefined && { uid: before.uid }),
        ...(before.groups && { groups: before.groups }),
        ...(before.extra && { extra: before.extra }),
      })
      return
    }
    delete spec.uid
    delete spec.extra
    Object.assign(spec, {
      username: user.name,
      groups: [...user.groups],
      ...(user.uid !== undefined && { uid: user.uid }),
      ...(user.extra && { extra: user.extra }),
    })
  },
  validate: async request => {
    const { operation, object } = request
    if (operation !== 'CREATE') return
    const { spec } = object as { spec?: Spec }
    if (spec?.signerName === clientSigner && (await readCertificateSubject(spec.request ?? ''))?.organizations.includes('system:masters'))
      throw refuse(request, `use of ${clientSigner} signer with system:masters group is not allowed`)
  },
}
