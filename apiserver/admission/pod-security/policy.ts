// Which levels hold in a namespace, from its labels; and the judgement of a pod by a level. Pure.
import { type FieldError, invalidValue } from '../../../api/field-error.ts'
import { baselineChecks } from './baseline.ts'
import { restrictedChecks } from './restricted.ts'
import type { PodLike, Violation } from './violation.ts'

export type Level = 'privileged' | 'baseline' | 'restricted'
export interface LevelVersion {
  readonly level: Level
  /** A minor version of Kubernetes 1, or the newest. */
  readonly version: number | 'latest'
}
export interface Policy {
  readonly enforce: LevelVersion
  readonly audit: LevelVersion
  readonly warn: LevelVersion
}

export type Labels = Readonly<Record<string, string>> | undefined

const prefix = 'pod-security.kubernetes.io/'
const levels: readonly string[] = ['privileged', 'baseline', 'restricted']

export const compareLevels = (a: Level, b: Level): number => levels.indexOf(a) - levels.indexOf(b)
export const sameLevel = (a: LevelVersion, b: LevelVersion): boolean => a.level === b.level && a.version === b.version
export const printLevel = ({ level, version }: LevelVersion): string => `${level}:${version === 'latest' ? version : `v1.${version}`}`

const parseVersion = (text: string): LevelVersion['version'] | undefined => {
  const match = /^v1\.(0|[1-9]\d*)$/.exec(text)
  return match ? Number(match[1]) : text === 'latest' ? text : undefined
}

/** What is not understood is judged strictly where it forbids, and not at all where it only tells. */
export const toPolicy = (labels: Labels, defaults: Policy): { policy: Policy; errors: FieldError[] } => {
  const errors: FieldError[] = []
  if (!labels) return { policy: defaults, errors }
  const complain = (mode: string, value: string, detail: string): void => {
    errors.push(invalidValue(`metadata.labels[${prefix}${mode}]`, value, detail))
  }
  const read = (mode: keyof Policy): LevelVersion => {
    const [levelText, versionText] = [labels[prefix + mode], labels[`${prefix}${mode}-version`]]
    let { level, version } = defaults[mode]
    if (levelText !== undefined) {
      if (levels.includes(levelText)) level = levelText as Level
      else {
        level = mode === 'enforce' ? 'restricted' : 'privileged'
        complain(mode, levelText, `must be one of ${levels.join(', ')}`)
      }
    }
    if (versionText !== undefined) {
      const parsed = parseVersion(versionText)
      version = parsed ?? 'latest'
      if (parsed === undefined) complain(`${mode}-version`, versionText, 'must be "latest" or "v1.x"')
    }
    return { level, version }
  }
  const enforce = read('enforce')
  const audit = read('audit')
  let warn = read('warn')
  // Whoever enforces more than the default wants to be told of it on workloads too.
  const enforces = levels.includes(labels[`${prefix}enforce`] ?? '')
  if (labels[`${prefix}warn`] === undefined && enforces && compareLevels(enforce.level, warn.level) > 0)
    warn = { level: enforce.level, version: labels[`${prefix}warn-version`] === undefined ? enforce.version : warn.version }
  return { policy: { enforce, audit, warn }, errors }
}

export const findViolations = (pod: PodLike, { level, version }: LevelVersion): readonly Violation[] => {
  if (level === 'privileged') return []
  const minor = version === 'latest' ? Infinity : version
  const checks = level === 'baseline' ? baselineChecks : [...baselineChecks, ...restrictedChecks]
  const active = checks.flatMap(check => {
    const find = check.versions.findLast(v => v.since <= minor)?.find
    return find ? [{ check, find }] : []
  })
  const replaced = new Set(active.flatMap(({ check }) => check.replaces ?? []))
  return active.flatMap(({ check, find }) => (replaced.has(check.id) ? [] : (find(pod) ?? [])))
}

export const printReasons = (violations: readonly Violation[]): string => violations.map(v => v.reason).join(', ')
export const printDetails = (violations: readonly Violation[]): string => violations.map(v => (v.detail ? `${v.reason} (${v.detail})` : v.reason)).join(', ')
