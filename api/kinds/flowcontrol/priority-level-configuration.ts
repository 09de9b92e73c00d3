// PriorityLevelConfiguration of flowcontrol.apiserver.k8s.io/v1.
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../../field-error.ts'
import { defineResource } from '../../resource.ts'
import type {
  ExemptPriorityLevelConfiguration,
  LimitedPriorityLevelConfiguration,
  PriorityLevelConfiguration,
  QueuingConfiguration,
} from '../../types/flowcontrol-v1.ts'
import { addNonNegative, type Errors } from '../../validation/collect.ts'
import { semanticEqual } from '../../validation/equality.ts'
import { validateFlowConditions } from '../../validation/flow-rules.ts'
import { type Loose, loose } from '../../validation/loose.ts'
import { ageColumn, column, nameColumn } from '../columns.ts'
import { keepMetadataInStatus, separateStatus } from '../workload.ts'
import { mandatoryLevels } from './mandatory.ts'

const maxQueues = 10_000_000
/** Bits of a flow's hash that dealing its hand of queues may use up. */
const maxHashBits = 60

const validateQueuing = (errors: Errors, path: string, { queues = 0, handSize = 0, queueLengthLimit = 0 }: Loose<QueuingConfiguration>): void => {
  if (queues <= 0 || queues > maxQueues) errors.push(invalidValue(`${path}.queues`, queues, `must be between 1 and ${maxQueues}`))
  const fault =
    handSize <= 0
      ? 'must be positive'
      : handSize > queues
        ? 'must not be greater than `queues`'
        : Math.ceil(Math.log2(queues) * handSize) > maxHashBits
          ? `needs more than ${maxHashBits} bits of hash with so many queues`
          : undefined
  if (fault !== undefined) errors.push(invalidValue(`${path}.handSize`, handSize, fault))
  if (queueLengthLimit <= 0) errors.push(invalidValue(`${path}.queueLengthLimit`, queueLengthLimit, 'must be positive'))
}

const validateShares = (errors: Errors, path: string, shares: Loose<ExemptPriorityLevelConfiguration>): void => {
  addNonNegative(errors, `${path}.nominalConcurrencyShares`, shares.nominalConcurrencyShares)
  const lendable = shares.lendablePercent
  if (lendable !== undefined && (lendable < 0 || lendable > 100)) errors.push(invalidValue(`${path}.lendablePercent`, lendable, 'must be between 0 and 100'))
}

const validateLimited = (errors: Errors, path: string, limited: Loose<LimitedPriorityLevelConfiguration>): void => {
  validateShares(errors, path, limited)
  addNonNegative(errors, `${path}.borrowingLimitPercent`, limited.borrowingLimitPercent)
  const { type, queuing } = limited.limitResponse ?? {}
  const at = `${path}.limitResponse`
  if (type === 'Reject') {
    if (queuing) errors.push(forbiddenField(`${at}.queuing`, 'must not be set when the type is Reject'))
  } else if (type !== 'Queue') errors.push(notSupported(`${at}.type`, type ?? '', ['Queue', 'Reject']))
  else if (!queuing) errors.push(required(`${at}.queuing`, 'must be set when the type is Queue'))
  else validateQueuing(errors, `${at}.queuing`, queuing)
}

const validate = (given: PriorityLevelConfiguration): FieldError[] => {
  const errors: FieldError[] = []
  const { type, limited, exempt } = loose(given).spec ?? {}
  if ((given.metadata.name === 'exempt') !== (type === 'Exempt') && (type === 'Exempt' || type === 'Limited'))
    errors.push(invalidValue('spec.type', type, 'the level named exempt, and no other, is Exempt'))
  if (type === 'Exempt') {
    if (limited) errors.push(forbiddenField('spec.limited', 'must not be set when the type is Exempt'))
    if (exempt) validateShares(errors, 'spec.exempt', exempt)
  } else if (type === 'Limited') {
    if (exempt) errors.push(forbiddenField('spec.exempt', 'must not be set when the type is Limited'))
    if (!limited) errors.push(required('spec.limited', 'must be set when the type is Limited'))
    else validateLimited(errors, 'spec.limited', limited)
  } else errors.push(notSupported('spec.type', type ?? '', ['Exempt', 'Limited']))
  const fixed = mandatoryLevels.get(given.metadata.name ?? '')
  // The exempt level's share may be set.
  const compared = given.metadata.name === 'exempt' ? { ...given.spec, exempt: fixed?.exempt } : given.spec
  if (fixed && !semanticEqual(compared, fixed)) errors.push(invalidValue('spec', given.spec, 'must be what every server has'))
  validateFlowConditions(errors, given.status?.conditions)
  return errors
}

const setDefaults = ({ spec }: Loose<PriorityLevelConfiguration>): void => {
  if (spec?.exempt) {
    spec.exempt.nominalConcurrencyShares ??= 0
    spec.exempt.lendablePercent ??= 0
  }
  if (!spec?.limited) return
  spec.limited.nominalConcurrencyShares ??= 30
  spec.limited.lendablePercent ??= 0
  const queuing = spec.limited.limitResponse?.queuing
  if (!queuing) return
  if (!queuing.handSize) queuing.handSize = 8
  if (!queuing.queues) queuing.queues = 64
  if (!queuing.queueLengthLimit) queuing.queueLengthLimit = 50
}

const queuingColumn = (name: string, key: keyof QueuingConfiguration, description: string): ReturnType<typeof column<PriorityLevelConfiguration>> =>
  column(name, 'string', p => p.spec?.limited?.limitResponse?.queuing?.[key] ?? '<none>', description)

export const priorityLevelConfigurations = defineResource<PriorityLevelConfiguration>({
  group: 'flowcontrol.apiserver.k8s.io',
  version: 'v1',
  kind: 'PriorityLevelConfiguration',
  plural: 'prioritylevelconfigurations',
  namespaced: false,
  status: true,
  generation: true,
  columns: [
    nameColumn,
    column('Type', 'string', p => p.spec?.type, 'Whether its requests are limited.'),
    column('NominalConcurrencyShares', 'string', p => p.spec?.limited?.nominalConcurrencyShares ?? '<none>', 'Its share of the seats.'),
    queuingColumn('Queues', 'queues', 'How many queues it has.'),
    queuingColumn('HandSize', 'handSize', 'Queues that a flow may use.'),
    queuingColumn('QueueLengthLimit', 'queueLengthLimit', 'Requests that fit in a queue.'),
    ageColumn,
  ],
  default: level => {
    setDefaults(loose(level))
  },
  prepare: (level, old, context) => {
    separateStatus(level, old, context, () => ({}))
    keepMetadataInStatus(level, old, context)
  },
  metadataChecks: 'object',
  validate,
})
