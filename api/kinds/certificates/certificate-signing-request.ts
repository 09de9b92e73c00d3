// CertificateSigningRequest of certificates.k8s.io/v1. Who asks (username, uid, groups, extra) is filled in by the server.
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { CertificateSigningRequest } from '../../types/certificates-v1.ts'
import { addSupported } from '../../validation/collect.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { loose } from '../../validation/loose.ts'
import { validateSignerName } from '../../validation/signer-name.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { humanDuration } from '../duration.ts'

const usages: readonly string[] = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
]
const decisions = ['Approved', 'Denied']

/** One PEM block of a certificate request; what is in it is the signer's to judge beyond this. */
const isPemRequest = (base64: string): boolean => {
  const text = atob(base64)
  const match = /-----BEGIN (NEW )?CERTIFICATE REQUEST-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END \1?CERTIFICATE REQUEST-----/.exec(text)
  return match !== null && atob((match[2] ?? '').replace(/\s/g, '')).startsWith('\u0030')
}

const validateConditions = (errors: FieldError[], csr: CertificateSigningRequest): void => {
  const conditions = loose(csr).status?.conditions ?? []
  const seen = new Set<string>()
  conditions.forEach(({ type = '', status }, i) => {
    const path = `status.conditions[${i}]`
    if (type === '') errors.push(required(`${path}.type`))
    if (decisions.includes(type) || type === 'Failed') {
      if (!status) errors.push(required(`${path}.status`))
      else if (status !== 'True') errors.push(notSupported(`${path}.status`, status, ['True']))
    } else addSupported(errors, `${path}.status`, status, ['True', 'False', 'Unknown'])
    if (seen.has(type)) errors.push({ field: `${path}.type`, reason: 'FieldValueDuplicate', detail: '', value: type })
    seen.add(type)
    if (decisions.includes(type) && decisions.every(d => seen.has(d)))
      errors.push(invalidValue(`${path}.type`, type, 'Approved and Denied conditions are mutually exclusive'))
  })
}

const validateUpdate = (errors: FieldError[], csr: CertificateSigningRequest, old: CertificateSigningRequest, context: WriteContext): void => {
  // Decisions are final.
  for (const type of [...decisions, 'Failed']) {
    const [now, was] = [csr, old].map(c => (c.status?.conditions ?? []).filter(condition => condition.type === type))
    if (now!.length < was!.length) errors.push(forbiddenField('status.conditions', `a condition of type ${type} may not be removed`))
    else if (decisions.includes(type) && context.subresource !== 'approval' && now!.length !== was!.length)
      errors.push(forbiddenField('status.conditions', `a condition of type ${type} is added through /approval only`))
  }
  if (old.status?.certificate?.length && !semanticEqual(csr.status?.certificate, old.status.certificate))
    errors.push(forbiddenField('status.certificate', 'field is immutable'))
}

const validate = (given: CertificateSigningRequest, old: CertificateSigningRequest | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  const spec = loose(given).spec ?? {}
  const { request = '', expirationSeconds } = spec
  if (!isPemRequest(request ?? '')) errors.push(invalidValue('spec.request', request, 'must be a PEM-encoded certificate request'))
  const wanted = spec.usages ?? []
  if (wanted.length === 0) errors.push(required('spec.usages'))
  wanted.forEach((usage, i) => {
    if (!usages.includes(usage)) errors.push(notSupported(`spec.usages[${i}]`, usage, usages))
    if (wanted.indexOf(usage) < i) errors.push({ field: `spec.usages[${i}]`, reason: 'FieldValueDuplicate', detail: '', value: usage })
  })
  if (!spec.signerName) errors.push(required('spec.signerName'))
  else validateSignerName(errors, 'spec.signerName', spec.signerName)
  if (expirationSeconds !== undefined && expirationSeconds < 600)
    errors.push(invalidValue('spec.expirationSeconds', expirationSeconds, 'may not be less than 10 minutes'))
  validateConditions(errors, given)
  if (old) validateUpdate(errors, given, old, context)
  return errors
}

const condition = (csr: CertificateSigningRequest): string => {
  const types = new Set(csr.status?.conditions?.map(c => c.type))
  const decided = types.has('Denied') ? 'Denied' : types.has('Approved') ? 'Approved' : 'Pending'
  return [decided, ...(types.has('Failed') ? ['Failed'] : []), ...(csr.status?.certificate?.length ? ['Issued'] : [])].join(',')
}

const prepare = (csr: CertificateSigningRequest, old: CertificateSigningRequest | undefined, context: WriteContext): void => {
  if (!old) {
    csr.status = {}
    return
  }
  csr.spec = structuredClone(old.spec)
  const before = structuredClone(old.status)
  if (context.subresource === 'approval') {
    const { conditions } = csr.status ?? {}
    csr.status = { ...before, ...(conditions && { conditions }) }
  } else if (context.subresource !== 'status') {
    if (before === undefined) delete csr.status
    else csr.status = before
  }
}

export const certificateSigningRequests = defineResource<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  namespaced: false,
  shortNames: ['csr'],
  status: true,
  columns: [
    nameColumn,
    ageColumn,
    column('SignerName', 'string', c => c.spec?.signerName || '<none>', 'Who is asked to sign.'),
    column('Requestor', 'string', c => c.spec?.username ?? '', 'Who asks.'),
    column(
      'RequestedDuration',
      'string',
      c => (c.spec?.expirationSeconds === undefined ? '<none>' : humanDuration(c.spec.expirationSeconds * 1000)),
      'How long it shall be valid.',
    ),
    column('Condition', 'string', condition, 'What was decided.'),
  ],
  // Kubelets name their requests as they like.
  validateName: () => [],
  prepare,
  validate,
  unconditionalUpdate: true,
})
