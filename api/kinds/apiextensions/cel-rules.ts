// x-kubernetes-validations of a definition: that rules say something, compile, and cannot cost too much. Upstream's limits and factors.
import { schemaType } from '../../cel/schema-type.ts'
import type { CelType } from '../../cel/type.ts'
import { followFieldPath } from '../../custom/field-path.ts'
import { compileNodeRules, type CompiledRule, createRuleEnvironment } from '../../custom/rule-programs.ts'
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../../field-error.ts'
import { type KnownSchemas, schemaFromDefinition } from '../../schema/from-definition.ts'
import type { JSONSchemaProps, ValidationRule } from '../../types/apiextensions-v1.ts'
import type { Found, Surroundings } from './schema-rules.ts'

const maxRequestBytes = 3 * 1024 * 1024
const ruleLimit = 10_000_000
const definitionLimit = 100_000_000
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

/** What all rules of one schema may cost together, and which of them weigh most; what is worked out for one of them and used by others. */
export class TotalCost {
  total = 0
  /** Made while rules were judged, from the leaves up. */
  readonly schemas: KnownSchemas = new Map()
  readonly environment = createRuleEnvironment()
  readonly #heavy: { path: string; cost: number }[] = []
  add(path: string, cost: number): void {
    this.total += cost
    if (cost >= definitionLimit / 100) this.#heavy.push({ path, cost })
  }
  errors(schemaPath: string): FieldError[] {
    if (this.total <= definitionLimit) return []
    const heaviest = this.#heavy.sort((a, b) => b.cost - a.cost).slice(0, 4)
    return [
      ...heaviest.map(({ path }) => forbiddenField(path, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema')),
      forbiddenField(schemaPath, tooExpensive('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', this.total, definitionLimit)),
    ]
  }
}

const tooExpensive = (what: string, cost: number, limit: number): string => {
  const factor = cost / limit
  const times = factor > 100 ? 'more than 100x' : `${factor.toFixed(1)}x`
  return `${what} exceeds budget by factor of ${times} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`
}

/** Where a schema stands: how often its values can be there at most (undefined: nothing bounds it), and what was added up so far. */
export interface RuleScope {
  readonly cardinality: number | undefined
  readonly total: TotalCost
  property(name: string, child: JSONSchemaProps): RuleScope
  items(child: JSONSchemaProps): RuleScope
  values(child: JSONSchemaProps): RuleScope
}

/** By how much a schema multiplies what lies below it. */
const factorOf = (schema: JSONSchemaProps): number | undefined => {
  if (schema.type === 'array') return schema.maxItems === undefined ? undefined : Math.max(0, schema.maxItems)
  if (schema.type === 'object' && schema.additionalProperties !== undefined)
    return schema.maxProperties === undefined ? undefined : Math.max(0, schema.maxProperties)
  return 1
}

const scopeOf = (schema: JSONSchemaProps, cardinality: number | undefined, total: TotalCost): RuleScope => {
  const factor = factorOf(schema)
  const below = (child: JSONSchemaProps): RuleScope =>
    scopeOf(child, cardinality === undefined || factor === undefined ? undefined : cardinality * factor, total)
  return { cardinality, total, property: (_, child) => below(child), items: below, values: below }
}

export const rootScope = (schema: JSONSchemaProps, total: TotalCost): RuleScope => scopeOf(schema, 1, total)

const hasBreak = (text: string): boolean => text.includes('\n')

const checkForm = (errors: FieldError[], at: string, rule: ValidationRule, schema: JSONSchemaProps): void => {
  const text = (rule.rule as string | undefined)?.trim() ?? ''
  const { message = '', messageExpression = '', fieldPath = '', reason } = rule
  if (text === '') errors.push(required(`${at}.rule`, 'rule is not specified'))
  else if (message !== '' && message.trim() === '') errors.push(invalidValue(`${at}.message`, message, 'must be non-empty if specified'))
  else if (hasBreak(message.trim())) errors.push(invalidValue(`${at}.message`, message, 'must not contain line breaks'))
  else if (hasBreak(text) && message.trim() === '') errors.push(required(`${at}.message`, 'message must be specified if rule contains line breaks'))
  if (messageExpression !== '' && messageExpression.trim() === '') errors.push(required(`${at}.messageExpression`, 'must be non-empty if specified'))
  if (reason !== undefined && !reasons.includes(reason)) errors.push(notSupported(`${at}.reason`, reason, reasons))
  if (fieldPath === '') return
  if (fieldPath.trim() === '') errors.push(invalidValue(`${at}.fieldPath`, fieldPath, 'must be non-empty if specified'))
  if (hasBreak(fieldPath.trim())) errors.push(invalidValue(`${at}.fieldPath`, fieldPath, 'must not contain line breaks'))
  if ('error' in followFieldPath(fieldPath, schema)) errors.push(invalidValue(`${at}.fieldPath`, fieldPath, 'must be a valid path'))
}

const checkCompiled = (errors: FieldError[], at: string, compiled: CompiledRule, type: CelType, scope: RuleScope, around: Surroundings): void => {
  const { rule, program, message } = compiled
  if (!program) errors.push(invalidValue(`${at}.rule`, rule, compiled.error ?? ''))
  else {
    const times = scope.cardinality ?? Math.floor(maxRequestBytes / ((type.minSize ?? 0) + 1))
    const cost = times === 0 ? 0 : program.estimateCost().max * times
    if (cost > ruleLimit) errors.push(forbiddenField(`${at}.rule`, tooExpensive('estimated rule cost', cost, ruleLimit)))
    scope.total.add(`${at}.rule`, cost)
  }
  if (compiled.messageError !== undefined) errors.push(invalidValue(`${at}.messageExpression`, rule, compiled.messageError))
  else if (message) {
    const cost = message.estimateCost().max
    if (cost > ruleLimit) errors.push(forbiddenField(`${at}.messageExpression`, tooExpensive('estimated messageExpression cost', cost, ruleLimit)))
    scope.total.add(`${at}.messageExpression`, cost)
  }
  if (compiled.usesOldSelf) {
    if (around.noOldSelf !== undefined)
      errors.push(invalidValue(`${at}.rule`, rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${around.noOldSelf}`))
  } else if (rule.optionalOldSelf !== undefined)
    errors.push(invalidValue(`${at}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule'))
}

/** `sound`: nothing at or below the schema is wrong so far, so that its types mean something. */
export const validateNodeRules = (schema: JSONSchemaProps, path: string, around: Surroundings, sound: boolean): Found => {
  const rules = schema['x-kubernetes-validations'] ?? []
  const errors: FieldError[] = []
  const cel: FieldError[] = []
  if (!rules.length) return { schema: errors, cel }
  rules.forEach((rule, i) => {
    checkForm(errors, `${path}.x-kubernetes-validations[${i}]`, rule, schema)
  })
  if (!sound || errors.length || !around.scope) return { schema: errors, cel }
  const resource = around.root || (schema['x-kubernetes-embedded-resource'] ?? false)
  const type = schemaType(schemaFromDefinition(schema, resource, around.scope.total.schemas), 'self', resource)
  if (!type) {
    cel.push({
      field: `${path}.x-kubernetes-validations`,
      reason: 'InternalError',
      detail: 'failed to construct type information for x-kubernetes-validations rules',
    })
    return { schema: errors, cel }
  }
  compileNodeRules(rules, type, around.scope.total.environment).forEach((compiled, i) => {
    checkCompiled(cel, `${path}.x-kubernetes-validations[${i}]`, compiled, type, around.scope!, around)
  })
  return { schema: errors, cel }
}
