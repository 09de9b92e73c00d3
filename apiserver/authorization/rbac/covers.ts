// Whether rules grant everything that other rules grant: nobody gives away what they do not have. As upstream's validation.Covers, but
// without breaking rules down to single permissions, whose number is the product of all lists: values that the same owner's rules reach
// are judged together. Pure.
import type { PolicyRule } from '../../../api/types/rbac-v1.ts'
import { pathMatches } from './rule.ts'

/** One bit per owner's rule. */
type Reach = bigint

const reachOf = (owners: readonly PolicyRule[], reaches: (rule: PolicyRule) => boolean): Reach =>
  owners.reduce((bits, rule, i) => (reaches(rule) ? bits | (1n << BigInt(i)) : bits), 0n)

const listReaches = (list: readonly string[] | undefined, wanted: string): boolean => list !== undefined && (list.includes('*') || list.includes(wanted))

const resourceReaches = (list: readonly string[] | undefined, wanted: string): boolean => {
  const slash = wanted.indexOf('/')
  return listReaches(list, wanted) || (slash >= 0 && (list?.includes(`*${wanted.slice(slash)}`) ?? false))
}

const pathReaches = (list: readonly string[] | undefined, wanted: string): boolean => list?.some(own => pathMatches(own, wanted)) ?? false

/** Distinct reaches of the values of one list, each with a value that has it. */
const classesOf = (owners: readonly PolicyRule[], values: readonly string[], reaches: (rule: PolicyRule, value: string) => boolean): Map<Reach, string> => {
  const classes = new Map<Reach, string>()
  for (const value of new Set(values)) {
    const reach = reachOf(owners, rule => reaches(rule, value))
    if (!classes.has(reach)) classes.set(reach, value)
  }
  return classes
}

/** Combinations in the product of `dimensions` that no owner's rule has in all of its parts. */
function* uncovered(dimensions: readonly Map<Reach, string>[], reach: Reach, chosen: readonly string[]): Generator<readonly string[]> {
  const [first, ...rest] = dimensions
  if (!first) {
    if (reach === 0n) yield chosen
    return
  }
  for (const [own, value] of first) yield* uncovered(rest, reach & own, [...chosen, value])
}

/** Rules with more values, or combinations of them, are not judged: only who may do everything may write them. */
const maxJudged = 20_000

const isEverything = ({ verbs, apiGroups, resources, resourceNames }: PolicyRule): boolean =>
  verbs.includes('*') && (apiGroups?.includes('*') ?? false) && (resources?.includes('*') ?? false) && !resourceNames?.length

const dimensionsOf = (owners: readonly PolicyRule[], rule: PolicyRule): Map<Reach, string>[][] => {
  const verbs = classesOf(owners, rule.verbs, (own, verb) => listReaches(own.verbs, verb))
  const names = rule.resourceNames?.length
    ? classesOf(owners, rule.resourceNames, (own, name) => !own.resourceNames?.length || own.resourceNames.includes(name))
    : new Map([[reachOf(owners, own => !own.resourceNames?.length), '']])
  return [
    [
      classesOf(owners, rule.apiGroups ?? [], (own, group) => listReaches(own.apiGroups, group)),
      classesOf(owners, rule.resources ?? [], (own, resource) => resourceReaches(own.resources, resource)),
      verbs,
      names,
    ],
    [classesOf(owners, rule.nonResourceURLs ?? [], (own, path) => pathReaches(own.nonResourceURLs, path)), verbs],
  ]
}

const describe = ([first = '', second = '', verb, name]: readonly string[]): PolicyRule =>
  verb === undefined
    ? { verbs: [second], nonResourceURLs: [first] }
    : { verbs: [verb], apiGroups: [first], resources: [second], ...(name && { resourceNames: [name] }) }

const sizeOf = (rule: PolicyRule): number =>
  [rule.verbs, rule.apiGroups, rule.resources, rule.resourceNames, rule.nonResourceURLs].reduce((sum, list) => sum + (list?.length ?? 0), 0)

/** Permissions (an example for each kind of gap) that `rules` grant and `owners` do not; empty when all are covered. */
export const missingPermissions = (owners: readonly PolicyRule[], rules: readonly PolicyRule[]): PolicyRule[] => {
  const missing: PolicyRule[] = []
  const everything = (1n << BigInt(owners.length)) - 1n
  const hasAll = owners.some(isEverything)
  for (const rule of rules) {
    if (hasAll && !rule.nonResourceURLs?.length) continue
    if (sizeOf(rule) > maxJudged) {
      missing.push(rule)
      continue
    }
    for (const dimensions of dimensionsOf(owners, rule)) {
      if (dimensions.reduce((n, d) => n * d.size, 1) > maxJudged) missing.push(rule)
      else for (const gap of uncovered(dimensions, everything, [])) missing.push(describe(gap))
    }
  }
  return missing
}

/** Those of `rules` that grant something that `owners` do not. */
export const uncoveredRules = (owners: readonly PolicyRule[], rules: readonly PolicyRule[]): PolicyRule[] =>
  rules.filter(rule => missingPermissions(owners, [rule]).length > 0)
