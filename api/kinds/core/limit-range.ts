// LimitRange of v1.
import { duplicate, type FieldError, forbiddenField, invalidValue, required } from '../../field-error.ts'
import { compareQuantities, milliValue } from '../../quantity.ts'
import { defineResource } from '../../resource.ts'
import type { LimitRange, LimitRangeItem } from '../../types/core-v1.ts'
import { addInvalid, type Errors, keyed } from '../../validation/collect.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { isQualifiedName } from '../../validation/names.ts'
import { type Amounts, allowsOvercommit, validateContainerResourceName, validateResourceName } from '../../validation/pod/resources.ts'
import { defaultAmounts } from './pod-defaults.ts'

const defaultItem = (item: LimitRangeItem): void => {
  const lists = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const
  for (const key of lists) defaultAmounts(item[key])
  if (item.type !== 'Container') return
  const fill = (into: 'default' | 'defaultRequest', from: Readonly<Record<string, string>> | undefined): void => {
    for (const name in from) (item[into] ??= {})[name] ??= from[name] ?? '0'
  }
  fill('default', item.max)
  fill('defaultRequest', item.default)
  fill('defaultRequest', item.min)
}

const standardTypes: ReadonlySet<string> = new Set(['Pod', 'Container', 'PersistentVolumeClaim'])

const compareBounds = (errors: Errors, path: string, item: Loose<LimitRangeItem>, name: string): void => {
  const of = (key: 'min' | 'max' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio'): string | undefined => (item[key] as Amounts | undefined)?.[name]
  const [min, max, limit, request, ratio] = [
    of('min'),
    of('max'),
    item.type === 'Pod' ? undefined : of('default'),
    item.type === 'Pod' ? undefined : of('defaultRequest'),
    of('maxLimitRequestRatio'),
  ]
  const ordered = (less: string | undefined, more: string | undefined, key: string, why: string): void => {
    if (less !== undefined && more !== undefined && compareQuantities(less, more) > 0) errors.push(invalidValue(keyed(`${path}.${key}`, name), less, why))
  }
  ordered(min, max, 'min', 'min is greater than max')
  ordered(min, request, 'defaultRequest', 'min is greater than the default request')
  ordered(request, max, 'defaultRequest', 'the default request is greater than max')
  ordered(request, limit, 'defaultRequest', 'the default request is greater than the default limit')
  ordered(min, limit, 'default', 'min is greater than the default limit')
  ordered(limit, max, 'default', 'the default limit is greater than max')
  if (ratio !== undefined) {
    const at = keyed(`${path}.maxLimitRequestRatio`, name)
    if (compareQuantities(ratio, '1') < 0) errors.push(invalidValue(at, ratio, 'must be at least 1'))
    if (min !== undefined && max !== undefined && milliValue(ratio) / 1000 > milliValue(max) / milliValue(min))
      errors.push(invalidValue(at, ratio, 'is greater than max divided by min'))
  }
  if (!allowsOvercommit(name) && limit !== undefined && request !== undefined && compareQuantities(limit, request) !== 0) {
    errors.push(invalidValue(keyed(`${path}.defaultRequest`, name), request, 'must be equal to the default limit: this resource cannot be overcommitted'))
  }
}

const validateItem = (errors: Errors, path: string, item: Loose<LimitRangeItem>): void => {
  const type = item.type ?? ''
  const messages = isQualifiedName(type)
  if (messages.length) addInvalid(errors, `${path}.type`, type, messages)
  else if (!type.includes('/') && !standardTypes.has(type)) errors.push(invalidValue(`${path}.type`, type, 'must be a standard limit type or have a domain'))
  const names = new Set<string>()
  const judge = type === 'Pod' || type === 'Container' ? validateContainerResourceName : validateResourceName
  const visit = (key: 'max' | 'min' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio'): void => {
    for (const name of Object.keys((item[key] as Amounts | undefined) ?? {})) {
      judge(errors, keyed(`${path}.${key}`, name), name)
      names.add(name)
    }
  }
  visit('max')
  visit('min')
  for (const key of ['default', 'defaultRequest'] as const) {
    if (type !== 'Pod') visit(key)
    else if (Object.keys(item[key] ?? {}).length) errors.push(forbiddenField(`${path}.${key}`, 'may not be specified when `type` is Pod'))
  }
  if (
    type === 'PersistentVolumeClaim' &&
    (item.min as Amounts | undefined)?.storage === undefined &&
    (item.max as Amounts | undefined)?.storage === undefined
  ) {
    errors.push(required(`${path}.limits`, 'either a minimum or a maximum of storage is required'))
  }
  visit('maxLimitRequestRatio')
  for (const name of names) compareBounds(errors, path, item, name)
}

const validate = (range: LimitRange): FieldError[] => {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  loose(range).spec?.limits?.forEach((item, i) => {
    const path = `spec.limits[${i}]`
    validateItem(errors, path, item)
    const type = item.type ?? ''
    if (seen.has(type)) errors.push(duplicate(`${path}.type`, type))
    seen.add(type)
  })
  return errors
}

export const limitRanges = defineResource<LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  plural: 'limitranges',
  namespaced: true,
  shortNames: ['limits'],
  default: range => {
    for (const item of (range.spec?.limits as LimitRangeItem[] | null | undefined) ?? []) defaultItem(item)
  },
  // A range without a name gets its own identity for one.
  prepare: (range, old) => {
    if (!old && !range.metadata.name) range.metadata.name = range.metadata.uid ?? ''
  },
  metadataChecks: 'object',
  validate,
  createOnUpdate: true,
})
