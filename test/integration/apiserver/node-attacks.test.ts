// What a node that was taken over tries, by every kind of write and every way of asking: all of it is refused.
import t from 'tap'
import { eventually } from '../../harness/eventually.ts'
import { startServer } from './start-server.ts'

const types = {
  json: 'application/json',
  merge: 'application/merge-patch+json',
  patch: 'application/json-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const
type Attack = [what: string, method: string, path: string, body?: unknown, type?: keyof typeof types]

const nodes = '/api/v1/nodes'
const pods = '/api/v1/namespaces/default/pods'
const restricted = { 'node-restriction.kubernetes.io/x': 'y' }
const podOn = (name: string, nodeName: string, more: object = {}): object => ({
  metadata: { name },
  spec: { nodeName, containers: [{ name: 'c', image: 'i' }], ...more },
})
const mirror = { 'kubernetes.io/config.mirror': 'x' }

const attacks: readonly Attack[] = [
  ['a label of who may trust it', 'PATCH', `${nodes}/n1`, { metadata: { labels: restricted } }, 'merge'],
  ['the same by way of its status', 'PATCH', `${nodes}/n1/status`, { metadata: { labels: restricted } }, 'merge'],
  [
    'the role of a control plane',
    'PATCH',
    `${nodes}/n1`,
    [{ op: 'add', path: '/metadata/labels', value: { 'node-role.kubernetes.io/control-plane': '' } }],
    'patch',
  ],
  [
    'a label by apply',
    'PATCH',
    `${nodes}/n1?fieldManager=k&force=true`,
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { 'foo.k8s.io/x': 'y' } } },
    'apply',
  ],
  ['its taints', 'PATCH', `${nodes}/n1`, { spec: { taints: null } }, 'merge'],
  ['its taints by way of its status', 'PATCH', `${nodes}/n1/status`, { spec: { taints: [{ $patch: 'replace' }] } }, 'strategic'],
  ['an owner', 'PATCH', `${nodes}/n1`, { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'x', uid: 'y' }] } }, 'merge'],
  ['another node', 'PATCH', `${nodes}/n2`, { metadata: { labels: { a: 'b' } } }, 'merge'],
  ['the status of another node', 'PATCH', `${nodes}/n2/status`, { status: { phase: 'Running' } }, 'merge'],
  ['a node beside it', 'POST', nodes, { metadata: { name: 'n3' } }],
  ['a node without a name', 'POST', nodes, { metadata: { generateName: 'n1' } }],
  ['its own removal', 'DELETE', `${nodes}/n1`],
  ['the removal of all', 'DELETE', nodes],
  ['a pod', 'POST', pods, podOn('evil', 'n1')],
  ['a mirror of nobody', 'POST', pods, { ...podOn('evil', 'n1'), metadata: { name: 'evil', annotations: mirror } }],
  ['the labels of a pod', 'PATCH', `${pods}/mine`, { metadata: { labels: { app: 'victim' } } }, 'merge'],
  ['the same by way of its status', 'PATCH', `${pods}/mine/status`, { metadata: { labels: { app: 'victim' } } }, 'merge'],
  ["another's pod", 'PATCH', `${pods}/other/status`, { status: { phase: 'Running' } }, 'merge'],
  ['a container more', 'PATCH', `${pods}/mine/ephemeralcontainers`, { spec: { ephemeralContainers: [{ name: 'e', image: 'i' }] } }, 'strategic'],
  ['more of the machine', 'PATCH', `${pods}/mine/resize`, { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '1' } } }] } }, 'strategic'],
  ["another's pod evicted", 'POST', `${pods}/other/eviction`, { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'other' } }],
  ["another's pod removed", 'DELETE', `${pods}/other`],
  ['pods removed together', 'DELETE', `${pods}?fieldSelector=spec.nodeName%3Dn1`],
  ['a pod bound', 'POST', `${pods}/mine/binding`, { target: { kind: 'Node', name: 'n1' } }],
  ['a pod bound the old way', 'POST', '/api/v1/namespaces/default/bindings', { metadata: { name: 'mine' }, target: { kind: 'Node', name: 'n1' } }],
  ["a secret of another's pod", 'GET', '/api/v1/namespaces/default/secrets/theirs'],
  ['all secrets', 'GET', '/api/v1/secrets'],
  ['one of all', 'GET', '/api/v1/secrets?fieldSelector=metadata.name%3Dtheirs'],
  ['one watched', 'GET', '/api/v1/namespaces/default/secrets?watch=1&fieldSelector=metadata.name%3Dtheirs'],
  ['all pods', 'GET', '/api/v1/pods'],
  ["another's pods", 'GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn2'],
  ['all but some', 'GET', '/api/v1/pods?fieldSelector=spec.nodeName!%3Dn3'],
  ["another's pod", 'GET', `${pods}/other`],
  ['a token for nobody', 'POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { spec: {} }],
  ["another's lease", 'POST', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', { metadata: { name: 'n2' }, spec: {} }],
  ['a lease elsewhere', 'POST', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases', { metadata: { name: 'n1' }, spec: {} }],
  ["another's drivers", 'POST', '/apis/storage.k8s.io/v1/csinodes', { metadata: { name: 'n2' }, spec: { drivers: [] } }],
  ['rights', 'POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', { metadata: { name: 'x' } }],
]

await t.test('a node that was taken over', { timeout: 60_000 }, async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const node = server.server.inProcess({ name: 'system:node:n1', groups: ['system:nodes', 'system:authenticated'] })
  const ask = async (method: string, path: string, body?: unknown, type: keyof typeof types = 'json'): Promise<{ status: number; text: string }> => {
    const sent = body === undefined ? {} : { headers: { 'content-type': types[type] }, body: JSON.stringify(body) }
    const answer = await node.request({ method, path, ...sent })
    let text = ''
    for await (const chunk of answer.body) text += Buffer.from(chunk).toString()
    return { status: answer.status, text }
  }
  await server.call('POST', nodes, { metadata: { name: 'n1' }, spec: { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] } })
  await server.call('POST', nodes, { metadata: { name: 'n2' } })
  await server.call('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } })
  await server.call('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 'theirs' } })
  const volumes = [{ name: 'v', secret: { secretName: 'theirs' } }]
  for (const pod of [podOn('mine', 'n1'), podOn('other', 'n2', { volumes })]) t.equal((await server.call('POST', pods, pod)).status, 201)
  // Its own pod is its own as soon as the graph knows: what follows is refused for what it is, not for want of knowledge.
  await eventually(async () => {
    const { status } = await ask('GET', `${pods}/mine`)
    if (status !== 200) throw new Error(String(status))
  })
  for (const [what, method, path, body, type] of attacks) {
    const { status, text } = await ask(method, path, body, type)
    t.equal(status, 403, `${what}: ${status === 403 ? (JSON.parse(text) as { message: string }).message.slice(0, 150) : text.slice(0, 300)}`)
  }
  const after = (await server.call('GET', `${nodes}/n1`)).body
  t.same(after.metadata.labels ?? {}, {})
  t.ok(after.spec.taints.some((taint: any) => taint.key === 'dedicated'))
  t.equal((await ask('PATCH', `${pods}/mine/status`, { status: { phase: 'Running' } }, 'merge')).status, 200, 'its work it may do')
})
