// Among classes that are marked as the default: the newest wins, then the first by name.
import type { KubeObject } from '../../api/object.ts'

export const chooseDefault = (classes: Iterable<KubeObject>, markers: readonly string[]): string | undefined =>
  [...classes]
    .filter(({ metadata }) => markers.some(marker => metadata.annotations?.[marker] === 'true'))
    .sort(
      (a, b) =>
        (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '') || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1),
    )[0]?.metadata.name
