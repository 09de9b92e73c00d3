// PriorityLevelConfigurations as limits: the server's seats divided by shares, as upstream divides them. Pure.
import type { PriorityLevelConfiguration } from '../../api/types/flowcontrol-v1.ts'
import type { LevelLimits } from './priority-level.ts'

/** Upstream's defaults of fields that are absent. */
const defaults = { shares: 30, queues: 64, handSize: 8, queueLengthLimit: 50 }

const sharesOf = ({ spec }: PriorityLevelConfiguration): number =>
  spec.type === 'Exempt' ? (spec.exempt?.nominalConcurrencyShares ?? 0) : (spec.limited?.nominalConcurrencyShares ?? defaults.shares)

/** By name; undefined for a level without limits. */
export const toLimits = (levels: readonly PriorityLevelConfiguration[], totalSeats: number): ReadonlyMap<string, LevelLimits | undefined> => {
  const allShares = Math.max(
    1,
    levels.reduce((sum, level) => sum + sharesOf(level), 0),
  )
  return new Map(
    levels.map((level): [string, LevelLimits | undefined] => {
      const name = level.metadata.name ?? ''
      const { type, limited = {} } = level.spec
      if (type === 'Exempt') return [name, undefined]
      const seats = Math.ceil((totalSeats * sharesOf(level)) / allShares)
      const { lendablePercent = 0, borrowingLimitPercent, limitResponse } = limited
      const limits: LevelLimits = {
        seats,
        lendable: Math.round((seats * lendablePercent) / 100),
        borrowable: borrowingLimitPercent === undefined ? totalSeats : Math.round((seats * borrowingLimitPercent) / 100),
      }
      if (limitResponse?.type !== 'Queue') return [name, limits]
      const { queues = defaults.queues, handSize = defaults.handSize, queueLengthLimit = defaults.queueLengthLimit } = limitResponse.queuing ?? {}
      return [name, { ...limits, queuing: { queues, handSize, queueLength: queueLengthLimit } }]
    }),
  )
}
