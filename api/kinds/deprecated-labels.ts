// Labels of nodes that have newer names.

const successors: Readonly<Record<string, { since: string; label: string }>> = {
  'beta.kubernetes.io/arch': { since: 'v1.14', label: 'kubernetes.io/arch' },
  'beta.kubernetes.io/os': { since: 'v1.14', label: 'kubernetes.io/os' },
  'failure-domain.beta.kubernetes.io/region': { since: 'v1.17', label: 'topology.kubernetes.io/region' },
  'failure-domain.beta.kubernetes.io/zone': { since: 'v1.17', label: 'topology.kubernetes.io/zone' },
  'beta.kubernetes.io/instance-type': { since: 'v1.17', label: 'node.kubernetes.io/instance-type' },
}

/** The warning that a label at `path` deserves; where the path does not say which label it is, `named` does. */
export const labelWarnings = (path: string, label: string, named = ''): string[] => {
  const next = successors[label]
  return next ? [`${path}: ${named}deprecated since ${next.since}; use "${next.label}" instead`] : []
}

/** The same of a field that holds the label. */
export const labelKeyWarnings = (path: string, label: string): string[] => labelWarnings(path, label, `${label} is `)
