// CertificateSigningRequest of certificates.k8s.io/v1. Who asks (username, uid, groups, extra) is filled in by the server.
import { toTime } from '../../../base/clock.ts'
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { CertificateSigningRequest } from '../../types/certificates-v1.ts'
import { addSupported } from '../../validation/collect.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { loose } from '../../validation/loose.ts'
import { isCertificate, isCertificateRequest, readPem } from '../../validation/pem.ts'
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

/** The first PEM block must be one of a certificate request. */
const isPemRequest = (base64: string): boolean => {
  const [block] = readPem(base64)
  return block?.type === 'CERTIFICATE REQUEST' && isCertificateRequest(block.der)
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
      errors.push(invalidValue('status.conditions', type, 'Approved and Denied conditions are mutually exclusive'))
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
  const { certificate } = csr.status ?? {}
  if (certificate && certificate !== old.status?.certificate) {
    const fault = findCertificateFault(certificate)
    if (fault !== undefined) errors.push(invalidValue('status.certificate', '<certificate data>', fault))
  }
  if (old.status?.certificate?.length && !semanticEqual(csr.status?.certificate, old.status.certificate))
    errors.push(forbiddenField('status.certificate', 'field is immutable'))
}

/** PEM certificates and nothing else; whether they are the ones asked for is not looked at. */
const findCertificateFault = (base64: string): string | undefined => {
  const blocks = readPem(base64)
  if (!blocks.length) return 'must contain at least one CERTIFICATE PEM block'
  for (const { type, hasHeaders, der } of blocks) {
    if (type !== 'CERTIFICATE') return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(type)}`
    if (hasHeaders) return 'no PEM block headers are permitted'
    if (!isCertificate(der)) return 'found a CERTIFICATE PEM block that holds no certificate'
  }
  return undefined
}

const legacySigner = 'kubernetes.io/legacy-unknown'

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
  if (spec.signerName === legacySigner && old?.spec.signerName !== legacySigner)
    errors.push(invalidValue('spec.signerName', spec.signerName, 'the legacy signerName is not allowed via this API version'))
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

type Conditions = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>

/** Times that nobody gave: now, or since when the condition has had that status. */
const withTimes = (conditions: Conditions, before: Conditions, nowMs: number): Conditions => {
  const now = toTime(nowMs)
  return conditions.map(c => ({
    ...c,
    lastUpdateTime: c.lastUpdateTime || now,
    lastTransitionTime: c.lastTransitionTime || before.find(b => b.type === c.type && b.status === c.status)?.lastTransitionTime || now,
  }))
}

/** /status leaves decisions as they are, where it does not add or take away any (which is refused). */
const keepDecisions = (conditions: Conditions, before: Conditions): Conditions => {
  const kept = [...conditions]
  for (const type of decisions) {
    const [now, was] = [kept.map((c, i) => (c.type === type ? i : -1)).filter(i => i >= 0), before.filter(c => c.type === type)]
    if (now.length === was.length) now.forEach((at, i) => (kept[at] = structuredClone(was[i]!)))
  }
  return kept
}

const prepare = (csr: CertificateSigningRequest, old: CertificateSigningRequest | undefined, context: WriteContext): void => {
  if (!old) {
    csr.status = {}
    return
  }
  csr.spec = structuredClone(old.spec)
  const before = structuredClone(old.status)
  const known = before?.conditions ?? []
  const { conditions } = csr.status ?? {}
  if (context.subresource === 'approval') {
    const { conditions: _before, ...rest } = before ?? {}
    csr.status = { ...rest, ...(conditions?.length && { conditions: withTimes(conditions, known, context.nowMs) }) }
  } else if (context.subresource === 'status') {
    if (conditions) csr.status = { ...csr.status, conditions: withTimes(keepDecisions(conditions, known), known, context.nowMs) }
  } else if (before === undefined) delete csr.status
  else csr.status = before
}

export const certificateSigningRequests = defineResource<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  namespaced: false,
  shortNames: ['csr'],
  status: true,
  selectableFields: { 'spec.signerName': r => r.spec.signerName },
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
