// metadata of every object, as upstream's ValidateObjectMeta and ValidateObjectMetaUpdate judge it.
import { type FieldError, forbiddenField, invalidValue, required, tooLong } from '../field-error.ts'
import { parseApiVersion } from '../object.ts'
import { emptiedOf } from '../schema/emptied.ts'
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '../types/meta-v1.ts'
import { addInvalid, addNonNegative, type Errors } from './collect.ts'
import { addImmutable } from './equality.ts'
import type { Loose } from './loose.ts'
import { validateAnnotations, validateLabels } from './labels.ts'
import { byteLength, isDns1123Label, isDns1123Subdomain, isQualifiedName, maskTrailingDash } from './names.ts'

export interface ObjectMetaRules {
  namespaced: boolean
  /** By default a DNS subdomain. */
  validateName?: ((name: string) => readonly string[]) | undefined
  path?: string
  /** Finalizers without a domain must be upstream's own (built-in kinds of kube-apiserver itself). */
  standardFinalizers?: boolean
  anyGenerateName?: boolean | undefined
}

const standardFinalizers: ReadonlySet<string> = new Set(['kubernetes', 'orphan', 'foregroundDeletion'])

export const validateFinalizerName = (errors: Errors, path: string, name: string): void => addInvalid(errors, path, name, isQualifiedName(name))

/** Only upstream's own finalizers may go without a domain. */
export const validateStandardFinalizer = (errors: Errors, path: string, name: string): void => {
  if (!name.includes('/') && !standardFinalizers.has(name))
    errors.push(invalidValue(path, name, 'must have a domain: only orphan, foregroundDeletion and kubernetes go without'))
}

const validateFinalizers = (errors: Errors, path: string, finalizers: readonly string[]): void => {
  for (const name of finalizers) validateFinalizerName(errors, path, name)
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    errors.push(invalidValue(path, finalizers, 'orphan and foregroundDeletion exclude each other'))
  }
}

const validateOwnerReferences = (errors: Errors, path: string, owners: readonly Loose<OwnerReference>[]): void => {
  let controller: string | undefined
  for (const owner of owners) {
    const { group, version } = parseApiVersion(owner.apiVersion ?? '')
    if (!version) errors.push(invalidValue(`${path}.apiVersion`, owner.apiVersion, 'version must not be empty'))
    if (!owner.kind) errors.push(invalidValue(`${path}.kind`, owner.kind, 'must not be empty'))
    if (!owner.name) errors.push(invalidValue(`${path}.name`, owner.name, 'must not be empty'))
    if (!owner.uid) errors.push(invalidValue(`${path}.uid`, owner.uid, 'must not be empty'))
    if (group === '' && version === 'v1' && owner.kind === 'Event') errors.push(invalidValue(path, owner, 'an Event cannot own anything'))
    if (owner.controller) {
      if (controller !== undefined) errors.push(invalidValue(path, owners, `only one owner can be the controller: ${controller} and ${owner.name} are`))
      else controller = owner.name ?? ''
    }
  }
}

const validateManagedFields = (errors: Errors, path: string, entries: readonly Loose<ManagedFieldsEntry>[]): void => {
  entries.forEach((entry, i) => {
    const at = `${path}[${i}]`
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') errors.push(invalidValue(`${at}.operation`, entry.operation, 'must be Apply or Update'))
    if (entry.fieldsType && entry.fieldsType !== 'FieldsV1') errors.push(invalidValue(`${at}.fieldsType`, entry.fieldsType, 'must be FieldsV1'))
    if (byteLength(entry.manager ?? '') > 128) errors.push(tooLong(`${at}.manager`, 128))
    if (byteLength(entry.subresource ?? '') > 256) errors.push(tooLong(`${at}.subresource`, 256))
  })
}

const validateCommon = (errors: Errors, path: string, meta: Loose<ObjectMeta>, rules: ObjectMetaRules): void => {
  if (meta.labels) validateLabels(errors, `${path}.labels`, meta.labels as Record<string, string>)
  if (meta.annotations) validateAnnotations(errors, `${path}.annotations`, meta.annotations as Record<string, string>)
  if (meta.ownerReferences) validateOwnerReferences(errors, `${path}.ownerReferences`, meta.ownerReferences)
  if (meta.managedFields) validateManagedFields(errors, `${path}.managedFields`, meta.managedFields)
  if (meta.finalizers && rules.standardFinalizers) {
    meta.finalizers.forEach((name, i) => validateStandardFinalizer(errors, `${path}.finalizers[${i}]`, name))
  }
}

/** On creation, after a name was generated. */
export const validateObjectMeta = (meta: Loose<ObjectMeta>, rules: ObjectMetaRules): FieldError[] => {
  const errors: Errors = []
  const path = rules.path ?? 'metadata'
  const judge = rules.validateName ?? isDns1123Subdomain
  if (meta.generateName && !rules.anyGenerateName) addInvalid(errors, `${path}.generateName`, meta.generateName, judge(maskTrailingDash(meta.generateName)))
  if (!meta.name) errors.push(required(`${path}.name`, 'name or generateName is required'))
  else addInvalid(errors, `${path}.name`, meta.name, judge(meta.name))
  if (rules.namespaced) {
    if (!meta.namespace) errors.push(required(`${path}.namespace`))
    else addInvalid(errors, `${path}.namespace`, meta.namespace, isDns1123Label(meta.namespace))
  } else if (meta.namespace) errors.push(forbiddenField(`${path}.namespace`, 'not allowed on this type'))
  addNonNegative(errors, `${path}.generation`, meta.generation)
  if (meta.finalizers) validateFinalizers(errors, `${path}.finalizers`, meta.finalizers)
  validateCommon(errors, path, meta, rules)
  return errors
}

/** On update; what the server fills in from the stored object must be there already. */
export const validateObjectMetaUpdate = (meta: Loose<ObjectMeta>, old: Loose<ObjectMeta>, rules: ObjectMetaRules): FieldError[] => {
  const errors: Errors = []
  const path = rules.path ?? 'metadata'
  if (old.deletionTimestamp) {
    const fresh = (meta.finalizers ?? []).filter(name => !(old.finalizers ?? []).includes(name))
    if (fresh.length)
      errors.push(forbiddenField(`${path}.finalizers`, `no new finalizers can be added while the object is being deleted, found ${fresh.join(', ')}`))
  }
  if (!meta.resourceVersion) errors.push(invalidValue(`${path}.resourceVersion`, meta.resourceVersion, 'must be specified for an update'))
  if (meta.generation !== undefined && old.generation !== undefined && meta.generation < old.generation) {
    errors.push(invalidValue(`${path}.generation`, meta.generation, 'must not be decremented'))
  }
  for (const key of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    addImmutable(errors, `${path}.${key}`, meta[key], old[key])
  }
  validateCommon(errors, path, meta, rules)
  return errors
}

/** metadata of a template, in which only labels and annotations mean anything (ephemeral volumes, claim templates). */
export const validateTemplateObjectMeta = (errors: Errors, path: string, meta: Loose<ObjectMeta> | undefined): void => {
  if (!meta) return
  if (meta.annotations) validateAnnotations(errors, `${path}.annotations`, meta.annotations as Record<string, string>)
  if (meta.labels) validateLabels(errors, `${path}.labels`, meta.labels as Record<string, string>)
  for (const key of Object.keys(meta)) {
    const value = meta[key as keyof ObjectMeta]
    if (key !== 'labels' && key !== 'annotations' && value !== undefined && value !== '' && value !== 0 && value !== null) {
      errors.push(forbiddenField(`${path}.${key === 'uid' ? 'uID' : key}`, 'cannot be set'))
    }
  }
}

const emptyInTemplate = /^spec\.(?:.*\.ephemeral\.volumeClaimTemplate\.)?metadata\.(?:finalizers|managedFields|ownerReferences)$/

/** In such a template even an empty list is too much. */
export const validateEmptiedTemplates = (errors: Errors, object: object): void => {
  for (const path of emptiedOf(object)) if (emptyInTemplate.test(path)) errors.push(forbiddenField(path, 'cannot be set'))
}
