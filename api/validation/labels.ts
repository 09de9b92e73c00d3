// Labels, annotations and label selectors.
import { forbiddenField, invalidValue, required, tooLong } from '../field-error.ts'
import type { LabelSelector } from '../types/meta-v1.ts'
import { addInvalid, type Errors } from './collect.ts'
import type { Loose } from './loose.ts'
import { byteLength, isLabelValue, isQualifiedName } from './names.ts'

const maxAnnotationBytes = 256 * 1024

export const validateLabelName = (errors: Errors, path: string, name: string): void => addInvalid(errors, path, name, isQualifiedName(name))

export const validateLabels = (errors: Errors, path: string, labels: Readonly<Record<string, string>>): void => {
  for (const key in labels) {
    validateLabelName(errors, path, key)
    addInvalid(errors, path, labels[key], isLabelValue(labels[key] ?? ''))
  }
}

export const validateAnnotations = (errors: Errors, path: string, annotations: Readonly<Record<string, string>>): void => {
  let size = 0
  for (const key in annotations) {
    // Keys may have capitals, for the sake of old ones.
    addInvalid(errors, path, key, isQualifiedName(key.toLowerCase()))
    size += byteLength(key) + byteLength(annotations[key] ?? '')
  }
  if (size > maxAnnotationBytes) errors.push(tooLong(path, maxAnnotationBytes))
}

export interface SelectorLeniency {
  /** Values that the stored object already had may stay. */
  allowInvalidValues?: boolean
}

export const validateLabelSelector = (errors: Errors, path: string, selector: Loose<LabelSelector> | undefined, leniency: SelectorLeniency = {}): void => {
  if (!selector) return
  if (selector.matchLabels) validateLabels(errors, `${path}.matchLabels`, selector.matchLabels as Record<string, string>)
  selector.matchExpressions?.forEach((requirement, i) => {
    const at = `${path}.matchExpressions[${i}]`
    const values = requirement.values ?? []
    switch (requirement.operator) {
      case 'In':
      case 'NotIn':
        if (values.length === 0) errors.push(required(`${at}.values`, 'must be specified when `operator` is In or NotIn'))
        break
      case 'Exists':
      case 'DoesNotExist':
        if (values.length > 0) errors.push(forbiddenField(`${at}.values`, 'may not be specified when `operator` is Exists or DoesNotExist'))
        break
      default:
        errors.push(invalidValue(`${at}.operator`, requirement.operator, 'not a valid selector operator'))
    }
    validateLabelName(errors, `${at}.key`, requirement.key ?? '')
    if (!leniency.allowInvalidValues) values.forEach((value, j) => addInvalid(errors, `${at}.values[${j}]`, value, isLabelValue(value)))
  })
}

export const isEmptySelector = (selector: Loose<LabelSelector>): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0
