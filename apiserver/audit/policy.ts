// An audit policy (audit.k8s.io/v1): how much of which request is recorded. The first rule that matches decides; none: nothing is. Pure.
import type { Attributes } from '../authorization/authorizer.ts'
import { pathMatches } from '../authorization/rbac/rule.ts'

export const levels = ['None', 'Metadata', 'Request', 'RequestResponse'] as const
export type Level = (typeof levels)[number]
export const stages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const
export type Stage = (typeof stages)[number]

export interface Verdict {
  readonly level: Level
  readonly omitStages: ReadonlySet<Stage>
  readonly omitManagedFields: boolean
}

export interface AuditPolicy {
  /** `user` is undefined for a request whose credentials did not hold. */
  judge(attributes: Omit<Attributes, 'user'>, user: Attributes['user'] | undefined): Verdict
}

interface GroupResources {
  readonly group: string
  readonly resources: readonly string[]
  readonly resourceNames: readonly string[]
}

interface Rule extends Verdict {
  readonly users: readonly string[]
  readonly userGroups: readonly string[]
  readonly verbs: readonly string[]
  readonly namespaces: readonly string[]
  readonly resources: readonly GroupResources[]
  readonly nonResourceURLs: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isOneOf = <T extends string>(all: readonly T[], value: unknown): value is T => all.includes(value as T)

/** Collects what is wrong; all of it is said at once. */
class Reader {
  readonly faults: string[] = []

  known(fields: Fields, names: readonly string[], path: string): void {
    for (const name of Object.keys(fields)) if (!names.includes(name)) this.faults.push(`${path}${name}: no such field`)
  }

  texts(fields: Fields, name: string, path: string): readonly string[] {
    const value = fields[name] ?? []
    if (Array.isArray(value) && value.every(v => typeof v === 'string')) return value
    this.faults.push(`${path}${name}: must be a list of texts`)
    return []
  }

  objects(fields: Fields, name: string, path: string): readonly Fields[] {
    const value = fields[name] ?? []
    if (Array.isArray(value) && value.every(isFields)) return value
    this.faults.push(`${path}${name}: must be a list of objects`)
    return []
  }

  stages(fields: Fields, path: string): Stage[] {
    return this.texts(fields, 'omitStages', path).flatMap(stage => {
      if (isOneOf(stages, stage)) return [stage]
      this.faults.push(`${path}omitStages: ${JSON.stringify(stage)} is none of ${stages.join(', ')}`)
      return []
    })
  }

  flag(fields: Fields, name: string, path: string): boolean | undefined {
    const value = fields[name]
    if (value == null || typeof value === 'boolean') return value ?? undefined
    this.faults.push(`${path}${name}: must be true or false`)
    return undefined
  }
}

const ruleFields = ['level', 'users', 'userGroups', 'verbs', 'resources', 'namespaces', 'nonResourceURLs', 'omitStages', 'omitManagedFields']

const readResources = (reader: Reader, rule: Fields, path: string): GroupResources[] =>
  reader.objects(rule, 'resources', path).map((fields, i) => {
    const at = `${path}resources[${i}].`
    reader.known(fields, ['group', 'resources', 'resourceNames'], at)
    const { group = '' } = fields
    if (typeof group !== 'string' || /[/:]/.test(group) || (group && !/^[a-z0-9.-]+$/.test(group)))
      reader.faults.push(`${at}group: must be a name of an API group`)
    const found = { group: String(group), resources: reader.texts(fields, 'resources', at), resourceNames: reader.texts(fields, 'resourceNames', at) }
    if (found.resourceNames.length && !found.resources.length) reader.faults.push(`${at}resourceNames: using resourceNames requires at least one resource`)
    return found
  })

const readRule = (reader: Reader, rule: Fields, path: string, all: { omitStages: readonly Stage[]; omitManagedFields: boolean }): Rule => {
  reader.known(rule, ruleFields, path)
  const { level } = rule
  if (!isOneOf(levels, level)) reader.faults.push(`${path}level: must be one of ${levels.join(', ')}`)
  const resources = readResources(reader, rule, path)
  const namespaces = reader.texts(rule, 'namespaces', path)
  const nonResourceURLs = reader.texts(rule, 'nonResourceURLs', path)
  if (nonResourceURLs.length && (resources.length || namespaces.length))
    reader.faults.push(`${path}nonResourceURLs: rules cannot apply to both regular resources and non-resource URLs`)
  for (const url of nonResourceURLs) {
    if (url === '*') continue
    if (!url.startsWith('/')) reader.faults.push(`${path}nonResourceURLs: ${JSON.stringify(url)} must begin with a slash`)
    if (url.slice(0, -1).includes('*')) reader.faults.push(`${path}nonResourceURLs: ${JSON.stringify(url)} may have a star at its end only`)
  }
  return {
    level: isOneOf(levels, level) ? level : 'None',
    users: reader.texts(rule, 'users', path),
    userGroups: reader.texts(rule, 'userGroups', path),
    verbs: reader.texts(rule, 'verbs', path),
    namespaces,
    resources,
    nonResourceURLs,
    omitStages: new Set([...all.omitStages, ...reader.stages(rule, path)]),
    omitManagedFields: reader.flag(rule, 'omitManagedFields', path) ?? all.omitManagedFields,
  }
}

const concerns = (only: readonly string[], value: string): boolean => !only.length || only.includes(value)

const isResourceNamed = (wanted: string, resource: string, subresource: string): boolean =>
  wanted === '*' ||
  wanted === (subresource ? `${resource}/${subresource}` : resource) ||
  (subresource !== '' && wanted === `*/${subresource}`) ||
  wanted === `${resource}/*`

type Asked = Omit<Attributes, 'user'>

const matchesTarget = ({ namespaces, resources, nonResourceURLs }: Rule, asked: Asked): boolean => {
  if (namespaces.length || resources.length) {
    if (!asked.isResource || !concerns(namespaces, asked.namespace)) return false
    if (!resources.length) return true
    return resources.some(
      r =>
        r.group === asked.group &&
        (!r.resources.length || (concerns(r.resourceNames, asked.name) && r.resources.some(name => isResourceNamed(name, asked.resource, asked.subresource)))),
    )
  }
  return !nonResourceURLs.length || (!asked.isResource && nonResourceURLs.some(url => pathMatches(url, asked.path)))
}

const matches = (rule: Rule, asked: Asked, user: Attributes['user'] | undefined): boolean =>
  (!rule.users.length || (user !== undefined && rule.users.includes(user.name))) &&
  (!rule.userGroups.length || (user?.groups.some(group => rule.userGroups.includes(group)) ?? false)) &&
  concerns(rule.verbs, asked.verb) &&
  matchesTarget(rule, asked)

/** From a parsed file. Throws one sentence that names everything that is wrong with it. */
export const parseAuditPolicy = (value: unknown): AuditPolicy => {
  const reader = new Reader()
  const policy = isFields(value) ? value : {}
  if (policy['kind'] !== 'Policy' || policy['apiVersion'] !== 'audit.k8s.io/v1') reader.faults.push('it is no Policy of audit.k8s.io/v1')
  reader.known(policy, ['kind', 'apiVersion', 'metadata', 'rules', 'omitStages', 'omitManagedFields'], '')
  const all = { omitStages: reader.stages(policy, ''), omitManagedFields: reader.flag(policy, 'omitManagedFields', '') ?? false }
  const rules = reader.objects(policy, 'rules', '').map((rule, i) => readRule(reader, rule, `rules[${i}].`, all))
  if (!rules.length) reader.faults.push('it has no rules')
  if (reader.faults.length) throw new Error(`the audit policy is not valid: ${reader.faults.join('; ')}`)
  const otherwise: Verdict = { level: 'None', omitStages: new Set(all.omitStages), omitManagedFields: all.omitManagedFields }
  return { judge: (asked, user) => rules.find(rule => matches(rule, asked, user)) ?? otherwise }
}
