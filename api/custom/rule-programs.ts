// The rules of one schema node (x-kubernetes-validations) as compiled CEL. Which variables they see is upstream's. Pure.
import type { Environment, Program } from '../cel/cel.types.ts'
import { createEnvironment } from '../cel/environment.ts'
import { boolType, type CelType, opaqueType, stringType } from '../cel/type.ts'
import type { ValidationRule } from '../types/apiextensions-v1.ts'

export interface CompiledRule {
  readonly rule: ValidationRule
  /** Absent when `error` says why. */
  readonly program?: Program
  readonly error?: string
  readonly message?: Program
  readonly messageError?: string
  /** Speaks of the value before: judged only where there is one. */
  readonly usesOldSelf: boolean
}

const compileOne = (rule: ValidationRule, environment: Environment): CompiledRule => {
  const compiled = environment.compile(rule.rule, { expectedTypes: [boolType] })
  if (!compiled.ok)
    return { rule, error: compiled.unexpectedType ? 'cel expression must evaluate to a bool' : `compilation failed: ${compiled.message}`, usesOldSelf: false }
  const { program } = compiled
  if (program.outputType.kind !== 'bool') return { rule, error: 'cel expression must evaluate to a bool', usesOldSelf: false }
  const usesOldSelf = program.references('oldSelf')
  if (!rule.messageExpression) return { rule, program, usesOldSelf }
  const message = environment.compile(rule.messageExpression, { expectedTypes: [stringType] })
  if (message.ok && message.program.outputType.kind === 'string') return { rule, program, message: message.program, usesOldSelf }
  const why = message.ok || message.unexpectedType ? 'messageExpression must evaluate to a string' : `messageExpression compilation failed: ${message.message}`
  return { rule, program, messageError: why, usesOldSelf }
}

/** Without variables: what all rules of a schema can share. */
export const createRuleEnvironment = (): Environment => createEnvironment({ variables: {} })

/** `type` is that of self. */
export const compileNodeRules = (rules: readonly ValidationRule[], type: CelType, shared: Environment): CompiledRule[] => {
  const plain = shared.extend({ self: type, oldSelf: type })
  return rules.map(rule => compileOne(rule, rule.optionalOldSelf ? plain.extend({ oldSelf: opaqueType('optional_type', type) }) : plain))
}
