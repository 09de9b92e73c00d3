// FlowSchema of flowcontrol.apiserver.k8s.io/v1.
import { type FieldError, invalidValue } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type { FlowSchema } from '../../types/flowcontrol-v1.ts'
import { addRequiredName, addSupported } from '../../validation/collect.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { validateFlowConditions, validatePolicyRules } from '../../validation/flow-rules.ts'
import { loose } from '../../validation/loose.ts'
import { isDns1123Subdomain } from '../../validation/names.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { keepMetadataInStatus, separateStatus } from '../workload.ts'
import { mandatoryFlowSchemas } from './mandatory.ts'

const lowestPrecedence = 10000

const validate = (given: FlowSchema): FieldError[] => {
  const errors: FieldError[] = []
  const spec = loose(given).spec ?? {}
  const precedence = spec.matchingPrecedence ?? 0
  const at = 'spec.matchingPrecedence'
  if (precedence <= 0 || precedence > lowestPrecedence) errors.push(invalidValue(at, precedence, `must be between 1 and ${lowestPrecedence}`))
  if (precedence === 1 && given.metadata.name !== 'exempt') errors.push(invalidValue(at, precedence, 'only the schema named exempt may have precedence 1'))
  if (spec.distinguisherMethod) addSupported(errors, 'spec.distinguisherMethod.type', spec.distinguisherMethod.type, ['ByNamespace', 'ByUser'])
  addRequiredName(errors, 'spec.priorityLevelConfiguration.name', spec.priorityLevelConfiguration?.name, isDns1123Subdomain)
  spec.rules?.forEach((rules, i) => {
    validatePolicyRules(errors, `spec.rules[${i}]`, rules)
  })
  const fixed = mandatoryFlowSchemas.get(given.metadata.name ?? '')
  if (fixed && !semanticEqual(given.spec, fixed)) errors.push(invalidValue('spec', spec, 'must be what every server has'))
  validateFlowConditions(errors, given.status?.conditions)
  return errors
}

/** Whether the priority level it names is missing, as the controller last found. */
const missingLevel = (schema: FlowSchema): string => {
  const status = schema.status?.conditions?.find(c => c.type === 'Dangling')?.status
  return status === undefined ? '?' : status
}

/** The order in which schemas are asked. */
export const byPrecedence = (a: FlowSchema, b: FlowSchema): number =>
  (a.spec.matchingPrecedence ?? 0) - (b.spec.matchingPrecedence ?? 0) || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1)

export const flowSchemas = defineResource<FlowSchema>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'FlowSchema',
  plural: 'flowschemas',
  namespaced: false,
  status: true,
  generation: true,
  tableOrder: byPrecedence,
  columns: [
    nameColumn,
    column('PriorityLevel', 'string', s => s.spec?.priorityLevelConfiguration.name, 'The level of its requests.'),
    column('MatchingPrecedence', 'string', s => s.spec?.matchingPrecedence, 'The lower, the sooner it is asked.'),
    column('DistinguisherMethod', 'string', s => s.spec?.distinguisherMethod?.type ?? '<none>', 'How flows are told apart.'),
    ageColumn,
    column('MissingPL', 'string', missingLevel, 'Whether its level is missing.'),
  ],
  default: schema => {
    if (schema.spec && !schema.spec.matchingPrecedence) schema.spec.matchingPrecedence = 1000
  },
  prepare: (schema, old, context) => {
    separateStatus(schema, old, context, () => ({}))
    keepMetadataInStatus(schema, old, context)
  },
  metadataChecks: 'object',
  validate,
})
