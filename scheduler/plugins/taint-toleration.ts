// Taints repel: NoSchedule and NoExecute forbid, PreferNoSchedule costs score.
import { normalizeScores } from '../framework/normalize.ts'
import { tolerates } from '../../api/tolerations.ts'
import { findUntolerated, taintsOf } from '../framework/taints.ts'
import type { Plugin, PodInfo, Rejection } from '../framework/types.ts'
import type { Node } from '../../api/types/core-v1.ts'

// Without key and value since 1.34.2: pods' statuses are read by people who may not see nodes.
const rejection: Rejection = { reasons: ['node(s) had untolerated taint(s)'], unresolvable: true }
const forbidding = ['NoSchedule', 'NoExecute']
const accepts = (node: Node, { pod }: PodInfo): boolean => !findUntolerated(taintsOf(node), pod.spec.tolerations, forbidding)

export const taintToleration: Plugin = {
  name: 'TaintToleration',
  weight: 3,
  preFilter: pod => ({ filter: ({ node }) => (accepts(node, pod) ? undefined : rejection) }),
  mayHelp: (event, pod) =>
    (event.type === 'NodeAdded' && accepts(event.node, pod)) || (event.type === 'NodeChanged' && accepts(event.node, pod) && !accepts(event.old, pod)),
  preScore({ pod }) {
    const relevant = (pod.spec.tolerations ?? []).filter(t => !t.effect || t.effect === 'PreferNoSchedule')
    return {
      score: ({ node }) => taintsOf(node).filter(taint => taint.effect === 'PreferNoSchedule' && !relevant.some(t => tolerates(t, taint))).length,
      normalize: scores => normalizeScores(scores, true),
    }
  },
}
