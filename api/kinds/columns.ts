// Columns and cells that many kinds share.
import type { KubeObject } from '../object.ts'
import type { Cell, Column } from '../resource.ts'
import type { LabelSelector } from '../types/meta-v1.ts'
import { age } from './duration.ts'

export const none = '<none>'

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object, unique for its kind and namespace.',
  value: o => o.metadata.name,
}
export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  value: (o, now) => age(o.metadata.creationTimestamp, now),
}

export const column = <T>(name: string, type: Column<T>['type'], value: (object: T, nowMs: number) => Cell, description = ''): Column<T> => ({
  name,
  type,
  description,
  value,
})
/** Shown with `-o wide`. */
export const wide = <T>(name: string, value: (object: T, nowMs: number) => Cell, type: Column<T>['type'] = 'string'): Column<T> => ({
  name,
  type,
  priority: 1,
  value,
})

/** labels.FormatLabels: sorted key=value pairs. */
export const formatLabels = (labels: Readonly<Record<string, string>> | undefined): string => {
  const keys = Object.keys(labels ?? {}).sort()
  return keys.length ? keys.map(key => `${key}=${labels?.[key] ?? ''}`).join(',') : none
}

/** metav1.FormatLabelSelector: `<none>` for one that selects everything, `<error>` for one that cannot be read. */
export const formatSelector = (selector: LabelSelector | undefined): string => {
  if (!selector) return none
  const parts: [string, string][] = Object.entries(selector.matchLabels ?? {}).map(([key, value]) => [key, `${key}=${value}`])
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const list = `(${[...values].sort().join(',')})`
    switch (operator) {
      case 'In':
        parts.push([key, `${key} in ${list}`])
        break
      case 'NotIn':
        parts.push([key, `${key} notin ${list}`])
        break
      case 'Exists':
        parts.push([key, key])
        break
      case 'DoesNotExist':
        parts.push([key, `!${key}`])
        break
      default:
        return '<error>'
    }
  }
  return parts.length
    ? parts
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([, text]) => text)
        .join(',')
    : none
}

/** Names and images of containers, for -o wide. */
export const containerNames = (spec: { containers?: readonly { name: string }[] } | undefined): string => (spec?.containers ?? []).map(c => c.name).join(',')
export const containerImages = (spec: { containers?: readonly { image?: string }[] } | undefined): string =>
  (spec?.containers ?? []).map(c => c.image ?? '').join(',')
