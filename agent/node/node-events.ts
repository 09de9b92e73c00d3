// What happened to a node's conditions, as the reasons of upstream's Events: pure.
import type { NodeCondition } from '../../api/types/core-v1.ts'

/** By type: what it is called to be so, and not to be so. */
const reasons: Readonly<Record<string, readonly [string, string]>> = {
  MemoryPressure: ['NodeHasInsufficientMemory', 'NodeHasSufficientMemory'],
  DiskPressure: ['NodeHasDiskPressure', 'NodeHasNoDiskPressure'],
  PIDPressure: ['NodeHasInsufficientPID', 'NodeHasSufficientPID'],
  Ready: ['NodeReady', 'NodeNotReady'],
}

/** A node that is new is told about where it has room, but not that it is not ready yet. */
export const toNodeEvents = (before: readonly NodeCondition[], after: readonly NodeCondition[]): string[] =>
  after.flatMap(({ type, status }) => {
    const old = before.find(c => c.type === type)
    const names = reasons[type]
    if (!names || old?.status === status || (!old && type === 'Ready' && status !== 'True')) return []
    return [names[status === 'True' ? 0 : 1]]
  })
