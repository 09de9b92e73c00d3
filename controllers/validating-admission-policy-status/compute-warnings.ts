// Which expressions of a policy cannot be right for the kinds that it is about, as far as types tell. Only warnings: the policy may be for
// kinds that come later, or look before it reads.
import { AdmissionCompiler } from '../../api/cel/admission-environment.ts'
import type { CelType } from '../../api/cel/type.ts'
import type { ExpressionWarning, ValidatingAdmissionPolicySpec } from '../../api/types/admissionregistration-v1.ts'

export interface ResourceRef {
  readonly group: string
  readonly version: string
  readonly resource: string
}
export interface TypedKind {
  /** As Go prints a GroupVersionKind: `apps/v1, Kind=Deployment`. */
  readonly label: string
  readonly type: CelType
}

const maxKinds = 10

/** A list with a wildcard says nothing of what is meant. */
const exact = (values: readonly string[] | undefined): readonly string[] => (values?.some(value => value.includes('*')) ? [] : [...(values ?? [])].sort())

/** The resources that the rules name without wildcards; subresources have kinds of their own and are passed over. */
export const computeResources = (spec: ValidatingAdmissionPolicySpec): ResourceRef[] => {
  const refs = new Map<string, ResourceRef>()
  for (const rule of spec.matchConstraints?.resourceRules ?? [])
    for (const group of exact(rule.apiGroups))
      for (const version of exact(rule.apiVersions))
        for (const resource of [...(rule.resources ?? [])].filter(name => !/[*/]/.test(name)).sort())
          if (refs.size < maxKinds) refs.set(`${group}/${version}/${resource}`, { group, version, resource })
  return [...refs.values()]
}

const compilerFor = (spec: ValidatingAdmissionPolicySpec, kind: TypedKind, paramsType: CelType | undefined): AdmissionCompiler => {
  const compiler = new AdmissionCompiler({
    hasParams: spec.paramKind !== undefined,
    isPolicy: true,
    objectType: kind.type,
    ...(paramsType && { paramsType }),
  })
  for (const { name, expression } of spec.variables ?? []) compiler.compileVariable(name, expression)
  return compiler
}

/** `paramsType` is that of spec.paramKind, where it is known. */
export const computeWarnings = (spec: ValidatingAdmissionPolicySpec, kinds: readonly TypedKind[], paramsType?: CelType): ExpressionWarning[] => {
  const compilers = kinds.map(kind => ({ kind, compiler: compilerFor(spec, kind, paramsType) }))
  const check = (fieldRef: string, expression: string | undefined): ExpressionWarning[] => {
    if (!expression) return []
    const faults = compilers.flatMap(({ kind, compiler }) => {
      const compiled = compiler.compile(expression)
      return compiled.ok ? [] : [`${kind.label}: ${compiled.message}\n`]
    })
    return faults.length ? [{ fieldRef, warning: faults.join('\n') }] : []
  }
  return (spec.validations ?? []).flatMap(({ expression, messageExpression }, i) => [
    ...check(`spec.validations[${i}].expression`, expression),
    ...check(`spec.validations[${i}].messageExpression`, messageExpression),
  ])
}
