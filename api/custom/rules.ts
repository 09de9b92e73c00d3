// Judges a custom resource by the CEL rules of its schema: node by node, with a budget for the whole object. Rules that a write does not
// bear on (the value is what it was) become warnings. Follows upstream's cel.Validator. Pure.
import type { Environment } from '../cel/cel.types.ts'
import { schemaType } from '../cel/schema-type.ts'
import type { CelType } from '../cel/type.ts'
import { adapt } from '../cel/adapt.ts'
import { CelOptional } from '../cel/value.ts'
import type { CauseReason } from '../status.ts'
import { type FieldError, toMessage } from '../field-error.ts'
import type { KubeObject } from '../object.ts'
import { isMap } from '../patch/json-value.ts'
import type { Schema } from '../schema/schema.ts'
import type { JSONSchemaProps, ValidationRule } from '../types/apiextensions-v1.ts'
import { type Correlation, correlate, correlatedItem, itemOf } from './correlation.ts'
import { followFieldPath } from './field-path.ts'
import { childPath } from './list-types.ts'
import { type CompiledRule, compileNodeRules, createRuleEnvironment } from './rule-programs.ts'

export type Rules = (object: KubeObject, old: KubeObject | undefined, warn: (text: string) => void) => FieldError[]

const objectBudget = 10_000_000
const maxMessageBytes = 5 * 1024

interface Node {
  readonly props: JSONSchemaProps
  readonly fields: ReadonlyMap<string, Node>
  readonly items: Node | undefined
  readonly values: Node | undefined
  readonly type: CelType | undefined
  /** Compiled when first needed. */
  rules(): readonly CompiledRule[]
}

interface Past {
  readonly here: Correlation | undefined
  /** The nearest value above that has a past; it counts where this one has none. */
  readonly above: Correlation | undefined
}

interface Run {
  readonly errors: FieldError[]
  readonly warn: (text: string) => void
  /** Below zero: nothing more is judged. */
  budget: number
}

const isResource = (schema: Schema, root: boolean): boolean => root || (schema.embeddedResource ?? false)

const toNode = (props: JSONSchemaProps, schema: Schema, root: boolean, environment: () => Environment): Node | undefined => {
  const fields = new Map<string, Node>()
  for (const [name, child] of Object.entries(props.properties ?? {})) {
    const below = schema.fields.get(name)?.schema
    // Of a resource's own metadata nothing but names is ever seen; its schema is not the definition's.
    const node = below && below.name === undefined ? toNode(child, below, false, environment) : undefined
    if (node) fields.set(name, node)
  }
  const item = itemOf(props)
  const items = item && schema.kind === 'list' && schema.items ? toNode(item, schema.items, false, environment) : undefined
  const more = typeof props.additionalProperties === 'object' ? props.additionalProperties : undefined
  const values = more && schema.kind === 'map' && schema.items ? toNode(more, schema.items, false, environment) : undefined
  const rules = props['x-kubernetes-validations'] ?? []
  if (!rules.length && !fields.size && !items && !values) return undefined
  const type = rules.length ? schemaType(schema, 'self', isResource(schema, root)) : undefined
  let compiled: readonly CompiledRule[] | undefined
  return { props, fields, items, values, type, rules: () => (compiled ??= type ? compileNodeRules(rules, type, environment()) : []) }
}

const textOf = ({ rule, message }: ValidationRule): string => (message ?? '').trim() || rule.trim()

const reasons: ReadonlySet<string> = new Set<CauseReason>(['FieldValueForbidden', 'FieldValueRequired', 'FieldValueDuplicate'])
const toError = (field: string, value: unknown, detail: string, reason: string | undefined): FieldError => ({
  field,
  value,
  detail,
  reason: reason !== undefined && reasons.has(reason) ? (reason as CauseReason) : 'FieldValueInvalid',
})

/** What a rule says of its failure; undefined where its expression has nothing to say. Throws away the rest of the budget when it costs too much. */
const messageOf = (compiled: CompiledRule, bindings: Record<string, unknown>, run: Run): { text: string } | { stop: string } | undefined => {
  if (!compiled.message) return undefined
  const result = compiled.message.evaluate(bindings)
  if (result.cost > run.budget)
    return { stop: 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run' }
  run.budget -= result.cost
  if (!result.ok)
    return result.error.kind === 'cost' ? { stop: 'no further validation rules will be run due to call cost exceeds limit for messageExpression' } : undefined
  const text = typeof result.value === 'string' ? result.value.trim() : ''
  return text === '' || text.includes('\n') || Buffer.byteLength(text) > maxMessageBytes ? undefined : { text }
}

const judgeRules = (node: Node, value: unknown, old: unknown, path: string, past: Past, run: Run): void => {
  const where = path === '' ? '<nil>' : path
  const fail = (detail: string): void => void run.errors.push(toError(where, node.props.type ?? '', detail, undefined))
  const stop = (detail: string): void => {
    fail(detail)
    run.budget = -1
  }
  for (const compiled of node.rules()) {
    const { rule, program, usesOldSelf } = compiled
    if (run.budget <= 0) {
      stop('validation failed due to running out of cost budget, no further validation rules will be run')
      return
    }
    if (!program) {
      fail(`rule compile error: ${compiled.error ?? ''}`)
      continue
    }
    if (usesOldSelf && old === undefined && !rule.optionalOldSelf) continue
    const bindings: Record<string, unknown> = {
      self: value,
      oldSelf: rule.optionalOldSelf ? new CelOptional(old === undefined ? undefined : adapt(old, node.type!)) : old,
    }
    const result = program.evaluate(bindings)
    if (result.cost > run.budget) {
      stop('validation failed due to running out of cost budget, no further validation rules will be run')
      return
    }
    run.budget -= result.cost
    if (!result.ok) {
      if (result.error.kind === 'cost') {
        stop(`'${result.error.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${textOf(rule)}`)
        return
      }
      fail(`${result.error.message} evaluating rule: ${textOf(rule)}`)
      continue
    }
    if (result.value === true) continue
    const target = rule.fieldPath ? followFieldPath(rule.fieldPath.trim(), node.props) : undefined
    const field = target && 'path' in target ? childPath(path, target.path) : where
    const report = (error: FieldError): void => {
      const unchanged = past.here ? past.here.unchanged() : (past.above?.unchanged() ?? false)
      if (!usesOldSelf && unchanged) run.warn(`${error.field}: ${toMessage(error)}`)
      else run.errors.push(error)
    }
    const message = messageOf(compiled, bindings, run)
    if (message && 'stop' in message) {
      report(toError(field, value, message.stop, undefined))
      run.budget = -1
      return
    }
    const detail = message?.text ?? (rule.message ? rule.message.trim() : `failed rule: ${rule.rule.trim()}`)
    report(toError(field, value, detail, rule.reason))
  }
}

const below = (past: Past, next: (here: Correlation) => Correlation | undefined): Past => (past.here ? { here: next(past.here), above: past.here } : past)

const visit = (node: Node, value: unknown, old: unknown, path: string, past: Past, run: Run): void => {
  if (value === null || value === undefined || run.budget < 0) return
  judgeRules(node, value, old ?? undefined, path, past, run)
  if (Array.isArray(value)) {
    const { items } = node
    if (!items) return
    for (const [i, item] of (value as unknown[]).entries())
      visit(
        items,
        item,
        correlatedItem(node.props, old, item),
        `${path}[${i}]`,
        below(past, here => here.index(i, node.props)),
        run,
      )
    return
  }
  if (!isMap(value)) return
  const before = node.props['x-kubernetes-map-type'] !== 'atomic' && isMap(old) ? old : undefined
  for (const key of Object.keys(value)) {
    const field = node.fields.get(key)
    const child = field ?? node.values
    if (!child || run.budget < 0) continue
    const was = before && Object.hasOwn(before, key) ? before[key] : undefined
    visit(
      child,
      value[key],
      was,
      field ? childPath(path, key) : `${path}[${key}]`,
      below(past, here => here.key(key)),
      run,
    )
  }
}

/** Undefined when the schema has no rules. */
export const compileRules = (props: JSONSchemaProps, schema: Schema, isRoot = true): Rules | undefined => {
  let shared: Environment | undefined
  const root = toNode(props, schema, isRoot, () => (shared ??= createRuleEnvironment()))
  if (!root) return undefined
  return (object, old, warn) => {
    const run: Run = { errors: [], warn, budget: objectBudget }
    visit(root, object, old, '', { here: correlate(object, old), above: undefined }, run)
    return run.errors
  }
}
