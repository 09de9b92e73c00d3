// A pod carries zone and region of its node, so that it can read them through the downward API (KEP-4742). Labels that it has stay.
import type { KubeObject } from '../../api/object.ts'
import type { AdmissionPlugin } from './admission.ts'
import { lookUp } from './look-up.ts'
import type { AdmissionDeps } from './registry.ts'

const copied = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region']

export const topologyLabels = ({ store, table }: AdmissionDeps): AdmissionPlugin => ({
  name: 'PodTopologyLabels',
  handles: ['pods', 'pods/binding'],
  operations: ['CREATE'],
  admit: async ({ subresource, object }) => {
    const { spec, target } = object as { spec?: { nodeName?: string }; target?: { kind?: string; name?: string } }
    const node = subresource === 'binding' ? (target?.kind === 'Node' ? target.name : undefined) : spec?.nodeName
    if (!node || !object) return
    const labels = (await lookUp<KubeObject>(store, table.stored('nodes').keyOf('', node)))?.metadata.labels ?? {}
    const more = Object.fromEntries(copied.filter(name => labels[name] !== undefined).map(name => [name, labels[name]!]))
    if (Object.keys(more).length) object.metadata.labels = { ...more, ...object.metadata.labels }
  },
})
