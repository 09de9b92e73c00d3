// What was sent empty: not kept, not written, but known to the rules.
import t from 'tap'
import { decode } from '../../../../api/schema/decode.ts'
import { emptiedOf, hasEmptied } from '../../../../api/schema/emptied.ts'
import { schemaByName } from '../../../../api/schema/table.ts'

const read = (spec: object): Record<string, unknown> =>
  decode(schemaByName('io.k8s.api.networking.v1.NetworkPolicy')!, { metadata: { name: 'x' }, spec }).object!

await t.test('lists and maps that were sent empty are noted, with their paths', async t => {
  const object = read({ podSelector: { matchLabels: {} }, policyTypes: [], ingress: [{ from: [] }, { ports: null }] })
  t.same([...emptiedOf(object)].sort(), ['spec.ingress[0].from', 'spec.podSelector.matchLabels', 'spec.policyTypes'])
  t.equal(JSON.stringify(object['spec']), '{"podSelector":{},"ingress":[{},{}]}', 'and nothing of it is written')
})

await t.test('what a default has filled is empty no more', async t => {
  const object = read({ podSelector: {}, policyTypes: [] })
  t.equal(hasEmptied(object, 'spec'), true)
  ;(object['spec'] as Record<string, unknown>)['policyTypes'] = ['Ingress']
  t.equal(hasEmptied(object, 'spec'), false)
  t.equal(hasEmptied(read({ podSelector: {}, egress: [{ to: [] }] }), 'metadata'), false)
})
