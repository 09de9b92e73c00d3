// Keeps pods off cordoned nodes, unless they tolerate the taint that stands for it.
import { tolerates } from '../../api/tolerations.ts'
import { isCordoned } from '../framework/taints.ts'
import type { Plugin, PodInfo, Rejection } from '../framework/types.ts'
import type { Node } from '../../api/types/core-v1.ts'

const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
const rejection: Rejection = { reasons: ['node(s) were unschedulable'], unresolvable: true }
const isTolerated = (pod: PodInfo): boolean => pod.pod.spec.tolerations?.some(t => tolerates(t, taint)) ?? false
const isOpen = (node: Node): boolean => !isCordoned(node)

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  preFilter: pod => (isTolerated(pod) ? undefined : { filter: ({ node }) => (isOpen(node) ? undefined : rejection) }),
  mayHelp: (event, pod) =>
    (event.type === 'NodeAdded' && isOpen(event.node)) || (event.type === 'NodeChanged' && isOpen(event.node) && !isOpen(event.old)) || isTolerated(pod),
}
