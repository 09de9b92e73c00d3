import t from 'tap'
import { withDangling } from '../../../../apiserver/fairness/dangling.ts'
import type { FlowSchema } from '../../../../api/types/flowcontrol-v1.ts'

const schema: FlowSchema = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
  kind: 'FlowSchema',
  metadata: { name: 's' },
  spec: { priorityLevelConfiguration: { name: 'narrow' } },
}

await t.test('a FlowSchema says whether its level exists', t => {
  const lost = withDangling(schema, false, 1_000_000_000_000)!
  t.match(lost.status?.conditions, [{ type: 'Dangling', status: 'True', reason: 'NotFound', lastTransitionTime: '2001-09-09T01:46:40Z' }])
  t.equal(withDangling(lost, false, 1_000_000_005_000), undefined, 'said once')
  const found = withDangling(lost, true, 1_000_000_010_000)!
  t.match(found.status?.conditions, [{ status: 'False', reason: 'Found', lastTransitionTime: '2001-09-09T01:46:50Z' }])
  const other = withDangling({ ...found, spec: { priorityLevelConfiguration: { name: 'wide' } } }, true, 1_000_000_020_000)!
  t.match(other.status?.conditions, [{ message: /"wide"/, lastTransitionTime: '2001-09-09T01:46:50Z' }], 'another level, the same state since then')
  t.end()
})
