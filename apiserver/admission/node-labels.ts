// Labels that a node may not give itself: with them it could draw workloads that are meant for others. Pure.

/** Well-known labels of kubernetes.io and k8s.io that agents report. */
const reported = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
])

const lies = (namespace: string, domain: string): boolean => namespace === domain || namespace.endsWith(`.${domain}`)

const isForbidden = (label: string): boolean => {
  const slash = label.indexOf('/')
  const namespace = slash < 0 ? '' : label.slice(0, slash)
  if (lies(namespace, 'node-restriction.kubernetes.io')) return true
  if (!lies(namespace, 'kubernetes.io') && !lies(namespace, 'k8s.io')) return false
  return !reported.has(label) && !lies(namespace, 'kubelet.kubernetes.io') && !lies(namespace, 'node.kubernetes.io')
}

type Labels = Readonly<Record<string, string | undefined>>

/** Sorted; those that were added, changed or removed and are not the node's to touch. */
export const forbiddenNodeLabels = (after: Labels = {}, before: Labels = {}): string[] =>
  [...new Set([...Object.keys(after), ...Object.keys(before)])].filter(key => after[key] !== before[key] && isForbidden(key)).sort()
