// Who among those that change objects is asked once more: what wanted it (IfNeeded) and had its turn before the object changed again.
import { sameValue } from '../verbs/metadata.ts'
import type { AdmissionRequest, Round } from './admission.ts'

/** What the first round leaves for the second. */
interface Memory {
  /** Those with IfNeeded that had their turn. */
  readonly called: Set<string>
  /** Those of them after which the object changed. */
  readonly stale: Set<string>
  /** The object when the last turn of the round was over. */
  after: unknown
}

export interface Turns {
  /** In the first round everybody's; in the second only where the object is another than it left. */
  isDue(id: string): boolean
  /** A turn changed the object: a second round is needed. */
  changed(): void
  called(id: string): void
  /** The round is over. */
  end(): void
}

/** `key` is the plugin's own, the same in both rounds. */
export const takeTurns = (request: AdmissionRequest, round: Round, key: unknown): Turns => {
  let memory = round.memory.get(key) as Memory | undefined
  if (!memory) round.memory.set(key, (memory = { called: new Set(), stale: new Set(), after: undefined }))
  const kept = memory
  // Plugins of the server itself may have changed it since.
  const changedSince = round.again && kept.after !== undefined && !sameValue(kept.after, request.object)
  return {
    isDue: id => !round.again || kept.stale.has(id) || (changedSince && kept.called.has(id)),
    changed: () => {
      for (const id of kept.called) kept.stale.add(id)
      round.requestAgain()
    },
    called: id => void kept.called.add(id),
    end: () => {
      kept.after = request.object && structuredClone(request.object)
    },
  }
}
