// IPAddress of networking.k8s.io/v1: the claim of a Service on an address, whose name is the address.
import { type FieldError, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { IPAddress } from '../../types/networking-v1.ts'
import { addInvalid, addRequiredName } from '../../validation/collect.ts'
import { addImmutable } from '../../validation/equality.ts'
import { formatIp, parseIp } from '../../validation/ip.ts'
import { loose } from '../../validation/loose.ts'
import { isDns1123Subdomain, isPathSegmentName } from '../../validation/names.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

const isCanonicalIp = (name: string): string[] => {
  const bytes = parseIp(name)
  return bytes && formatIp(bytes) === name ? [] : ['must be an IP address in its canonical form']
}

const validate = (given: IPAddress, old: IPAddress | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const parent = loose(given).spec?.parentRef
  const path = 'spec.parentRef'
  if (!parent) errors.push(required(path))
  else {
    if (parent.group) addInvalid(errors, `${path}.group`, parent.group, isDns1123Subdomain(parent.group))
    addRequiredName(errors, `${path}.resource`, parent.resource, isPathSegmentName)
    addRequiredName(errors, `${path}.name`, parent.name, isPathSegmentName)
    if (parent.namespace) addInvalid(errors, `${path}.namespace`, parent.namespace, isPathSegmentName(parent.namespace))
  }
  if (old) addImmutable(errors, path, given.spec?.parentRef, old.spec?.parentRef)
  return errors
}

const parentText = (address: IPAddress): string => {
  const p = address.spec?.parentRef
  return p ? [p.group ? `${p.resource ?? ''}.${p.group}` : (p.resource ?? ''), ...(p.namespace ? [p.namespace] : []), p.name ?? ''].join('/') : '<none>'
}

export const ipAddresses = defineResource<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  namespaced: false,
  shortNames: ['ip'],
  columns: [nameColumn, column('ParentRef', 'string', parentText, 'Who uses it.'), { ...ageColumn, undefinedInTable: true }],
  validateName: isCanonicalIp,
  metadataChecks: 'update',
  validate,
})
