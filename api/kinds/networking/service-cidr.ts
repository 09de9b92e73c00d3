// ServiceCIDR of networking.k8s.io/v1: a range that addresses of Services come from.
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { ServiceCIDR } from '../../types/networking-v1.ts'
import { formatIp, parseCidr } from '../../validation/ip.ts'
import { loose } from '../../validation/loose.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { separateStatus } from '../workload.ts'

/** A block in its canonical form: no host bits, no leading zeros. */
const isCanonicalCidr = (text: string): boolean => {
  const cidr = parseCidr(text)
  if (!cidr || `${formatIp(cidr.bytes)}/${cidr.length}` !== text) return false
  return cidr.bytes.every((byte, i) => (byte & (0xff >> Math.min(8, Math.max(0, cidr.length - 8 * i)))) === 0)
}

const validate = (given: ServiceCIDR, old: ServiceCIDR | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const cidrs = loose(given).spec?.cidrs ?? []
  const path = 'spec.cidrs'
  if (old) {
    // Ranges stay; a second family may join the first.
    const was = old.spec?.cidrs ?? []
    const mayGrow = was.length === 1 && cidrs.length === 2
    if (cidrs.length !== was.length && !mayGrow) {
      errors.push(invalidValue(path, cidrs, 'field is immutable'))
      return errors
    }
    was.forEach((cidr, i) => {
      if (cidrs[i] !== cidr) errors.push(invalidValue(`${path}[${i}]`, cidrs[i], 'field is immutable'))
    })
    if (!mayGrow) return errors
  }
  if (cidrs.length === 0) {
    errors.push(required(path, 'at least one CIDR is required'))
    return errors
  }
  const families = cidrs.map(cidr => cidr.includes(':'))
  if (cidrs.length > 2) errors.push(invalidValue(path, cidrs, 'may hold at most two ranges'))
  else if (cidrs.length === 2 && cidrs.every(isCanonicalCidr) && families[0] === families[1])
    errors.push(invalidValue(path, cidrs, 'two ranges must be of both families'))
  cidrs.forEach((cidr, i) => {
    if (!isCanonicalCidr(cidr)) errors.push(invalidValue(`${path}[${i}]`, cidr, 'must be a CIDR block in its canonical form'))
  })
  return errors
}

export const serviceCidrs = defineResource<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  plural: 'servicecidrs',
  namespaced: false,
  status: true,
  columns: [nameColumn, column('CIDRs', 'string', c => c.spec?.cidrs?.join(',') ?? '', 'Its ranges.'), ageColumn],
  prepare: (cidr, old, context) => {
    separateStatus(cidr, old, context, () => ({}))
  },
  metadataChecks: 'update',
  validate: (cidr, old, context) => (context.subresource === 'status' ? [] : validate(cidr, old)),
})
