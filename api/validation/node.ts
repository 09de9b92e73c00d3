// Node: taints, pod networks, capacities, and what is set only once.
import { duplicate, type FieldError, forbiddenField, invalidValue, notSupported, required } from '../field-error.ts'
import type { Node, Taint } from '../types/core-v1.ts'
import { type Errors } from './collect.ts'
import { semanticEqual } from './equality.ts'
import { addCidr, isDualStack } from './ip.ts'
import { readItems } from './json-annotation.ts'
import { validateLabelName } from './labels.ts'
import { type Loose, loose } from './loose.ts'
import { isLabelValue } from './names.ts'
import { type Amounts, validateAmount } from './pod/resources.ts'
import { taintEffects } from './pod/scheduling.ts'

const validateTaints = (errors: Errors, path: string, taints: readonly Loose<Taint>[]): void => {
  const seen = new Set<string>()
  taints.forEach((taint, i) => {
    const at = `${path}[${i}]`
    const { key = '', value = '', effect = '' } = taint
    validateLabelName(errors, `${at}.key`, key)
    const messages = isLabelValue(value)
    if (messages.length) errors.push(invalidValue(`${at}.value`, value, messages.join('; ')))
    if (!effect) errors.push(required(`${at}.effect`))
    else if (!taintEffects.includes(effect)) errors.push(notSupported(`${at}.effect`, effect, taintEffects))
    if (seen.has(`${effect}/${key}`)) errors.push(duplicate(at, taint))
    seen.add(`${effect}/${key}`)
  })
}

const validateAmounts = (errors: Errors, path: string, amounts: Amounts | undefined): void => {
  for (const name in amounts) validateAmount(errors, `${path}.${name}`, name, amounts[name] ?? '0')
}

const validatePodCidrs = (errors: Errors, cidrs: readonly string[]): void => {
  cidrs.forEach((cidr, i) => addCidr(errors, `spec.podCIDRs[${i}]`, cidr))
  if (cidrs.length < 2) return
  if (!isDualStack(cidrs) || cidrs.length > 2) errors.push(invalidValue('spec.podCIDRs', cidrs, 'may have no more than one block of each family'))
}

const validateChange = (errors: Errors, node: Loose<Node>, old: Loose<Node>): void => {
  const [spec, before] = [node.spec ?? {}, old.spec ?? {}]
  const seen = new Set<string>()
  node.status?.addresses?.forEach((address, i) => {
    const key = `${address.type}/${address.address}`
    if (seen.has(key)) errors.push(duplicate(`status.addresses[${i}]`, address))
    seen.add(key)
  })
  if (before.podCIDRs?.length) {
    const frozen = (): void => {
      errors.push(forbiddenField('spec.podCIDRs', 'may be set once'))
    }
    if (before.podCIDRs.length !== (spec.podCIDRs ?? []).length) frozen()
    else
      before.podCIDRs.forEach((cidr, i) => {
        if (cidr !== spec.podCIDRs?.[i]) frozen()
      })
  }
  if (before.providerID && before.providerID !== spec.providerID) errors.push(forbiddenField('spec.providerID', 'may be set once'))
  if (!semanticEqual(spec.externalID ?? '', before.externalID ?? '')) errors.push(forbiddenField('spec.externalID', 'may not be updated'))
}

const taintsKey = 'scheduler.alpha.kubernetes.io/taints'
const avoidPodsKey = 'scheduler.alpha.kubernetes.io/preferAvoidPods'

interface AvoidedPods {
  preferAvoidPods?: readonly ({ podSignature?: { podController?: { controller?: boolean } | null } | null } | null)[]
}
const readAvoided = (text: string): AvoidedPods['preferAvoidPods'] => {
  try {
    const { preferAvoidPods } = (JSON.parse(text) ?? {}) as AvoidedPods
    return preferAvoidPods === undefined || Array.isArray(preferAvoidPods) ? (preferAvoidPods ?? []) : undefined
  } catch {
    return undefined
  }
}

/** Two older ways to say things, in upstream's spelling of the fields. */
const validateNodeAnnotations = (errors: Errors, annotations: Readonly<Record<string, string>>): void => {
  const path = 'metadata.annotations'
  if (annotations[taintsKey]) {
    const taints = readItems(annotations[taintsKey])
    if (taints) validateTaints(errors, `${path}.${taintsKey}`, taints)
    else errors.push(invalidValue(path, taintsKey, 'must be a JSON list of taints'))
  }
  if (!annotations[avoidPodsKey]) return
  const avoided = readAvoided(annotations[avoidPodsKey])
  if (!avoided) errors.push(invalidValue(`${path}.AvoidPods`, avoidPodsKey, 'must be a JSON object with a list'))
  avoided?.forEach((entry, i) => {
    const at = `${path}.${avoidPodsKey}[${i}].PodSignature`
    const controller = entry?.podSignature?.podController
    if (!controller) errors.push(required(at))
    else if (!controller.controller) errors.push(invalidValue(`${at}.PodController.Controller`, false, 'must point to a controller'))
  })
}

/** What creation asks; an update is asked again, after its own rules. */
const validateWhole = (errors: Errors, node: Loose<Node>): void => {
  validateNodeAnnotations(errors, (node.metadata?.annotations ?? {}) as Record<string, string>)
  if (node.spec?.taints) validateTaints(errors, 'metadata.taints', node.spec.taints)
  validateAmounts(errors, 'status.capacity', node.status?.capacity as Amounts | undefined)
  validateAmounts(errors, 'status.allocatable', node.status?.allocatable as Amounts | undefined)
}

export const validateNode = (given: Node, stored: Node | undefined, subresource: string | undefined): FieldError[] => {
  const errors: Errors = []
  const node = loose(given)
  // An update of the status is judged as a change only.
  if (subresource !== 'status') validateWhole(errors, node)
  if (node.spec?.podCIDRs) validatePodCidrs(errors, node.spec.podCIDRs)
  if (!stored) return errors
  validateChange(errors, node, loose(stored))
  validateWhole(errors, node)
  return errors
}
