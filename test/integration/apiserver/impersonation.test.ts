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
    const refused = async (headers: Record<string, string>, kind: string, name: string, token = 'helper'): Promise<void> => {
      const { status, body } = await as(token, headers)
      t.equal(status, 403, `${kind} ${name}`)
      t.match(body, { reason: 'Forbidden', details: { kind, name } })
    }
    await refused({ 'impersonate-user': 'jane' }, 'users', 'jane', 'nobody')
    await refused({ 'impersonate-user': 'joe' }, 'users', 'joe')
    await refused({ 'impersonate-user': 'jane', 'impersonate-group': 'system:masters' }, 'groups', 'system:masters')
    await refused({ 'impersonate-user': 'jane', 'impersonate-uid': 'u' }, 'uids', 'u')
    await refused({ 'impersonate-user': 'jane', 'impersonate-extra-scopes': 'y' }, 'userextras', 'y')
    await refused({ 'impersonate-user': 'system:serviceaccount:default:robot' }, 'serviceaccounts', 'robot')
  })
})
