// spec.nodeSelector and node affinity: required terms forbid, preferred ones add their weight to the score.
import { matchesNodeSelection, matchesTerm, namedNodes } from '../framework/node-selector.ts'
import { normalizeScores } from '../framework/normalize.ts'
import type { Plugin, Rejection } from '../framework/types.ts'

const rejection: Rejection = { reasons: ["node(s) didn't match Pod's node affinity/selector"], unresolvable: true }

export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  weight: 2,
  preFilter({ pod }) {
    if (!pod.spec.nodeSelector && !pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution) return undefined
    const nodeNames = namedNodes(pod)
    return { ...(nodeNames && { nodeNames }), filter: ({ node }) => (matchesNodeSelection(pod, node) ? undefined : rejection) }
  },
  mayHelp: (event, { pod }) =>
    (event.type === 'NodeAdded' && matchesNodeSelection(pod, event.node)) ||
    (event.type === 'NodeChanged' && matchesNodeSelection(pod, event.node) && !matchesNodeSelection(pod, event.old)),
  preScore({ pod }) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution
    if (!preferred?.length) return undefined
    return {
      score: ({ node }) => preferred.reduce((sum, { weight, preference }) => sum + (weight && matchesTerm(preference, node) ? weight : 0), 0),
      normalize: scores => normalizeScores(scores, false),
    }
  },
}
