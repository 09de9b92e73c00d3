// Impersonation: every attribute is asked for on its own, nothing of who one was stays, and half a wish is refused.
import t from 'tap'
import { startServer } from './start-server.ts'

await t.test('impersonation', async t => {
  const server = await startServer({ authentication: { tokenFile: 'helper,helper,u\nnobody,nobody,v\n' } })
  t.teardown(() => server.close())
  const self = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const who = async (headers: Record<string, string | string[]>): Promise<any> => {
    const { status, body } = await server.call('POST', self, {}, headers as Record<string, string>)
    return status === 201 ? body.status.userInfo : body
  }

  await t.test('whoever one becomes', async t => {
    t.same(await who({ 'impersonate-user': 'jane' }), { username: 'jane', groups: ['system:authenticated'] })
    t.same(await who({ 'impersonate-user': 'jane', 'impersonate-group': ['a,b', 'c', 'c'] }), {
      username: 'jane',
      groups: ['a,b', 'c', 'c', 'system:authenticated'],
    })
    t.same(
      await who({ 'impersonate-user': 'jane', 'impersonate-uid': 'u-9', 'impersonate-extra-Scopes': ['x', 'y'], 'impersonate-extra-example.com%2fkey': 'z' }),
      {
        username: 'jane',
        uid: 'u-9',
        groups: ['system:authenticated'],
        extra: { 'scopes': ['x', 'y'], 'example.com/key': ['z'] },
      },
    )
    t.same((await who({ 'impersonate-user': 'system:serviceaccount:default:robot' })).groups, [
      'system:serviceaccounts',
      'system:serviceaccounts:default',
      'system:authenticated',
    ])
    t.same((await who({ 'impersonate-user': 'system:serviceaccount:default:robot', 'impersonate-group': 'only' })).groups, ['only', 'system:authenticated'])
    t.same((await who({ 'impersonate-user': 'system:serviceaccount:Default:robot' })).groups, ['system:authenticated'], 'not the name of an account')
    t.match(await who({ 'impersonate-user': 'jane', 'impersonate-group': 'system:unauthenticated' }), { code: 403 }, 'not known, by their own wish')
    t.match(await who({ 'impersonate-user': 'system:anonymous' }), { code: 403 })
  })

  await t.test('half a wish', async t => {
    for (const [name, value] of Object.entries({ 'impersonate-group': 'a', 'impersonate-uid': 'u', 'impersonate-extra-x': 'y' }))
      t.match(await who({ [name]: value }), { code: 400 }, name)
  })

  await t.test('only what one may', async t => {
    const rules = [
      { apiGroups: [''], resources: ['users'], verbs: ['impersonate'], resourceNames: ['jane'] },
      { apiGroups: ['authentication.k8s.io'], resources: ['userextras/scopes'], verbs: ['impersonate'], resourceNames: ['x'] },
    ]
    const rbac = '/apis/rbac.authorization.k8s.io/v1'
    await server.call('POST', `${rbac}/clusterroles`, { metadata: { name: 'helps' }, rules })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'helps' }
    await server.call('POST', `${rbac}/clusterrolebindings`, {
      metadata: { name: 'helps' },
      roleRef,
      subjects: [{ kind: 'User', name: 'helper', apiGroup: roleRef.apiGroup }],
    })
    const as = (token: string, headers: Record<string, string>): Promise<any> =>
      server.anonymous('GET', '/version', { authorization: `Bearer ${token}`, ...headers })
    t.equal((await as('helper', { 'impersonate-user': 'jane' })).status, 200)
    t.equal((await as('helper', { 'impersonate-user': 'jane', 'impersonate-extra-scopes': 'x' })).status, 200)
    const refused = async (headers: Record<string, string>, kind: string, name: string): Promise<void> => {
      const { status, body } = await as('helper', headers)
      t.equal(status, 403, `${kind} ${name}`)
      t.match(body, { reason: 'Forbidden', details: { kind, name } })
    }
    const stranger = await as('nobody', { 'impersonate-user': 'jane' })
    t.match(stranger, { status: 403, body: { reason: 'Forbidden', message: /cannot impersonate-on:user-info:get path "\/version"/ } })
    await refused({ 'impersonate-user': 'joe' }, 'users', 'joe')
    await refused({ 'impersonate-user': 'jane', 'impersonate-group': 'system:masters' }, 'groups', 'system:masters')
    await refused({ 'impersonate-user': 'jane', 'impersonate-uid': 'u' }, 'uids', 'u')
    await refused({ 'impersonate-user': 'jane', 'impersonate-extra-scopes': 'y' }, 'userextras', 'y')
    await refused({ 'impersonate-user': 'system:serviceaccount:default:robot' }, 'serviceaccounts', 'robot')
  })

  await t.test('hostile keys and values', async t => {
    const { body } = await server.call(
      'POST',
      self,
      {},
      {
        'impersonate-user': 'jane',
        'impersonate-extra-__proto__': 'a',
        'impersonate-extra-constructor': 'b',
        'impersonate-extra-%74oString': 'c',
        'impersonate-extra-%zz': 'd',
      },
    )
    t.same(Object.entries(body.status.userInfo.extra).sort(), [
      ['%zz', ['d']],
      ['__proto__', ['a']],
      ['constructor', ['b']],
      ['tostring', ['c']],
    ])
  })
})

await t.test('impersonation for single actions', async t => {
  const server = await startServer({ authentication: { tokenFile: 'deputy,deputy,u\nwide,wide,v\n' } })
  t.teardown(() => server.close())
  const rbac = '/apis/rbac.authorization.k8s.io/v1'
  const grant = async (user: string, name: string, rules: object[]): Promise<void> => {
    await server.call('POST', `${rbac}/clusterroles`, { metadata: { name }, rules })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name }
    await server.call('POST', `${rbac}/clusterrolebindings`, {
      metadata: { name },
      roleRef,
      subjects: [{ kind: 'User', name: user, apiGroup: roleRef.apiGroup }],
    })
  }
  const group = 'authentication.k8s.io'
  await grant('deputy', 'narrow', [
    { apiGroups: [group], resources: ['users'], verbs: ['impersonate:user-info'], resourceNames: ['jane'] },
    { apiGroups: [group], resources: ['groups'], verbs: ['impersonate:user-info'] },
    { apiGroups: [group], resources: ['userextras/example.com/key'], verbs: ['impersonate:user-info'] },
    { apiGroups: [group], resources: ['serviceaccounts'], verbs: ['impersonate:serviceaccount'], resourceNames: ['robot'] },
    { apiGroups: [group], resources: ['nodes'], verbs: ['impersonate:arbitrary-node'], resourceNames: ['n1'] },
    {
      apiGroups: [''],
      resources: ['pods'],
      verbs: ['impersonate-on:user-info:list', 'impersonate-on:serviceaccount:list', 'impersonate-on:arbitrary-node:list'],
    },
  ])
  await grant('wide', 'wide', [{ apiGroups: [''], resources: ['users', 'groups'], verbs: ['impersonate'] }])
  await grant('jane', 'reader', [{ apiGroups: [''], resources: ['pods', 'secrets'], verbs: ['*'] }])
  const as = (token: string, method: string, path: string, headers: Record<string, string | string[]>) =>
    server.anonymous(method, path, { authorization: `Bearer ${token}`, ...headers } as Record<string, string>)
  const pods = '/api/v1/namespaces/default/pods'
  const jane = { 'impersonate-user': 'jane' }

  await t.test('only what both rights name', async t => {
    t.equal((await as('deputy', 'GET', pods, jane)).status, 200)
    const denied = await as('deputy', 'GET', '/api/v1/namespaces/default/secrets', jane)
    t.match(denied, { status: 403, body: { message: /User "deputy" cannot impersonate-on:user-info:list resource "secrets"/ } })
    t.match(await as('deputy', 'DELETE', pods, jane), { status: 403, body: { message: /impersonate-on:user-info:deletecollection/ } })
    t.match(await as('deputy', 'GET', pods, { 'impersonate-user': 'joe' }), {
      status: 403,
      body: { message: /cannot impersonate:user-info resource "users" in API group "authentication.k8s.io"/, details: { name: 'joe' } },
    })
    t.equal((await as('wide', 'GET', '/api/v1/namespaces/default/secrets', jane)).status, 200, 'the wide verb goes on to hold for everything')
  })

  await t.test('accounts and nodes have modes of their own', async t => {
    const reach = (user: string) => as('deputy', 'GET', pods, { 'impersonate-user': user })
    t.match(await reach('system:serviceaccount:default:robot'), { status: 403, body: { message: /User "system:serviceaccount:default:robot" cannot list/ } })
    t.match(await reach('system:serviceaccount:default:other'), { status: 403, body: { message: /User "deputy" cannot impersonate:serviceaccount/ } })
    // A node is one of system:nodes: the Node authorizer judges it then.
    t.match(await reach('system:node:n1'), { status: 403, body: { message: /User "system:node:n1" cannot list/ } })
    t.match(await reach('system:node:n2'), { status: 403, body: { message: /User "deputy" cannot impersonate:arbitrary-node resource "nodes"/ } })
  })

  await t.test('never the masters, nobody, or a key without a domain', async t => {
    const denied = async (headers: Record<string, string | string[]>, message: RegExp): Promise<void> => {
      t.match(await as('deputy', 'GET', pods, { ...jane, ...headers }), { status: 403, body: { message } })
    }
    await denied({ 'impersonate-group': ['a', 'system:masters'] }, /system:masters group is not allowed/)
    await denied({ 'impersonate-group': '' }, /empty string group/)
    await denied({ 'impersonate-extra-scopes': 'x' }, /invalid key in extra/)
    await denied({ 'impersonate-extra-example.com%2fKEY': '' }, /empty string value|non-lowercase/)
    t.equal(
      (await as('deputy', 'GET', pods, { ...jane, 'impersonate-group': ['a', 'b', 'c', 'd', 'e'], 'impersonate-extra-example.com%2fkey': 'x' })).status,
      200,
    )
  })

  await t.test('the node that a pod runs on', async t => {
    await grant('system:serviceaccount:default:agent', 'associated', [
      { apiGroups: [group], resources: ['nodes'], verbs: ['impersonate:associated-node'] },
      { apiGroups: [''], resources: ['pods'], verbs: ['impersonate-on:associated-node:list'] },
    ])
    const agent = (node: string) =>
      server.server.inProcess({
        name: 'system:serviceaccount:default:agent',
        groups: ['system:serviceaccounts', 'system:authenticated'],
        extra: { 'authentication.kubernetes.io/node-name': [node] },
      })
    const ask = async (node: string): Promise<string> => {
      const answer = await agent('n1').request({
        method: 'GET',
        path: '/api/v1/pods?fieldSelector=spec.nodeName%3Dn1',
        headers: { 'impersonate-user': `system:node:${node}` },
      })
      let text = ''
      for await (const chunk of answer.body) text += Buffer.from(chunk).toString()
      return `${answer.status} ${text}`
    }
    t.match(await ask('n1'), /^200 /, 'as the node itself may')
    t.match(await ask('n2'), /^403 .*cannot impersonate-on:arbitrary-node:list/)
  })
})
