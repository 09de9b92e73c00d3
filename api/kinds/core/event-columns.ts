// What `kubectl get events` shows.
import type { Column } from '../../resource.ts'
import type { Event } from '../../types/core-v1.ts'
import { column, nameColumn, wide } from '../columns.ts'
import { age } from '../duration.ts'

const firstSeen = (e: Event): string | undefined => e.firstTimestamp ?? e.eventTime
const lastSeen = (e: Event): string | undefined => e.series?.lastObservedTime ?? e.lastTimestamp ?? firstSeen(e)
const source = (e: Event): string => {
  const component = e.source?.component ?? e.reportingComponent ?? ''
  const host = e.source?.host ?? e.reportingInstance ?? ''
  return host ? `${component}, ${host}` : component
}
const about = (e: Event): string => {
  const { kind = '', name = '' } = e.involvedObject
  return name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase()
}

export const eventColumns: readonly Column<Event>[] = [
  column('Last Seen', 'string', (e, now) => age(lastSeen(e), now), 'When it last happened.'),
  column('Type', 'string', e => e.type ?? '', 'Normal or Warning.'),
  column('Reason', 'string', e => e.reason ?? '', 'Why, in one word.'),
  column('Object', 'string', about, 'What it is about.'),
  wide('Subobject', e => e.involvedObject.fieldPath ?? ''),
  wide('Source', source),
  column('Message', 'string', e => (e.message ?? '').trim(), 'What happened.'),
  wide('First Seen', (e, now) => age(firstSeen(e), now)),
  wide('Count', e => e.series?.count ?? (e.count ? e.count : 1)),
  { ...nameColumn, priority: 1, value: e => e.metadata.name ?? '' },
]
