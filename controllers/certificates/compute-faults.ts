// What a certificate request must look like for each of Kubernetes' own signers. Pure.

/** What a request asks to be certified. */
export interface Asked {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly dnsNames: readonly string[]
  readonly addresses: readonly string[]
  readonly emails: readonly string[]
  readonly uris: readonly string[]
}

const isSame = (list: readonly string[], ...wanted: string[]): boolean => list.length === wanted.length && wanted.every(w => list.includes(w))

/** The usages are those that are needed, and at most key encipherment beside. */
const faultOfUsages = (usages: readonly string[], ...needed: string[]): string | undefined =>
  isSame(
    [...new Set(usages)].filter(usage => usage !== 'key encipherment'),
    ...needed,
  )
    ? undefined
    : `usages did not match ${JSON.stringify(needed)}`

const faultOfNode = ({ organizations, commonName }: Asked): string | undefined => {
  if (!isSame(organizations, 'system:nodes')) return 'subject organization is not system:nodes'
  return commonName.startsWith('system:node:') ? undefined : 'subject common name does not begin with system:node: '
}

export const faultOfKubeletClient = (asked: Asked, usages: readonly string[]): string | undefined => {
  const { dnsNames, emails, addresses, uris } = asked
  const names: [string, readonly string[]][] = Object.entries({ DNS: dnsNames, email: emails, IP: addresses, URI: uris })
  const unwanted = names.find(([, list]) => list.length)
  return faultOfNode(asked) ?? (unwanted ? `${unwanted[0]} subjectAltNames are not allowed` : faultOfUsages(usages, 'digital signature', 'client auth'))
}

const faultOfKubeletServing = (asked: Asked, usages: readonly string[]): string | undefined => {
  const { dnsNames, emails, addresses, uris } = asked
  const fault = faultOfNode(asked)
  if (fault !== undefined) return fault
  if (!dnsNames.length && !addresses.length) return 'DNS or IP subjectAltName is required'
  if (emails.length || uris.length) return `${emails.length ? 'Email' : 'URI'} subjectAltNames are not allowed`
  return faultOfUsages(usages, 'digital signature', 'server auth')
}

const faultOfClient = (_asked: Asked, usages: readonly string[]): string | undefined => {
  const unwanted = usages.find(usage => !['digital signature', 'key encipherment', 'client auth'].includes(usage))
  if (unwanted !== undefined) return `invalid usage for client certificate: ${unwanted}`
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth'
}

/** By signer. The last one certifies what an administrator has approved, whatever it is. */
export const signers: Readonly<Record<string, (asked: Asked, usages: readonly string[]) => string | undefined>> = {
  'kubernetes.io/kubelet-serving': faultOfKubeletServing,
  'kubernetes.io/kube-apiserver-client-kubelet': faultOfKubeletClient,
  'kubernetes.io/kube-apiserver-client': faultOfClient,
  'kubernetes.io/legacy-unknown': () => undefined,
}

const minuteMs = 60_000
const backdateMs = 5 * minuteMs
const leastSeconds = 600
/** A certificate of a shorter life gets all of it; from longer ones the backdating is taken. */
const shortMs = 8 * 60 * minuteMs

/** From when to when a certificate holds; never longer than who signs it. */
export const computeValidity = (
  asked: number | undefined,
  { maxSeconds, nowMs, signerEndsMs }: { maxSeconds: number; nowMs: number; signerEndsMs: number },
): { notBefore: Date; notAfter: Date } => {
  const lifeMs = Math.min(maxSeconds, Math.max(leastSeconds, asked ?? maxSeconds)) * 1000
  const endMs = nowMs + (lifeMs < shortMs ? lifeMs : lifeMs - backdateMs)
  return { notBefore: new Date(nowMs - backdateMs), notAfter: new Date(Math.min(endMs, signerEndsMs)) }
}
