// Endpoints of v1.
import { type FieldError, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { EndpointAddress, EndpointPort, Endpoints } from '../../types/core-v1.ts'
import { addChoice, addInvalid, type Errors } from '../../validation/collect.ts'
import { addIp, addNonSpecialIp } from '../../validation/ip.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { isDns1123Label, isDns1123Subdomain, isPortNumber, isQualifiedName } from '../../validation/names.ts'
import { ipWarnings } from '../ip-warnings.ts'
import { ageColumn, column, nameColumn, none } from '../columns.ts'

const validateAddress = (errors: Errors, path: string, address: Loose<EndpointAddress>): void => {
  const ip = address.ip ?? ''
  addIp(errors, `${path}.ip`, ip)
  if (address.hostname) addInvalid(errors, `${path}.hostname`, address.hostname, isDns1123Label(address.hostname))
  if (address.nodeName !== undefined) addInvalid(errors, `${path}.nodeName`, address.nodeName, isDns1123Subdomain(address.nodeName))
  addNonSpecialIp(errors, `${path}.ip`, ip)
}

const validatePort = (errors: Errors, path: string, port: Loose<EndpointPort>, needsName: boolean): void => {
  if (needsName && !port.name) errors.push(required(`${path}.name`))
  else if (port.name) addInvalid(errors, `${path}.name`, port.name, isDns1123Label(port.name))
  addInvalid(errors, `${path}.port`, port.port ?? 0, isPortNumber(port.port ?? 0))
  addChoice(errors, `${path}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP'])
  if (port.appProtocol !== undefined) addInvalid(errors, `${path}.appProtocol`, port.appProtocol, isQualifiedName(port.appProtocol))
}

const validate = (endpoints: Endpoints): FieldError[] => {
  const errors: FieldError[] = []
  loose(endpoints).subsets?.forEach((subset, i) => {
    const path = `subsets[${i}]`
    if (!subset.addresses?.length && !subset.notReadyAddresses?.length) errors.push(required(path, 'must specify addresses or notReadyAddresses'))
    for (const key of ['addresses', 'notReadyAddresses'] as const)
      subset[key]?.forEach((address, j) => validateAddress(errors, `${path}.${key}[${j}]`, address))
    subset.ports?.forEach((port, j) => validatePort(errors, `${path}.ports[${j}]`, port, (subset.ports?.length ?? 0) > 1))
  })
  return errors
}

const maxShown = 3
const shown = (endpoints: Endpoints): string => {
  const list: string[] = []
  let more = 0
  for (const subset of endpoints.subsets ?? []) {
    const addresses = subset.addresses ?? []
    const add = (text: string): void => {
      if (list.length < maxShown) list.push(text)
      else more++
    }
    if (!subset.ports?.length) for (const a of addresses) add(a.ip)
    for (const port of subset.ports ?? []) for (const a of addresses) add(a.ip.includes(':') ? `[${a.ip}]:${port.port}` : `${a.ip}:${port.port}`)
  }
  if (!endpoints.subsets?.length) return none
  return more ? `${list.join(',')} + ${more} more...` : list.join(',')
}

export const endpoints = defineResource<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  namespaced: true,
  shortNames: ['ep'],
  storagePrefix: '/registry/services/endpoints/',
  columns: [nameColumn, column('Endpoints', 'string', shown, 'Its first addresses.'), ageColumn],
  default: object => {
    for (const subset of object.subsets ?? []) for (const port of subset.ports ?? []) port.protocol ??= 'TCP'
  },
  validate,
  warnings: ({ subsets = [] }) =>
    subsets.flatMap((subset, i) =>
      (['addresses', 'notReadyAddresses'] as const).flatMap(key => (subset[key] ?? []).flatMap(({ ip }, j) => ipWarnings(`subsets[${i}].${key}[${j}].ip`, ip))),
    ),
  deprecationWarning: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  createOnUpdate: true,
})
