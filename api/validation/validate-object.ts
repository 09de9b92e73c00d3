// The one entry into validation: metadata and the kind's own rules, all faults at once.
import type { FieldError } from '../field-error.ts'
import type { KubeObject } from '../object.ts'
import type { AnyResource, WriteContext } from '../resource.ts'
import { loose } from './loose.ts'
import { isPathSegmentName } from './names.ts'
import { type ObjectMetaRules, validateEmptiedTemplates, validateObjectMeta, validateObjectMetaUpdate } from './object-meta.ts'

/** Groups that kube-apiserver itself serves on its core library, which knows which finalizers may go without a domain. */
const coreLibraryGroups: ReadonlySet<string> = new Set([
  '',
  'apps',
  'batch',
  'autoscaling',
  'policy',
  'networking.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'scheduling.k8s.io',
  'node.k8s.io',
  'coordination.k8s.io',
  'certificates.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
])

/**
 * What upstream reports of metadata on update: the generic layer judges it whole and as a change, then most kinds do both again, each
 * fault counting anew. Which of the two a kind repeats is its `metadataChecks`.
 */
const updateFaults = (resource: AnyResource, object: KubeObject, old: KubeObject, rules: ObjectMetaRules): FieldError[] => {
  const generic: ObjectMetaRules = { namespaced: resource.namespaced, validateName: isPathSegmentName }
  const [meta, before] = [loose(object.metadata), loose(old.metadata)]
  const faults = [...validateObjectMeta(meta, rules), ...validateObjectMetaUpdate(meta, before, rules)]
  if (faults.length === 0) return faults
  const checks = resource.metadataChecks ?? 'both'
  const whole = checks === 'objectTwice' ? 2 : checks === 'object' || checks === 'both' ? 1 : 0
  return [
    ...validateObjectMeta(meta, generic),
    ...validateObjectMetaUpdate(meta, before, generic),
    ...(checks === 'update' || checks === 'both' ? validateObjectMetaUpdate(meta, before, rules) : []),
    ...Array.from({ length: whole }, () => validateObjectMeta(meta, rules)).flat(),
  ]
}

/**
 * Every fault of `object`, the kind's `validate` hook included. On update `old` is the stored object, and metadata must already
 * hold what the server keeps (uid, creationTimestamp, …).
 */
export const validateObject = (resource: AnyResource, object: KubeObject, old: KubeObject | undefined, context: WriteContext): FieldError[] => {
  const rules: ObjectMetaRules = {
    namespaced: resource.namespaced,
    validateName: resource.validateName,
    standardFinalizers: coreLibraryGroups.has(resource.group),
    anyGenerateName: resource.anyGenerateName,
  }
  const errors = old ? updateFaults(resource, object, old, rules) : validateObjectMeta(loose(object.metadata), rules)
  validateEmptiedTemplates(errors, object)
  const own = resource.validate?.(object, old, context)
  if (own) for (const error of own) errors.push(error)
  return errors
}
