// What both kinds of webhook configurations share: the judgement of one webhook, and its defaults.
import { duplicate, type FieldError, invalidValue, required } from '../../field-error.ts'
import type { KubeObject } from '../../object.ts'
import type { Column } from '../../resource.ts'
import type { MutatingWebhook } from '../../types/admissionregistration-v1.ts'
import { defaultMatching, validateMatchConditions, validateRule } from '../../validation/admission-rules.ts'
import { addInvalid, addSupported, type Errors } from '../../validation/collect.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { validateLabelSelector } from '../../validation/labels.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { isDns1035Label, isDns1123Subdomain } from '../../validation/names.ts'
import { defaultWebhookClient, validateWebhookClient } from '../../validation/webhook-client.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'

/** The mutating kind has one field more. */
export type Webhook = MutatingWebhook
type Configuration = KubeObject & { webhooks?: readonly Webhook[] | null }

const reviewVersions = ['v1', 'v1beta1']
const isRecognized = (hook: Loose<Webhook>): boolean => (hook.admissionReviewVersions ?? []).some(v => reviewVersions.includes(v))

const validateQualifiedDomain = (errors: Errors, path: string, name: string): void => {
  if (!name) {
    errors.push(required(path))
    return
  }
  const faults = isDns1123Subdomain(name)
  addInvalid(errors, path, name, faults)
  if (faults.length) return
  const labels = name.split('.')
  if (labels.length < 3) errors.push(invalidValue(path, name, 'must be a domain with at least three labels'))
  for (const label of labels) if (label.length > 63) errors.push(invalidValue(path, label, 'labels must be no more than 63 characters'))
}

const validateReviewVersions = (errors: Errors, path: string, hook: Loose<Webhook>, recognized: boolean): void => {
  const versions = hook.admissionReviewVersions ?? []
  if (versions.length === 0) {
    errors.push(required(path, `must have one of ${reviewVersions.join(', ')}`))
    return
  }
  versions.forEach((version, i) => {
    if (versions.indexOf(version) < i) {
      errors.push(invalidValue(`${path}[${i}]`, version, 'is there twice'))
      return
    }
    addInvalid(errors, `${path}[${i}]`, version, isDns1035Label(version))
  })
  if (recognized && !isRecognized(hook)) errors.push(invalidValue(path, versions, `must have one of ${reviewVersions.join(', ')}`))
}

const validateWebhook = (errors: Errors, path: string, hook: Loose<Webhook>, recognized: boolean, sameConditions: boolean): void => {
  validateQualifiedDomain(errors, `${path}.name`, hook.name ?? '')
  validateReviewVersions(errors, `${path}.admissionReviewVersions`, hook, recognized)
  hook.rules?.forEach((rule, i) => {
    validateRule(errors, `${path}.rules[${i}]`, rule)
  })
  if (hook.failurePolicy !== undefined) addSupported(errors, `${path}.failurePolicy`, hook.failurePolicy, ['Fail', 'Ignore'])
  if (hook.matchPolicy !== undefined) addSupported(errors, `${path}.matchPolicy`, hook.matchPolicy, ['Equivalent', 'Exact'])
  if ((hook.sideEffects ?? undefined) === undefined) errors.push(required(`${path}.sideEffects`, 'must be None or NoneOnDryRun'))
  else addSupported(errors, `${path}.sideEffects`, hook.sideEffects, ['None', 'NoneOnDryRun'])
  if (hook.reinvocationPolicy !== undefined) addSupported(errors, `${path}.reinvocationPolicy`, hook.reinvocationPolicy, ['IfNeeded', 'Never'])
  if (hook.timeoutSeconds !== undefined && (hook.timeoutSeconds < 1 || hook.timeoutSeconds > 30))
    errors.push(invalidValue(`${path}.timeoutSeconds`, hook.timeoutSeconds, 'must be between 1 and 30 seconds'))
  validateLabelSelector(errors, `${path}.namespaceSelector`, hook.namespaceSelector)
  validateLabelSelector(errors, `${path}.objectSelector`, hook.objectSelector)
  validateWebhookClient(errors, `${path}.clientConfig`, hook.clientConfig ?? {})
  if (!sameConditions) validateMatchConditions(errors, `${path}.matchConditions`, hook.matchConditions ?? [])
}

export const validateWebhooks = (configuration: Configuration, old: Configuration | undefined): FieldError[] => {
  const errors: FieldError[] = []
  // Versions nobody knows may stay where every webhook had only such.
  const recognized = !old || (old.webhooks ?? []).length === 0 || (old.webhooks ?? []).some(h => isRecognized(loose(h)))
  const conditionsOf = (c: Configuration | undefined): unknown[] => c?.webhooks?.map(hook => hook.matchConditions) ?? []
  const sameConditions = old !== undefined && semanticEqual(conditionsOf(configuration), conditionsOf(old))
  const names = new Set<string>()
  configuration.webhooks?.forEach((hook, i) => {
    const { name } = loose(hook)
    validateWebhook(errors, `webhooks[${i}]`, loose(hook), recognized, sameConditions)
    if (!name) return
    if (names.has(name)) errors.push(duplicate(`webhooks[${i}].name`, name))
    names.add(name)
  })
  return errors
}

export const defaultWebhook = (hook: Loose<Webhook>): void => {
  hook.failurePolicy ??= 'Fail'
  hook.timeoutSeconds ??= 10
  defaultMatching(hook)
  defaultWebhookClient(hook.clientConfig)
}

export const webhookColumns: readonly Column<Configuration>[] = [
  nameColumn,
  column('Webhooks', 'integer', c => c.webhooks?.length ?? 0, 'How many webhooks it has.'),
  ageColumn,
]
