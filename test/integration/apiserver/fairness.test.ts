// One client's flood does not keep others waiting: a node's lease goes through, and the flood is told to come again.
import t from 'tap'
import { toAuthenticated } from '../../../apiserver/user.ts'
import { eventually } from '../../harness/eventually.ts'
import { startServer } from './start-server.ts'

const levels = '/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations'
const schemas = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas'

await t.test('a flood of one client', { timeout: 60_000 }, async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const { call } = { call: server.call.bind(server) }
  // A level of one seat and a queue of two, for whoever is in group `flooders`; another for the rest.
  const limited = { nominalConcurrencyShares: 1, lendablePercent: 0, borrowingLimitPercent: 0 }
  const queuing = { queues: 1, handSize: 1, queueLengthLimit: 2 }
  const level = { metadata: { name: 'narrow' }, spec: { type: 'Limited', limited: { ...limited, limitResponse: { type: 'Queue', queuing } } } }
  t.equal((await call('POST', levels, level)).status, 201)
  const rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true }
  const schema = {
    metadata: { name: 'flooders' },
    spec: {
      priorityLevelConfiguration: { name: 'narrow' },
      matchingPrecedence: 50,
      distinguisherMethod: { type: 'ByUser' },
      rules: [{ subjects: [{ kind: 'Group', group: { name: 'flooders' } }], resourceRules: [rule] }],
    },
  }
  t.equal((await call('POST', schemas, schema)).status, 201)
  // With rights through RBAC: system:masters would be exempt.
  const binding = {
    metadata: { name: 'testers' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name: 'testers' }],
  }
  t.equal((await call('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', binding)).status, 201)
  for (let i = 0; i < 300; i++) await call('POST', '/api/v1/namespaces/default/configmaps', { metadata: { name: `c${i}` } })

  const as = (name: string, ...groups: string[]) => server.server.inProcess(toAuthenticated({ name, groups: [...groups, 'testers'] }))
  const get = async (transport: ReturnType<typeof as>, path: string) => {
    const answer = await transport.request({ method: 'GET', path })
    for await (const _ of answer.body);
    return answer
  }
  const narrow = await eventually(async () => {
    const text = (await call('GET', '/metrics')).text
    const seats = /apiserver_flowcontrol_nominal_limit_seats\{priority_level="narrow"\} (\d+)/.exec(text)?.[1]
    if (seats === undefined) throw new Error('the level is not known yet')
    return Number(seats)
  })
  t.ok(narrow >= 1 && narrow <= 10, `its share is ${narrow} seats`)

  const flooder = as('flooder', 'flooders')
  const path = '/api/v1/namespaces/default/configmaps'
  const flood = Array.from({ length: 60 }, () => get(flooder, path))
  const other = await get(as('system:node:n1', 'system:nodes'), '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases')
  t.equal(other.status, 200)
  const answers = await Promise.all(flood)
  const refused = answers.filter(a => a.status === 429)
  t.ok(refused.length > 0, `${refused.length} of ${flood.length} were told to come again`)
  t.equal(refused[0]!.headers['retry-after'], '1')
  const served = answers.filter(a => a.status === 200)
  t.ok(served.length >= 3, `${served.length} were served`)
  t.equal(refused.length + served.length, flood.length)
  const uid = (await call('GET', `${schemas}/flooders`)).body.metadata.uid
  t.equal(served[0]!.headers['x-kubernetes-pf-flowschema-uid'], uid)
  t.equal((await get(flooder, path)).status, 200, 'afterwards it is served again')

  const { text } = await call('GET', '/metrics')
  t.match(
    text,
    new RegExp(`apiserver_flowcontrol_rejected_requests_total\\{flow_schema="flooders",priority_level="narrow",reason="queue-full"\\} ${refused.length}\\n`),
  )
  t.match(text, /apiserver_flowcontrol_current_executing_seats\{priority_level="narrow"\} 0\n/, 'every seat came back')
  t.match(text, /apiserver_storage_objects\{resource="configmaps"\} 30\d\n/)
  t.match(text, /apiserver_current_inflight_requests\{request_kind="readOnly"\} 1\n/)
})
