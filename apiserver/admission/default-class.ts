// The class that is marked as the default: of several the newest, then the first by name.
import type { AdmissionDeps } from './registry.ts'

/** `id` names the kind of class, `markers` the annotations that mark one. */
export const findDefaultClass = async ({ store, table }: AdmissionDeps, id: string, markers: readonly string[]): Promise<string | undefined> => {
  const { entries } = await store.list(table.stored(id).prefixOf(''), { freshness: 'any' })
  return [...entries]
    .map(entry => entry.object())
    .filter(({ metadata }) => markers.some(marker => metadata.annotations?.[marker] === 'true'))
    .sort(
      (a, b) =>
        (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '') || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1),
    )[0]?.metadata.name
}
