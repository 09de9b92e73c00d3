// Which entries a list, watch or deletecollection is about: namespace, label selector, field selector. Pure.
import { parseFieldSelector, parseLabelSelector } from '../../api/selectors.ts'
import { badRequest } from '../../api/status.ts'
import type { Entry } from '../../store/store.ts'
import type { RequestInfo } from '../request-info.ts'
import type { Served } from '../resource-table.ts'

export interface Selection {
  readonly prefix: string
  readonly namespace: string
  /** True when every entry under the prefix matches. */
  readonly everything: boolean
  matches(entry: Entry): boolean
}

const pretty = (fields: readonly string[]): string => fields.map(f => JSON.stringify(f)).join(', ')

export const toSelection = (served: Served, info: RequestInfo, options: { labelSelector: string; fieldSelector: string }, name?: string): Selection => {
  const { record, conversion } = served
  const labels = parseLabelSelector(options.labelSelector)
  const fields = parseFieldSelector(options.fieldSelector)
  const generic = record.namespaced || !record.selectableFields ? ['metadata.name', 'metadata.namespace'] : ['metadata.name']
  const known = [...generic, ...Object.keys(conversion?.fields ?? record.selectableFields ?? {})]
  const requirements = fields.requirements.map(r => {
    if (!known.includes(r.field)) {
      throw badRequest(
        record.selectableFields || conversion?.fields
          ? `field label not supported: ${r.field}`
          : `${JSON.stringify(r.field)} is not a known field selector: only ${pretty(generic)}`,
      )
    }
    return { path: conversion?.fields?.[r.field] ?? r.field, equal: r.operator === '=', value: r.value }
  })
  if (name) requirements.push({ path: 'metadata.name', equal: true, value: name })
  const everything = labels.everything && requirements.length === 0
  return {
    prefix: served.prefixOf(info.namespace),
    namespace: info.namespace,
    everything,
    matches: everything ? () => true : entry => requirements.every(r => ((entry.fields[r.path] ?? '') === r.value) === r.equal) && labels.matches(entry.labels),
  }
}
