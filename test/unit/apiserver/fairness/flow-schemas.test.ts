import t from 'tap'
import { byPrecedence } from '../../../../api/kinds/flowcontrol/flow-schema.ts'
import type { FlowSchema, PriorityLevelConfiguration } from '../../../../api/types/flowcontrol-v1.ts'
import { distinguish, findFlowSchema, type RequestShape } from '../../../../apiserver/fairness/flow-schemas.ts'
import { toLimits } from '../../../../apiserver/fairness/levels.ts'
import { dealHand } from '../../../../apiserver/fairness/shuffle-shard.ts'
import { parseRequest } from '../../../../apiserver/request-info.ts'

const schema = (name: string, precedence: number, subjects: unknown[], rules: object, by?: string): FlowSchema =>
  ({
    metadata: { name },
    spec: {
      priorityLevelConfiguration: { name: 'x' },
      matchingPrecedence: precedence,
      ...(by && { distinguisherMethod: { type: by } }),
      rules: [{ subjects, ...rules }],
    },
  }) as unknown as FlowSchema
const shape = (method: string, url: string): RequestShape => parseRequest(method, url)
const user = (name: string, ...groups: string[]) => ({ name, groups })
const group = (name: string) => ({ kind: 'Group', group: { name } })
const resources = (over: object = {}) => ({
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true, ...over }],
})

await t.test('subjects', async t => {
  const request = shape('GET', '/api/v1/pods')
  const found = (subject: unknown, caller: { name: string; groups: string[] }): boolean =>
    findFlowSchema([schema('s', 1, [subject], resources())], caller, request) !== undefined
  t.ok(found({ kind: 'User', user: { name: 'ann' } }, user('ann')))
  t.notOk(found({ kind: 'User', user: { name: 'ann' } }, user('bob')))
  t.ok(found({ kind: 'User', user: { name: '*' } }, user('bob')))
  t.ok(found(group('dev'), user('ann', 'ops', 'dev')))
  t.notOk(found(group('dev'), user('ann', 'ops')))
  t.ok(found(group('*'), user('ann')))
  const account = (name: string) => ({ kind: 'ServiceAccount', serviceAccount: { namespace: 'ns', name } })
  t.ok(found(account('*'), user('system:serviceaccount:ns:a')))
  t.ok(found(account('a'), user('system:serviceaccount:ns:a')))
  t.notOk(found(account('a'), user('system:serviceaccount:ns:ab')))
  t.notOk(found(account('*'), user('system:serviceaccount:ns2:a')))
})

await t.test('rules: verbs, groups, subresources, scope, paths', async t => {
  const found = (rule: object, method: string, url: string): boolean =>
    findFlowSchema([schema('s', 1, [group('*')], rule)], user('ann'), shape(method, url)) !== undefined
  t.ok(found(resources({ verbs: ['list'] }), 'GET', '/api/v1/pods'))
  t.notOk(found(resources({ verbs: ['get'] }), 'GET', '/api/v1/pods'))
  t.notOk(found(resources({ apiGroups: ['apps'] }), 'GET', '/api/v1/pods'))
  t.ok(found(resources({ apiGroups: [''] }), 'GET', '/api/v1/pods'))
  t.notOk(found(resources({ resources: ['pods'] }), 'PUT', '/api/v1/namespaces/a/pods/p/status'))
  t.ok(found(resources({ resources: ['pods/status'] }), 'PUT', '/api/v1/namespaces/a/pods/p/status'))
  t.notOk(found(resources({ clusterScope: false }), 'GET', '/api/v1/pods'), 'all namespaces is the scope of the cluster')
  t.ok(found(resources({ clusterScope: false, namespaces: ['a'] }), 'GET', '/api/v1/namespaces/a/pods'))
  t.notOk(found(resources({ namespaces: ['b'] }), 'GET', '/api/v1/namespaces/a/pods'))
  const paths = (...nonResourceURLs: string[]) => ({ nonResourceRules: [{ verbs: ['get'], nonResourceURLs }] })
  t.ok(found(paths('/healthz'), 'GET', '/healthz'))
  t.notOk(found(paths('/healthz'), 'GET', '/healthz/etcd'))
  t.ok(found(paths('/healthz/*'), 'GET', '/healthz/etcd'))
  t.ok(found(paths('*'), 'GET', '/metrics'))
  t.notOk(found(paths('*'), 'GET', '/api/v1/pods'), 'a resource is no path')
  t.notOk(found(resources(), 'GET', '/healthz'))
})

await t.test('the lowest precedence wins, then the name; flows are told apart', async t => {
  const all = [schema('b', 5, [group('*')], resources()), schema('z', 1, [group('other')], resources()), schema('a', 5, [group('*')], resources(), 'ByUser')]
  const found = findFlowSchema(all.sort(byPrecedence), user('ann'), shape('GET', '/api/v1/pods'))!
  t.equal(found.metadata.name, 'a')
  t.equal(distinguish(found, user('ann'), shape('GET', '/api/v1/pods')), 'ann')
  t.equal(distinguish(schema('n', 1, [], {}, 'ByNamespace'), user('ann'), shape('GET', '/api/v1/namespaces/x/pods')), 'x')
  t.equal(distinguish(all.at(-1)!, user('ann'), shape('GET', '/api/v1/pods')), '')
})

await t.test('seats are divided by shares', async t => {
  const level = (name: string, spec: object): PriorityLevelConfiguration => ({ metadata: { name }, spec }) as unknown as PriorityLevelConfiguration
  const queuing = { queues: 4, handSize: 2, queueLengthLimit: 7 }
  const limits = toLimits(
    [
      level('exempt', { type: 'Exempt' }),
      level('a', { type: 'Limited', limited: { nominalConcurrencyShares: 10, lendablePercent: 50, limitResponse: { type: 'Queue', queuing } } }),
      level('b', { type: 'Limited', limited: { borrowingLimitPercent: 50, limitResponse: { type: 'Reject' } } }),
    ],
    100,
  )
  t.ok(limits.has('exempt'))
  t.equal(limits.get('exempt'), undefined)
  t.same(limits.get('a'), { seats: 25, lendable: 13, borrowable: 100, queuing: { queues: 4, handSize: 2, queueLength: 7 } })
  t.same(limits.get('b'), { seats: 75, lendable: 0, borrowable: 38 }, 'a level without shares has 30')
})

await t.test('hands of queues: distinct cards, the same for a flow, seldom for two', async t => {
  const hands = new Set<string>()
  for (let i = 0; i < 200; i++) {
    const hand = dealHand(`flow-${i}`, 64, 6)
    t.equal(new Set(hand).size, 6)
    if (hand.some(card => card < 0 || card >= 64)) t.fail('a card beyond the deck')
    t.same(hand, dealHand(`flow-${i}`, 64, 6))
    hands.add(hand.toSorted((a, b) => a - b).join())
  }
  t.ok(hands.size >= 199)
  t.equal(new Set(dealHand('x', 3, 8)).size, 3)
})
