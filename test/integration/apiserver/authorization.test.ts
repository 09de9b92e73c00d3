// RBAC, the Node authorizer and NodeRestriction on a running server: default deny, what grants give, what nobody can give themselves.
import t from 'tap'
import { eventually } from '../../harness/eventually.ts'
import { type Answered, startServer } from './start-server.ts'

const server = await startServer()
t.teardown(() => server.close())

const rbac = '/apis/rbac.authorization.k8s.io/v1'
const as = (user: string, ...groups: string[]): ((method: string, path: string, body?: unknown) => Promise<Answered>) => {
  const query = { 'impersonate-user': user, ...(groups.length && { 'impersonate-group': groups as unknown as string }) }
  return (method, path, body) => server.call(method, path, body, query)
}
const admin = async (method: string, path: string, body?: unknown): Promise<any> => {
  const answer = await server.call(method, path, body)
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
  return answer.body
}
const user = (name: string): object => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name })
const role = (name: string, ...rules: object[]): object => ({ metadata: { name }, rules })
const binding = (name: string, kind: string, to: string, ...subjects: object[]): object => ({
  metadata: { name },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: to },
  subjects,
})

await t.test('nobody may do anything until it is granted, and no longer', async t => {
  for (const name of ['a', 'b']) await admin('POST', '/api/v1/namespaces', { metadata: { name } })
  const ann = as('ann')
  t.equal((await ann('GET', '/api/v1/namespaces/a/pods')).status, 403)
  await admin('POST', `${rbac}/namespaces/a/roles`, role('reader', { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] }))
  await admin('POST', `${rbac}/namespaces/a/rolebindings`, binding('ann', 'Role', 'reader', user('ann')))
  await eventually(async () => (await ann('GET', '/api/v1/namespaces/a/pods')).status === 200)
  t.equal((await ann('GET', '/api/v1/namespaces/b/pods')).status, 403, 'only in its namespace')
  t.equal((await ann('GET', '/api/v1/pods')).status, 403)
  t.equal((await ann('DELETE', '/api/v1/namespaces/a/pods')).status, 403)
  t.equal((await as('bob')('GET', '/api/v1/namespaces/a/pods')).status, 403)
  await admin('DELETE', `${rbac}/namespaces/a/rolebindings/ann`)
  await eventually(async () => (await ann('GET', '/api/v1/namespaces/a/pods')).status === 403)
})

await t.test('a name that a list selects by field is the name that is judged', async t => {
  await admin('POST', `${rbac}/namespaces/a/roles`, role('one', { verbs: ['list', 'watch'], apiGroups: [''], resources: ['secrets'], resourceNames: ['mine'] }))
  await admin('POST', `${rbac}/namespaces/a/rolebindings`, binding('one', 'Role', 'one', user('one')))
  const one = as('one')
  await eventually(async () => (await one('GET', '/api/v1/namespaces/a/secrets?fieldSelector=metadata.name%3Dmine')).status === 200)
  t.equal((await one('GET', '/api/v1/namespaces/a/secrets')).status, 403)
  t.equal((await one('GET', '/api/v1/namespaces/a/secrets?fieldSelector=metadata.name%3Dother')).status, 403)
  t.equal((await one('GET', '/api/v1/namespaces/a/secrets?fieldSelector=metadata.name!%3Dmine')).status, 403)
})

await t.test('who may only update or patch cannot create by it', async t => {
  await admin(
    'POST',
    `${rbac}/namespaces/a/roles`,
    role('patcher', { verbs: ['patch', 'update'], apiGroups: ['', 'coordination.k8s.io'], resources: ['configmaps', 'leases'] }),
  )
  await admin('POST', `${rbac}/namespaces/a/rolebindings`, binding('patcher', 'Role', 'patcher', user('pat')))
  const apply = (name: string): Promise<Answered> =>
    server.call(
      'PATCH',
      `/api/v1/namespaces/a/configmaps/${name}?fieldManager=x`,
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }),
      {
        'content-type': 'application/apply-patch+yaml',
        'impersonate-user': 'pat',
      },
    )
  await admin('POST', '/api/v1/namespaces/a/configmaps', { metadata: { name: 'there' } })
  await eventually(async () => (await apply('there')).status === 200)
  t.equal((await apply('new')).status, 403)
  t.equal((await as('pat')('PUT', '/apis/coordination.k8s.io/v1/namespaces/a/leases/new', { metadata: { name: 'new' }, spec: {} })).status, 403)
})

await t.test('nobody gives away more than they have', async t => {
  const manage = { verbs: ['*'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'] }
  await admin(
    'POST',
    `${rbac}/namespaces/a/roles`,
    role('manager', { ...manage, verbs: ['create', 'update', 'get', 'patch'] }, { verbs: ['get'], apiGroups: [''], resources: ['pods'] }),
  )
  await admin('POST', `${rbac}/namespaces/a/rolebindings`, binding('manager', 'Role', 'manager', user('max')))
  const max = as('max')
  const pods = { verbs: ['get'], apiGroups: [''], resources: ['pods'] }
  await eventually(async () => (await max('POST', `${rbac}/namespaces/a/roles`, role('fine', pods))).status === 201)
  const refused = await max('POST', `${rbac}/namespaces/a/roles`, role('worse', { ...pods, verbs: ['get', 'delete'] }))
  t.equal(refused.status, 403)
  t.match(refused.body.message, /not currently held/)
  t.equal((await max('PUT', `${rbac}/namespaces/a/roles/fine`, role('fine', { ...pods, resources: ['secrets'] }))).status, 403, 'nor by editing a role')
  t.equal((await max('POST', `${rbac}/namespaces/a/rolebindings`, binding('x', 'ClusterRole', 'cluster-admin', user('max')))).status, 403, 'nor by binding one')
  t.equal((await max('POST', `${rbac}/namespaces/a/rolebindings`, binding('x', 'Role', 'none', user('max')))).status, 404)
  t.equal((await max('POST', `${rbac}/namespaces/a/rolebindings`, binding('x', 'Role', 'fine', user('eve')))).status, 201)
  t.equal((await max('PUT', `${rbac}/namespaces/a/rolebindings/x`, binding('x', 'ClusterRole', 'view', user('eve')))).status, 422, 'a reference stays')
  await admin(
    'POST',
    `${rbac}/clusterroles`,
    role('binder', { verbs: ['bind'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], resourceNames: ['cluster-admin'] }),
  )
  await admin('POST', `${rbac}/namespaces/a/rolebindings`, binding('binder', 'ClusterRole', 'binder', user('max')))
  // Unless they may bind it.
  await eventually(
    async () => (await max('POST', `${rbac}/namespaces/a/rolebindings`, binding('y', 'ClusterRole', 'cluster-admin', user('eve')))).status === 201,
  )
})

await t.test('I may be asked what I may do', async t => {
  const review = await as('max')('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', { spec: { namespace: 'a' } })
  t.equal(review.status, 201)
  t.equal(review.body.status.incomplete, false)
  t.ok(review.body.status.resourceRules.some((r: any) => r.resources.includes('pods') && r.verbs.includes('get')))
  t.ok(review.body.status.nonResourceRules.some((r: any) => r.nonResourceURLs.includes('/healthz')))
  const spec = { resourceAttributes: { verb: 'list', resource: 'pods', fieldSelector: { rawSelector: 'spec.nodeName=n1' } } }
  const node = { user: 'system:node:n1', groups: ['system:nodes'] }
  const asked = (more: object): Promise<Answered> =>
    server.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec: { ...spec, ...node, ...more } })
  t.equal((await asked({})).body.status.allowed, true, 'selectors are part of the question')
  t.equal((await asked({ user: 'system:node:n2' })).body.status.allowed, false)
  const unread = await asked({ resourceAttributes: { ...spec.resourceAttributes, fieldSelector: { rawSelector: 'what' } } })
  t.equal(unread.body.status.allowed, false)
  t.match(unread.body.status.evaluationError, /fieldSelector ignored due to parse error/)
})

await t.test('a node', async t => {
  const n1 = as('system:node:n1', 'system:nodes')
  for (const name of ['n1', 'n2']) await admin('POST', '/api/v1/nodes', { metadata: { name } })
  for (const name of ['mine', 'hers']) await admin('POST', '/api/v1/namespaces/a/secrets', { metadata: { name } })
  await admin('POST', '/api/v1/namespaces/a/serviceaccounts', { metadata: { name: 'default' } })
  const podOf = (name: string, nodeName: string, secretName: string): object => ({
    metadata: { name },
    spec: { nodeName, containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 's', secret: { secretName } }] },
  })
  const mine = await admin('POST', '/api/v1/namespaces/a/pods', podOf('here', 'n1', 'mine'))
  await admin('POST', '/api/v1/namespaces/a/pods', podOf('there', 'n2', 'hers'))

  await t.test('reads what its pods name', async t => {
    await eventually(async () => (await n1('GET', '/api/v1/namespaces/a/secrets/mine')).status === 200)
    t.equal((await n1('GET', '/api/v1/namespaces/a/secrets/hers')).status, 403)
    t.equal((await n1('GET', '/api/v1/namespaces/a/secrets')).status, 403)
    t.equal((await n1('GET', '/api/v1/namespaces/a/secrets?fieldSelector=metadata.name%3Dmine')).status, 200)
    t.equal((await n1('GET', '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1')).status, 200)
    t.equal((await n1('GET', '/api/v1/pods')).status, 403)
    t.equal((await n1('GET', '/api/v1/nodes/n1')).status, 200)
    t.equal((await n1('GET', '/api/v1/nodes/n2')).status, 403)
  })

  await t.test('writes what is its own', async t => {
    const patch = (path: string, body: object): Promise<Answered> =>
      server.call('PATCH', path, JSON.stringify(body), {
        'content-type': 'application/merge-patch+json',
        'impersonate-user': 'system:node:n1',
        'impersonate-group': 'system:nodes',
      })
    t.equal((await patch('/api/v1/nodes/n1/status', { status: { phase: 'Running' } })).status, 200)
    t.equal((await patch('/api/v1/nodes/n2/status', { status: { phase: 'Running' } })).status, 403)
    t.equal((await patch('/api/v1/nodes/n1', { metadata: { labels: { 'node-role.kubernetes.io/x': '' } } })).status, 403)
    t.equal((await patch('/api/v1/nodes/n1', { metadata: { labels: { 'example.com/x': '' } } })).status, 200)
    t.equal((await patch('/api/v1/nodes/n1', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } })).status, 403)
    t.equal((await patch('/api/v1/namespaces/a/pods/here/status', { status: { message: 'x' } })).status, 200)
    t.equal((await patch('/api/v1/namespaces/a/pods/there/status', { status: { message: 'x' } })).status, 403)
    t.equal((await patch('/api/v1/namespaces/a/pods/here', { metadata: { labels: { a: 'b' } } })).status, 403)
    t.equal((await n1('DELETE', '/api/v1/namespaces/a/pods/there')).status, 403)
    t.equal((await n1('POST', '/api/v1/namespaces/a/pods', podOf('more', 'n1', 'hers'))).status, 403, 'only mirror pods')
    const lease = (name: string): object => ({ metadata: { name }, spec: {} })
    t.equal((await n1('POST', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', lease('n1'))).status, 201)
    t.equal((await n1('POST', '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', lease('n2'))).status, 403)
    t.equal((await n1('POST', '/apis/coordination.k8s.io/v1/namespaces/a/leases', lease('n1'))).status, 403)
  })

  await t.test('asks for certificates of its own name', async t => {
    await import('reflect-metadata')
    const { Pkcs10CertificateRequestGenerator } = await import('@peculiar/x509')
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
    const ask = async (name: string): Promise<Answered> => {
      const request = await Pkcs10CertificateRequestGenerator.create({ name: `O=system:nodes, CN=system:node:${name}`, keys, signingAlgorithm: algorithm })
      return n1('POST', '/apis/certificates.k8s.io/v1/certificatesigningrequests', {
        metadata: { name: `csr-${name}` },
        spec: {
          request: Buffer.from(request.toString('pem')).toString('base64'),
          signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
          usages: ['digital signature', 'client auth'],
        },
      })
    }
    t.equal((await ask('n2')).status, 403)
    t.equal((await ask('n1')).status, 201)
  })

  await t.test('gets tokens for its pods alone, and only those that they ask for', async t => {
    const path = '/api/v1/namespaces/a/serviceaccounts/default/token'
    const bound = { apiVersion: 'v1', kind: 'Pod', name: 'here', uid: mine.metadata.uid }
    t.equal((await n1('POST', path, { spec: { boundObjectRef: bound, audiences: ['vault'] } })).status, 403)
    t.equal((await n1('POST', path, { spec: {} })).status, 403)
    t.equal((await n1('POST', path, { spec: { boundObjectRef: { ...bound, uid: 'x' } } })).status, 403)
    await admin('POST', '/api/v1/namespaces/a/pods', {
      metadata: { name: 'asking' },
      spec: {
        nodeName: 'n1',
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 't', projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'vault' } }] } }],
      },
    })
    const { metadata } = await admin('GET', '/api/v1/namespaces/a/pods/asking')
    const made = await n1('POST', path, { spec: { boundObjectRef: { ...bound, name: 'asking', uid: metadata.uid }, audiences: ['vault'] } })
    t.equal(made.status, 201)
    t.equal((await as('system:node:n2', 'system:nodes')('POST', path, { spec: { boundObjectRef: bound } })).status, 403)
  })
})
