// Ingress of networking.k8s.io/v1.
import { type FieldError, invalidValue, required } from '../../field-error.ts'
import { defineResource, type WriteContext } from '../../resource.ts'
import type { TypedLocalObjectReference } from '../../types/core-v1.ts'
import type { HTTPIngressPath, Ingress, IngressBackend, IngressServiceBackend } from '../../types/networking-v1.ts'
import { addInvalid, addRequiredName, addSupported, type Errors } from '../../validation/collect.ts'
import { addIp, isValidIp } from '../../validation/ip.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { isDns1123Label, isDns1123Subdomain, isPathSegmentName, isPortName, isPortNumber, isWildcardDns1123Subdomain } from '../../validation/names.ts'
import { ageColumn, column, nameColumn, none } from '../columns.ts'
import { separateStatus } from '../workload.ts'

const validateServiceBackend = (errors: Errors, path: string, service: Loose<IngressServiceBackend>, backend: string): void => {
  if (!service.name) errors.push(required(`${path}.name`))
  else addInvalid(errors, `${path}.name`, service.name, isDns1123Label(service.name))
  const { name = '', number = 0 } = service.port ?? {}
  if (name && number) errors.push(invalidValue(backend, service.port, 'port name and number exclude each other'))
  else if (name) addInvalid(errors, `${path}.port.name`, name, isPortName(name))
  else if (number) addInvalid(errors, `${path}.port.number`, number, isPortNumber(number))
  else errors.push(required(backend, 'port name or number is required'))
}

const validateResource = (errors: Errors, path: string, resource: Loose<TypedLocalObjectReference>): void => {
  const { apiGroup, kind, name } = resource
  if (typeof apiGroup === 'string') addInvalid(errors, `${path}.apiGroup`, apiGroup, isDns1123Subdomain(apiGroup))
  for (const [key, value] of [
    ['kind', kind],
    ['name', name],
  ] as const)
    addRequiredName(errors, `${path}.${key}`, value, isPathSegmentName)
}

const validateBackend = (errors: Errors, path: string, backend: Loose<IngressBackend>): void => {
  if (backend.resource && backend.service) {
    errors.push(invalidValue(path, '', 'resource and service exclude each other'))
    return
  }
  if (backend.resource) validateResource(errors, `${path}.resource`, backend.resource)
  else if (backend.service) validateServiceBackend(errors, `${path}.service`, backend.service, path)
  else errors.push(invalidValue(path, '', 'service or resource is required'))
}

const validatePath = (errors: Errors, path: string, item: Loose<HTTPIngressPath>): void => {
  const { pathType, path: text = '' } = item
  if (typeof pathType !== 'string') {
    errors.push(required(`${path}.pathType`, 'pathType must be specified'))
    return
  }
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!text.startsWith('/')) errors.push(invalidValue(`${path}.path`, text, 'must be an absolute path'))
    if (text)
      for (const sequence of ['//', '/./', '/../', '%2f', '%2F'])
        if (text.includes(sequence)) errors.push(invalidValue(`${path}.path`, text, `must not contain ${sequence}`))
    for (const suffix of ['/..', '/.']) if (text.endsWith(suffix)) errors.push(invalidValue(`${path}.path`, text, `must not end with ${suffix}`))
  } else if (pathType === 'ImplementationSpecific') {
    if (text && !text.startsWith('/')) errors.push(invalidValue(`${path}.path`, text, 'must be an absolute path'))
  } else addSupported(errors, `${path}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix'])
  validateBackend(errors, `${path}.backend`, item.backend ?? {})
}

const validateHost = (errors: Errors, path: string, host: string, wildcard = host.includes('*')): void =>
  addInvalid(errors, path, host, wildcard ? isWildcardDns1123Subdomain(host) : isDns1123Subdomain(host))

const classKey = 'kubernetes.io/ingress.class'

const validateStatus = (errors: Errors, ingress: Loose<Ingress>): void => {
  ingress.status?.loadBalancer?.ingress?.forEach((entry, i) => {
    const at = `status.loadBalancer.ingress[${i}]`
    if (entry.ip) addIp(errors, `${at}.ip`, entry.ip)
    if (!entry.hostname) return
    addInvalid(errors, `${at}.hostname`, entry.hostname, isDns1123Subdomain(entry.hostname))
    if (isValidIp(entry.hostname)) errors.push(invalidValue(`${at}.hostname`, entry.hostname, 'must be a DNS name, not an IP address'))
  })
}

const validate = (given: Ingress, old: Ingress | undefined, context: WriteContext): FieldError[] => {
  const errors: FieldError[] = []
  const ingress = loose(given)
  if (context.subresource === 'status') {
    validateStatus(errors, ingress)
    return errors
  }
  const spec = ingress.spec ?? {}
  if (!spec.rules?.length && !spec.defaultBackend) errors.push(invalidValue('spec', spec, 'either `defaultBackend` or `rules` must be specified'))
  if (spec.defaultBackend) validateBackend(errors, 'spec.defaultBackend', spec.defaultBackend)
  spec.rules?.forEach((rule, i) => {
    const at = `spec.rules[${i}]`
    const host = rule.host ?? ''
    if (host) {
      if (isValidIp(host)) errors.push(invalidValue(`${at}.host`, host, 'must be a DNS name, not an IP address'))
      validateHost(errors, `${at}.host`, host)
    }
    if (!rule.http) return
    if (!rule.http.paths?.length) errors.push(required(`${at}.http.paths`))
    rule.http.paths?.forEach((item, j) => validatePath(errors, `${at}.http.paths[${j}]`, item))
  })
  spec.tls?.forEach((tls, i) => {
    tls.hosts?.forEach((host, j) => validateHost(errors, `spec.tls[${i}].hosts[${j}]`, host))
    if (tls.secretName) addInvalid(errors, `spec.tls[${i}].secretName`, tls.secretName, isDns1123Subdomain(tls.secretName))
  })
  if (spec.ingressClassName !== undefined) addInvalid(errors, 'spec.ingressClassName', spec.ingressClassName, isDns1123Subdomain(spec.ingressClassName))
  const annotated = given.metadata.annotations?.[classKey]
  if (!old && annotated !== undefined && spec.ingressClassName !== undefined && annotated !== spec.ingressClassName)
    errors.push(invalidValue(`metadata.annotations.${classKey}`, annotated, 'must match `ingressClassName` when both are specified'))
  return errors
}

const shownHosts = 3

const hosts = ({ spec }: Ingress): string => {
  const rules = spec?.rules ?? []
  const shown: string[] = []
  let more = false
  for (const { host } of rules)
    if (shown.length === shownHosts) more = true
    else if (host) shown.push(host)
  if (shown.length === 0) return '*'
  return `${shown.join(',')}${more ? ` + ${rules.length - shownHosts} more...` : ''}`
}
const address = ({ status }: Ingress): string => {
  const all = (status?.loadBalancer?.ingress ?? []).map(i => i.ip || (i.hostname ?? ''))
  return [...new Set(all.filter(Boolean))].sort().join(',')
}

export const ingresses = defineResource<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  namespaced: true,
  shortNames: ['ing'],
  storagePrefix: '/registry/ingress/',
  status: true,
  generation: true,
  columns: [
    nameColumn,
    column('Class', 'string', i => i.spec?.ingressClassName ?? none, 'Who serves it.'),
    column('Hosts', 'string', hosts, 'Names it answers to.'),
    column('Address', 'string', address, 'Where it is reached.'),
    column('Ports', 'string', i => (i.spec?.tls?.length ? '80, 443' : '80'), 'Its ports.'),
    ageColumn,
  ],
  prepare: (ingress, old, context) => separateStatus(ingress, old, context, () => ({ loadBalancer: {} })),
  validate,
  warnings: ({ metadata }, old) =>
    !old && metadata.annotations?.[classKey] !== undefined
      ? [`annotation ${JSON.stringify(classKey)} is deprecated, please use 'spec.ingressClassName' instead`]
      : [],
})
