// spec.nodeName, where a pod names its node but is still to be bound (upstream keeps the check for pods that other schedulers prepare).
import type { Plugin, Rejection } from '../framework/types.ts'

const rejection: Rejection = { reasons: ["node(s) didn't match the requested node name"], unresolvable: true }

export const nodeName: Plugin = {
  name: 'NodeName',
  preFilter({ pod }) {
    const wanted = pod.spec.nodeName
    return wanted ? { filter: ({ name }) => (name === wanted ? undefined : rejection) } : undefined
  },
  mayHelp: (event, { pod }) => event.type === 'NodeAdded' && event.node.metadata.name === pod.spec.nodeName,
}
