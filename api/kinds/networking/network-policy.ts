// NetworkPolicy of networking.k8s.io/v1.
import { type FieldError, forbiddenField, invalidValue, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from '../../types/networking-v1.ts'
import { addInvalid, addSupported, type Errors } from '../../validation/collect.ts'
import { addCidr, parseCidr } from '../../validation/ip.ts'
import { validateLabelSelector } from '../../validation/labels.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { isPortName, isPortNumber } from '../../validation/names.ts'
import { ageColumn, column, formatSelector, nameColumn } from '../columns.ts'
import { countEmptied } from '../generation.ts'
import { cidrWarnings } from '../ip-warnings.ts'

const validatePort = (errors: Errors, path: string, port: Loose<NetworkPolicyPort>): void => {
  if (port.protocol !== undefined) addSupported(errors, `${path}.protocol`, port.protocol, ['SCTP', 'TCP', 'UDP'])
  const { endPort } = port
  if (port.port === undefined) {
    if (endPort !== undefined) errors.push(invalidValue(`${path}.endPort`, endPort, 'needs `port`'))
  } else if (typeof port.port === 'number') {
    addInvalid(errors, `${path}.port`, port.port, isPortNumber(port.port))
    if (endPort === undefined) return
    if (endPort < port.port) errors.push(invalidValue(`${path}.endPort`, port.port, 'must be greater than or equal to `port`'))
    addInvalid(errors, `${path}.endPort`, endPort, isPortNumber(endPort))
  } else {
    addInvalid(errors, `${path}.port`, port.port, isPortName(port.port))
    if (endPort !== undefined) errors.push(invalidValue(`${path}.endPort`, endPort, 'may not be specified when `port` is a name'))
  }
}

const validateBlock = (errors: Errors, path: string, block: Loose<IPBlock>): void => {
  const cidr = block.cidr ?? ''
  if (!cidr) {
    errors.push(required(`${path}.cidr`))
    return
  }
  if (!addCidr(errors, `${path}.cidr`, cidr)) return
  const outer = parseCidr(cidr)
  block.except?.forEach((text, i) => {
    const at = `${path}.except[${i}]`
    if (!addCidr(errors, at, text)) return
    const inner = parseCidr(text)
    if (!outer || !inner) return
    const bits = (bytes: readonly number[], n: number): string =>
      bytes
        .map(b => b.toString(2).padStart(8, '0'))
        .join('')
        .slice(0, n)
    const within = outer.bytes.length === inner.bytes.length && bits(outer.bytes, outer.length) === bits(inner.bytes, outer.length)
    if (!within || outer.length >= inner.length) errors.push(invalidValue(at, text, 'must be a strict subset of `cidr`'))
  })
}

const validatePeer = (errors: Errors, path: string, peer: Loose<NetworkPolicyPeer>): void => {
  let count = 0
  if (peer.podSelector) {
    count++
    validateLabelSelector(errors, `${path}.podSelector`, peer.podSelector)
  }
  if (peer.namespaceSelector) {
    count++
    validateLabelSelector(errors, `${path}.namespaceSelector`, peer.namespaceSelector)
  }
  if (peer.ipBlock) {
    count++
    validateBlock(errors, `${path}.ipBlock`, peer.ipBlock)
  }
  if (count === 0) errors.push(required(path, 'must specify a peer'))
  else if (count > 1 && peer.ipBlock) errors.push(forbiddenField(path, 'ipBlock excludes other peers'))
}

const validate = (given: NetworkPolicy): FieldError[] => {
  const errors: FieldError[] = []
  const spec = loose(given).spec ?? {}
  validateLabelSelector(errors, 'spec.podSelector', spec.podSelector)
  spec.ingress?.forEach((rule, i) => {
    rule.ports?.forEach((port, j) => validatePort(errors, `spec.ingress[${i}].ports[${j}]`, port))
    rule.from?.forEach((peer, j) => validatePeer(errors, `spec.ingress[${i}].from[${j}]`, peer))
  })
  spec.egress?.forEach((rule, i) => {
    rule.ports?.forEach((port, j) => validatePort(errors, `spec.egress[${i}].ports[${j}]`, port))
    rule.to?.forEach((peer, j) => validatePeer(errors, `spec.egress[${i}].to[${j}]`, peer))
  })
  const types = spec.policyTypes ?? []
  if (types.length > 2) errors.push(invalidValue('spec.policyTypes', types, 'may not have more than two'))
  else types.forEach((type, i) => addSupported(errors, `spec.policyTypes[${i}]`, type, ['Egress', 'Ingress']))
  return errors
}

const blockWarnings = (path: string, block: IPBlock | undefined): string[] =>
  block ? [...cidrWarnings(`${path}.cidr`, block.cidr), ...(block.except ?? []).flatMap((range, i) => cidrWarnings(`${path}.except[${i}]`, range))] : []

const warnings = ({ spec }: NetworkPolicy): string[] => [
  ...(spec?.ingress ?? []).flatMap(({ from = [] }, i) => from.flatMap((peer, j) => blockWarnings(`spec.ingress[${i}].from[${j}].ipBlock`, peer.ipBlock))),
  ...(spec?.egress ?? []).flatMap(({ to = [] }, i) => to.flatMap((peer, j) => blockWarnings(`spec.egress[${i}].to[${j}].ipBlock`, peer.ipBlock))),
]

export const networkPolicies = defineResource<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  namespaced: true,
  shortNames: ['netpol'],
  generation: true,
  columns: [nameColumn, column('Pod-Selector', 'string', p => formatSelector(p.spec?.podSelector), 'Whose traffic.'), ageColumn],
  default: policy => {
    const spec = (policy.spec ??= {} as NonNullable<NetworkPolicy['spec']>)
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) for (const port of rule.ports ?? []) port.protocol ??= 'TCP'
    if (!spec.policyTypes?.length) spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress']
  },
  prepare: (policy, old) => {
    countEmptied(policy, old, 'spec')
  },
  metadataChecks: 'update',
  validate,
  warnings,
})
