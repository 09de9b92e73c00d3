// The types and formats of the tables' columns, by which clients align and sort, where they are not plain text.
import t from 'tap'
import { daemonSets } from '../../../../api/kinds/apps/daemon-set.ts'
import { priorityClasses } from '../../../../api/kinds/scheduling/priority-class.ts'
import { volumeAttachments } from '../../../../api/kinds/storage/volume-attachment.ts'
import type { AnyResource } from '../../../../api/resource.ts'

const forms = (resource: AnyResource): Record<string, string> =>
  Object.fromEntries((resource.columns ?? []).map(c => [c.name, [c.type, c.format].filter(Boolean).join('/')]))

t.match(forms(daemonSets), {
  Desired: 'integer',
  Current: 'integer',
  Ready: 'integer',
  'Up-to-date': 'integer',
  Available: 'integer',
  'Node Selector': 'string',
})
t.match(forms(priorityClasses), { Value: 'integer', 'Global-Default': 'boolean' })
t.match(forms(volumeAttachments), { Name: 'string/name', Attacher: 'string/name', Attached: 'boolean' })
