// Off by default: every image is asked for at its registry, so that nobody uses a private one only because it lies on the node.
import type { Container, Pod } from '../../api/types/core-v1.ts'
import type { AdmissionPlugin } from './admission.ts'

export const alwaysPullImages: AdmissionPlugin = {
  name: 'AlwaysPullImages',
  handles: ['pods', 'pods/ephemeralcontainers'],
  operations: ['CREATE', 'UPDATE'],
  admit: ({ object, old }) => {
    const { spec } = object as unknown as Pod
    const before = (old as unknown as Pod | undefined)?.spec
    const all = (s: Pod['spec']): Container[] => [
      ...((s.containers as Container[] | null) ?? []),
      ...(s.initContainers ?? []),
      ...((s.ephemeralContainers ?? []) as Container[]),
    ]
    // What runs keeps its policy, which cannot be changed, unless its image does.
    const known = new Map(before ? all(before).map(c => [c.name, c.image]) : [])
    for (const container of all(spec)) if (!before || known.get(container.name) !== container.image) container.imagePullPolicy = 'Always'
    for (const volume of before ? [] : (spec.volumes ?? [])) if (volume.image) volume.image.pullPolicy = 'Always'
  },
}
