// EndpointSlice of discovery.k8s.io/v1.
import { duplicate, type FieldError, invalidValue, required, tooMany } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../../types/discovery-v1.ts'
import { addInvalid, addSupported, type Errors } from '../../validation/collect.ts'
import { addImmutable, semanticEqual } from '../../validation/equality.ts'
import { addIp, addNonSpecialIp, isIp6 } from '../../validation/ip.ts'
import { validateLabels } from '../../validation/labels.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { isDns1123Label, isDns1123Subdomain, isLabelValue, isQualifiedName } from '../../validation/names.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { ipWarnings } from '../ip-warnings.ts'

const validateHints = (errors: Errors, path: string, endpoint: Loose<Endpoint>): void => {
  for (const key of ['forZones', 'forNodes'] as const) {
    const hints = endpoint.hints?.[key] ?? []
    if (hints.length > 8) {
      errors.push(tooMany(`${path}.${key}`, hints.length, 8))
      continue
    }
    const seen = new Set<string>()
    hints.forEach(({ name = '' }, i) => {
      const at = `${path}.${key}[${i}].name`
      if (seen.has(name)) errors.push(duplicate(at, name))
      else seen.add(name)
      addInvalid(errors, at, name, key === 'forZones' ? isLabelValue(name) : isDns1123Subdomain(name))
    })
  }
}

const validateEndpoint = (errors: Errors, path: string, endpoint: Loose<Endpoint>, addressType: string | undefined, known: ReadonlySet<string>): void => {
  const addresses = endpoint.addresses ?? []
  if (addresses.length === 0) errors.push(required(`${path}.addresses`, 'must contain at least 1 address'))
  if (addresses.length > 100) errors.push(tooMany(`${path}.addresses`, addresses.length, 100))
  addresses.forEach((address, i) => {
    // What was accepted once is not judged again.
    if (known.has(address)) return
    const at = `${path}.addresses[${i}]`
    if (addressType === 'FQDN') {
      addInvalid(errors, at, address, isDns1123Subdomain(address))
      return
    }
    if (addressType !== 'IPv4' && addressType !== 'IPv6') return
    if (!addIp(errors, at, address)) return
    if ((addressType === 'IPv6') !== isIp6(address)) errors.push(invalidValue(at, address, `must be an ${addressType} address`))
    addNonSpecialIp(errors, at, address)
  })
  const { nodeName, hostname, deprecatedTopology } = endpoint
  if (nodeName !== undefined) addInvalid(errors, `${path}.nodeName`, nodeName, isDns1123Subdomain(nodeName))
  const topology = (deprecatedTopology ?? {}) as Record<string, string>
  if (Object.keys(topology).length > 16) errors.push(tooMany(`${path}.deprecatedTopology`, Object.keys(topology).length, 16))
  validateLabels(errors, `${path}.deprecatedTopology`, topology)
  if (hostname !== undefined) addInvalid(errors, `${path}.hostname`, hostname, isDns1123Label(hostname))
  if (endpoint.hints) validateHints(errors, `${path}.hints`, endpoint)
}

const validatePorts = (errors: Errors, ports: readonly Loose<EndpointPort>[]): void => {
  if (ports.length > 20000) {
    errors.push(tooMany('ports', ports.length, 20000))
    return
  }
  const names = new Set<string>()
  ports.forEach((port, i) => {
    const path = `ports[${i}]`
    const name = port.name ?? ''
    if (name) addInvalid(errors, `${path}.name`, name, isDns1123Label(name))
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name))
    names.add(name)
    addSupported(errors, `${path}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP'])
    if (port.appProtocol !== undefined) addInvalid(errors, `${path}.appProtocol`, port.appProtocol, isQualifiedName(port.appProtocol))
  })
}

const addressTypes = ['FQDN', 'IPv4', 'IPv6']

const validate = (given: EndpointSlice, old: EndpointSlice | undefined): FieldError[] => {
  const errors: FieldError[] = []
  const slice = loose(given)
  const type = slice.addressType
  const endpoints = slice.endpoints ?? []
  if (!type) errors.push(required('addressType'))
  else addSupported(errors, 'addressType', type, addressTypes)
  if (endpoints.length > 1000) errors.push(tooMany('endpoints', endpoints.length, 1000))
  else {
    const known = new Set((old?.endpoints ?? []).flatMap(endpoint => endpoint.addresses))
    endpoints.forEach((endpoint, i) => validateEndpoint(errors, `endpoints[${i}]`, endpoint, type, known))
  }
  validatePorts(errors, slice.ports ?? [])
  if (old) addImmutable(errors, 'addressType', given.addressType, old.addressType)
  return errors
}

const maxShown = 3
const more = (items: readonly string[]): string =>
  items.length > maxShown ? `${items.slice(0, maxShown).join(',')} + ${items.length - maxShown} more...` : items.join(',')
const ports = (slice: EndpointSlice): string => (slice.ports?.length ? more(slice.ports.map(p => (p.port === undefined ? '*' : String(p.port)))) : '<unset>')
const addresses = (slice: EndpointSlice): string => (slice.endpoints?.length ? more(slice.endpoints.flatMap(e => e.addresses)) : '<unset>')

const hostnameLabel = 'kubernetes.io/hostname'
/** Nothing new is written there; what an update of a slice from before brings along still names the node. */
const dropTopology = (slice: EndpointSlice, old: EndpointSlice | undefined): void => {
  const endpoints = (slice.endpoints as Endpoint[] | null) ?? []
  if (old && semanticEqual(slice.endpoints, old.endpoints)) return
  const known = new Set(((old?.endpoints as Endpoint[] | null | undefined) ?? []).map(endpoint => endpoint.deprecatedTopology?.[hostnameLabel]))
  for (const endpoint of endpoints) {
    const name = endpoint.deprecatedTopology?.[hostnameLabel]
    if (endpoint.nodeName === undefined && name !== undefined && known.has(name) && isDns1123Subdomain(name).length === 0) endpoint.nodeName = name
    delete endpoint.deprecatedTopology
  }
}

const warnings = (slice: EndpointSlice, old: EndpointSlice | undefined): string[] => [
  ...(slice.addressType === 'FQDN' && !old ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
  ...((slice.endpoints as Endpoint[] | null) ?? []).flatMap(({ addresses }, i) =>
    ((addresses as string[] | null) ?? []).flatMap((address, j) => ipWarnings(`endpoints[${i}].addresses[${j}]`, address)),
  ),
]

export const endpointSlices = defineResource<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  namespaced: true,
  generation: true,
  columns: [
    nameColumn,
    column('AddressType', 'string', s => s.addressType, 'Family of its addresses.'),
    column('Ports', 'string', ports, 'Its ports.'),
    column('Endpoints', 'string', addresses, 'Its first addresses.'),
    ageColumn,
  ],
  default: slice => {
    for (const port of slice.ports ?? []) {
      port.name ??= ''
      port.protocol ??= 'TCP'
    }
  },
  // A slice's labels say whose it is: they count as content.
  prepare: (slice, old) => {
    dropTopology(slice, old)
    if (old && !semanticEqual(slice.metadata.labels, old.metadata.labels)) slice.metadata.generation = (old.metadata.generation ?? 0) + 1
  },
  metadataChecks: 'object',
  validate,
  warnings,
})
