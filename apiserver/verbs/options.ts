// The options of every verb, from the query or a DeleteOptions body, validated as upstream's metav1 validation does. Pure.
import { type FieldError, forbiddenField, invalid, invalidValue, notSupported, tooLong } from '../../api/field-error.ts'
import type { StatusError } from '../../api/status.ts'
import { badRequest } from '../../api/status.ts'
import { queryBoolean } from '../request-info.ts'

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore'

export interface WriteOptions {
  readonly dryRun: boolean
  readonly fieldManager: string
  readonly fieldValidation: FieldValidation
  readonly force: boolean | undefined
}

const optionsKind = (kind: string): { group: string; kind: string } => ({ group: 'meta.k8s.io', kind })

const reject = (kind: string, errors: readonly FieldError[]): void => {
  if (errors.length) throw invalid(optionsKind(kind), '', errors)
}

/** A decimal int64, as strconv.ParseInt takes it. */
const parseInteger = (text: string): number => {
  if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`)
  const value = BigInt(text)
  if (value > 9223372036854775807n || value < -9223372036854775808n) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: value out of range`)
  return Number(value)
}
const queryInteger = (query: URLSearchParams, name: string): number | undefined => {
  const text = query.get(name)
  return text === null ? undefined : parseInteger(text)
}

const validateDryRun = (values: readonly string[]): FieldError[] => (values.every(v => v === 'All') ? [] : [notSupported('dryRun', values, ['All'])])

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u
const validateFieldManager = (manager: string): FieldError[] => {
  const errors: FieldError[] = []
  if (Buffer.byteLength(manager) > 128) errors.push(tooLong('fieldManager', 128))
  if (!printable.test(manager)) errors.push(invalidValue('fieldManager', manager, 'has a character that cannot be printed'))
  return errors
}
const validateFieldValidation = (value: string): FieldError[] =>
  ['', 'Ignore', 'Strict', 'Warn'].includes(value) ? [] : [notSupported('fieldValidation', value, ['', 'Ignore', 'Strict', 'Warn'])]

export const parseWriteOptions = (query: URLSearchParams, kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions', isApply = false): WriteOptions => {
  const dryRun = query.getAll('dryRun')
  const fieldManager = query.get('fieldManager') ?? ''
  const fieldValidation = query.get('fieldValidation') ?? ''
  const forceText = query.get('force')
  const errors = [...validateDryRun(dryRun), ...validateFieldManager(fieldManager), ...validateFieldValidation(fieldValidation)]
  if (kind === 'PatchOptions') {
    if (!isApply && forceText !== null) errors.push(forbiddenField('force', 'may not be specified for non-apply patch'))
    if (isApply && !fieldManager) errors.push({ field: 'fieldManager', reason: 'FieldValueRequired', detail: 'is required for apply patch' })
  }
  reject(kind, errors)
  return {
    dryRun: dryRun.length > 0,
    fieldManager,
    fieldValidation: (fieldValidation || 'Warn') as FieldValidation,
    force: forceText === null ? undefined : queryBoolean(query, 'force'),
  }
}

/** The options of a write as admission shows them to webhooks and policies. */
export const toOptionsObject = (query: URLSearchParams, kind: 'CreateOptions' | 'UpdateOptions'): Record<string, unknown> => {
  const [dryRun, fieldManager, fieldValidation] = [query.getAll('dryRun'), query.get('fieldManager'), query.get('fieldValidation')]
  return {
    kind,
    apiVersion: 'meta.k8s.io/v1',
    ...(dryRun.length && { dryRun }),
    ...(fieldManager && { fieldManager }),
    ...(fieldValidation && { fieldValidation }),
  }
}

export interface ListOptions {
  readonly labelSelector: string
  readonly fieldSelector: string
  readonly limit: number
  readonly continue: string
  /** '' when not given. */
  readonly resourceVersion: string
  readonly resourceVersionMatch: string
  readonly allowWatchBookmarks: boolean
  readonly sendInitialEvents: boolean | undefined
  readonly timeoutSeconds: number | undefined
}

export const parseListOptions = (query: URLSearchParams, watch: boolean): ListOptions => {
  const o: ListOptions = {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    limit: queryInteger(query, 'limit') ?? 0,
    continue: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    allowWatchBookmarks: queryBoolean(query, 'allowWatchBookmarks'),
    sendInitialEvents: query.has('sendInitialEvents') ? queryBoolean(query, 'sendInitialEvents') : undefined,
    timeoutSeconds: queryInteger(query, 'timeoutSeconds'),
  }
  reject('ListOptions', watch ? validateWatch(o) : validateList(o))
  return o
}

const validateWatch = ({ resourceVersionMatch: match, sendInitialEvents }: ListOptions): FieldError[] => {
  const errors: FieldError[] = []
  if (sendInitialEvents === undefined) {
    if (match) errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'))
  } else if (match !== 'NotOlderThan')
    errors.push(forbiddenField('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'))
  if (match && match !== 'NotOlderThan') errors.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']))
  return errors
}

const validateList = ({ resourceVersionMatch: match, resourceVersion, continue: token, sendInitialEvents }: ListOptions): FieldError[] => {
  const errors: FieldError[] = []
  if (match) {
    if (!resourceVersion) errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'))
    if (token) errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'))
    if (!['Exact', 'NotOlderThan'].includes(match)) errors.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']))
    if (match === 'Exact' && resourceVersion === '0')
      errors.push(forbiddenField('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'))
  }
  if (sendInitialEvents !== undefined) errors.push(forbiddenField('sendInitialEvents', 'sendInitialEvents is forbidden for list'))
  return errors
}

/** A resourceVersion as a list or watch takes it: an unsigned decimal. */
export const parseResourceVersion = (text: string): number => {
  if (text === '') return 0
  if (!/^\d+$/.test(text) || BigInt(text) > 18446744073709551615n)
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    )
  return Number(text)
}

export interface DeleteOptions {
  readonly gracePeriodSeconds: number | undefined
  readonly propagationPolicy: 'Foreground' | 'Background' | 'Orphan' | undefined
  readonly orphanDependents: boolean | undefined
  readonly preconditions: { readonly uid?: string; readonly resourceVersion?: string } | undefined
  readonly dryRun: boolean
}

export const toDeleteOptionsObject = (o: DeleteOptions): Record<string, unknown> => ({
  kind: 'DeleteOptions',
  apiVersion: 'meta.k8s.io/v1',
  ...(o.gracePeriodSeconds !== undefined && { gracePeriodSeconds: o.gracePeriodSeconds }),
  ...(o.preconditions && { preconditions: o.preconditions }),
  ...(o.orphanDependents !== undefined && { orphanDependents: o.orphanDependents }),
  ...(o.propagationPolicy !== undefined && { propagationPolicy: o.propagationPolicy }),
  ...(o.dryRun && { dryRun: ['All'] }),
})

const policies = ['Foreground', 'Background', 'Orphan']

const completeDeleteOptions = (o: {
  grace: number | undefined
  policy: string | undefined
  orphan: boolean | undefined
  preconditions: DeleteOptions['preconditions']
  dryRun: readonly string[]
}): DeleteOptions => {
  const errors: FieldError[] = []
  if (o.orphan !== undefined && o.policy !== undefined)
    errors.push(invalidValue('propagationPolicy', o.policy, 'orphanDependents and deletionPropagation cannot be both set'))
  if (o.policy !== undefined && !policies.includes(o.policy)) errors.push(notSupported('propagationPolicy', o.policy, [...policies, 'nil']))
  errors.push(...validateDryRun(o.dryRun))
  reject('DeleteOptions', errors)
  return {
    gracePeriodSeconds: o.grace,
    propagationPolicy: o.policy as DeleteOptions['propagationPolicy'],
    orphanDependents: o.orphan,
    preconditions: o.preconditions,
    dryRun: o.dryRun.length > 0,
  }
}

export const parseDeleteQuery = (query: URLSearchParams): DeleteOptions => {
  return completeDeleteOptions({
    grace: queryInteger(query, 'gracePeriodSeconds'),
    policy: query.get('propagationPolicy') ?? undefined,
    orphan: query.has('orphanDependents') ? queryBoolean(query, 'orphanDependents') : undefined,
    preconditions: undefined,
    dryRun: query.getAll('dryRun'),
  })
}

const wrongType = (field: string, want: string): StatusError =>
  badRequest(`DeleteOptions in version "v1" cannot be handled as a DeleteOptions: ${field} must be ${want}`)

/** The DeleteOptions object of a body (already decoded); it replaces the query's options whole. */
export const parseDeleteBody = (body: Readonly<Record<string, unknown>>): DeleteOptions => {
  const { gracePeriodSeconds: grace, propagationPolicy: policy, orphanDependents: orphan, preconditions, dryRun } = body
  if (grace != null && !Number.isInteger(grace)) throw wrongType('gracePeriodSeconds', 'an integer')
  if (policy != null && typeof policy !== 'string') throw wrongType('propagationPolicy', 'a string')
  if (orphan != null && typeof orphan !== 'boolean') throw wrongType('orphanDependents', 'a boolean')
  if (preconditions != null && (typeof preconditions !== 'object' || Array.isArray(preconditions))) throw wrongType('preconditions', 'an object')
  if (dryRun != null && !(Array.isArray(dryRun) && dryRun.every(v => typeof v === 'string'))) throw wrongType('dryRun', 'a list of strings')
  const { uid, resourceVersion } = (preconditions ?? {}) as Record<string, unknown>
  if (uid != null && typeof uid !== 'string') throw wrongType('preconditions.uid', 'a string')
  if (resourceVersion != null && typeof resourceVersion !== 'string') throw wrongType('preconditions.resourceVersion', 'a string')
  return completeDeleteOptions({
    grace: (grace ?? undefined) as number | undefined,
    policy: policy ?? undefined,
    orphan: orphan ?? undefined,
    preconditions: preconditions == null ? undefined : { ...(uid != null && { uid }), ...(resourceVersion != null && { resourceVersion }) },
    dryRun: dryRun ?? [],
  })
}
