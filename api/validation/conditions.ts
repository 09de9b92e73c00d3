// Conditions of a status, as every API that holds metav1.Condition judges them.
import { duplicate, invalidValue, required, tooLong } from '../field-error.ts'
import type { Condition } from '../types/meta-v1.ts'
import { addChoice, addInvalid, addNonNegative, type Errors } from './collect.ts'
import type { Loose } from './loose.ts'
import { byteLength, isQualifiedName } from './names.ts'

const reasonPattern = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/

export const validateConditions = (errors: Errors, path: string, conditions: readonly Loose<Condition>[] | undefined): void => {
  const seen = new Set<string>()
  conditions?.forEach((condition, i) => {
    const at = `${path}[${i}]`
    const { type = '', reason = '', message = '' } = condition
    if (type === '') errors.push(required(`${at}.type`))
    else {
      if (seen.has(type)) errors.push(duplicate(`${at}.type`, type))
      seen.add(type)
      addInvalid(errors, `${at}.type`, type, isQualifiedName(type))
    }
    addChoice(errors, `${at}.status`, condition.status, ['False', 'True', 'Unknown'])
    addNonNegative(errors, `${at}.observedGeneration`, condition.observedGeneration)
    if (!condition.lastTransitionTime) errors.push(required(`${at}.lastTransitionTime`))
    if (reason === '') errors.push(required(`${at}.reason`))
    else {
      if (!reasonPattern.test(reason)) errors.push(invalidValue(`${at}.reason`, reason, 'must be letters, digits, "_", "," and ":", beginning with a letter'))
      if (byteLength(reason) > 1024) errors.push(tooLong(`${at}.reason`, 1024))
    }
    if (byteLength(message) > 32768) errors.push(tooLong(`${at}.message`, 32768))
  })
}
