// Tokens of all kinds over the wire: issued, believed, reviewed, and no longer believed once what they are bound to has gone.
import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { compactVerify, decodeJwt, importJWK, SignJWT } from 'jose'
import t from 'tap'
import { type Answered, startServer } from './start-server.ts'

const pem = (): string => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const pod = { metadata: { name: 'p' }, spec: { serviceAccountName: 'robot', nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] } }
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const whoami = '/apis/authentication.k8s.io/v1/selfsubjectreviews'

await t.test('service account tokens', async t => {
  let skewMs = 0
  const clock = {
    now: () => Date.now() + skewMs,
    after: (ms: number, f: () => void) =>
      (
        timer => () =>
          clearTimeout(timer)
      )(setTimeout(f, ms)),
  }
  const [current, old] = [pem(), pem()]
  const server = await startServer({ authentication: { serviceAccounts: { keys: [current, old] } } }, clock as never)
  t.teardown(() => server.close())
  const accounts = '/api/v1/namespaces/default/serviceaccounts'
  await server.call('POST', accounts, { metadata: { name: 'robot' } })
  await server.call('POST', '/api/v1/nodes', { metadata: { name: 'n1' } })
  await server.call('POST', '/api/v1/namespaces/default/pods', pod)
  const uidOf = async (path: string): Promise<string> => (await server.call('GET', path)).body.metadata.uid
  const request = (spec: object, name = 'robot'): Promise<Answered> => server.call('POST', `${accounts}/${name}/token`, { spec })
  const as = (token: string, path = whoami): Promise<Answered> => server.bearer('POST', path, token, {})

  await t.test('a token bound to a pod says who, where and until when', async t => {
    const { status, body } = await request({ boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: 'p' }, expirationSeconds: 3607 })
    t.equal(status, 201)
    const claims = decodeJwt(body.status.token) as any
    t.match(claims, {
      'iss': 'https://kubernetes.default.svc.cluster.local',
      'sub': 'system:serviceaccount:default:robot',
      'aud': ['https://kubernetes.default.svc.cluster.local'],
      'jti': /^[0-9a-f-]{36}$/,
      'kubernetes.io': {
        namespace: 'default',
        serviceaccount: { name: 'robot', uid: await uidOf(`${accounts}/robot`) },
        pod: { name: 'p', uid: await uidOf('/api/v1/namespaces/default/pods/p') },
        node: { name: 'n1', uid: await uidOf('/api/v1/nodes/n1') },
      },
    })
    t.equal(claims['kubernetes.io'].warnafter - claims.iat, 3607, 'warns after the hour')
    t.equal(claims.exp - claims.iat, 365 * 24 * 3600, 'and lives for a year')
    t.equal(Math.round((Date.parse(body.status.expirationTimestamp) - Date.now()) / 1000 / 60), 60, 'though clients are told an hour')
    const { body: self } = await as(body.status.token)
    t.same(self.status.userInfo, {
      username: 'system:serviceaccount:default:robot',
      uid: claims['kubernetes.io'].serviceaccount.uid,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [`JTI=${claims.jti}`],
        'authentication.kubernetes.io/node-name': ['n1'],
        'authentication.kubernetes.io/node-uid': [claims['kubernetes.io'].node.uid],
        'authentication.kubernetes.io/pod-name': ['p'],
        'authentication.kubernetes.io/pod-uid': [claims['kubernetes.io'].pod.uid],
      },
    })
  })

  await t.test('the published key set verifies it', async t => {
    const { body } = await request({})
    const discovery = await server.call('GET', '/.well-known/openid-configuration')
    t.match(discovery, { status: 200, headers: { 'content-type': 'application/json' }, body: { id_token_signing_alg_values_supported: ['ES256'] } })
    t.match(discovery.body.jwks_uri, /^https:\/\/127\.0\.0\.1:\d+\/openid\/v1\/jwks$/)
    const { body: set, headers } = await server.call('GET', '/openid/v1/jwks')
    t.same((await server.call('GET', '/openid/v1/jwks/')).body, set, 'also where generated clients look, with a slash at the end')
    t.equal(headers['content-type'], 'application/jwk-set+json')
    t.equal(set.keys.length, 2)
    const kid = JSON.parse(Buffer.from(body.status.token.split('.')[0], 'base64url').toString()).kid
    const key = set.keys.find((k: any) => k.kid === kid)
    await compactVerify(body.status.token, await importJWK(key, key.alg))
  })

  await t.test('what was forged is refused', async t => {
    const { body } = await request({})
    const good: string = body.status.token
    const claims = decodeJwt(good)
    const sign = (key: string, more: object = {}, alg = 'ES256'): Promise<string> =>
      import('node:crypto').then(({ createPrivateKey }) => new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg }).sign(createPrivateKey(key) as never))
    t.equal((await as(await sign(old))).status, 201, 'an older key still verifies')
    t.equal((await as(await sign(pem()))).status, 401, 'a strange key does not')
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    t.equal((await as(`${part({ alg: 'none' })}.${part(claims)}.`)).status, 401, 'no signature')
    const publicPem = createPublicKey(current).export({ type: 'spki', format: 'pem' }) as string
    const confused = `${part({ alg: 'HS256' })}.${part(claims)}`
    t.equal((await as(`${confused}.${createHmac('sha256', publicPem).update(confused).digest('base64url')}`)).status, 401, 'the public key as a secret')
    const [head, , signature] = good.split('.')
    t.equal((await as(`${head}.${part({ ...claims, sub: 'system:serviceaccount:default:default' })}.${signature}`)).status, 401, 'other claims under it')
    t.equal((await as(await sign(current, { iss: 'https://elsewhere' }))).status, 401, 'another issuer')
    t.equal((await as(await sign(current, { aud: ['vault'] }))).status, 401, 'another audience')
    t.equal((await as(await sign(current, { exp: 1 }))).status, 401, 'an old one')
    t.equal((await as(await sign(current, { nbf: Date.now() / 1000 + 3600 }))).status, 401, 'an early one')
    for (const junk of ['x', 'a.b.c', `${part({})}.${part([])}.x`, `..`]) t.equal((await as(junk)).status, 401, junk)
  })

  await t.test('it ends with its time', async t => {
    const { body } = await request({ expirationSeconds: 600 })
    t.equal((await as(body.status.token)).status, 201)
    skewMs = 700_000
    t.equal((await as(body.status.token)).status, 401)
    skewMs = 0
  })

  await t.test('a review tells audiences, and why not', async t => {
    const { body } = await request({ audiences: ['vault', 'other'] })
    const review = async (spec: object): Promise<any> => (await server.call('POST', '/apis/authentication.k8s.io/v1/tokenreviews', { spec })).body.status
    t.match(await review({ token: body.status.token, audiences: ['vault', 'x'] }), {
      authenticated: true,
      audiences: ['vault'],
      user: { username: 'system:serviceaccount:default:robot', groups: ['system:serviceaccounts', 'system:serviceaccounts:default', 'system:authenticated'] },
    })
    t.match(await review({ token: body.status.token }), { user: {}, error: /audiences/ })
    t.equal((await as(body.status.token)).status, 401, 'nor does it open this server')
  })

  await t.test('it ends with what it is bound to', async t => {
    const bind = async (kind: string, name: string): Promise<string> => (await request({ boundObjectRef: { kind, apiVersion: 'v1', name } })).body.status.token
    await server.call('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 's' } })
    const [toPod, toSecret, toNode, free] = [await bind('Pod', 'p'), await bind('Secret', 's'), await bind('Node', 'n1'), (await request({})).body.status.token]
    for (const token of [toPod, toSecret, toNode, free]) t.equal((await as(token)).status, 201)
    await server.call('DELETE', '/api/v1/nodes/n1')
    t.equal((await as(toNode)).status, 401)
    t.equal((await as(toPod)).status, 201, "a pod's token does not end with its node")
    await server.call('DELETE', '/api/v1/namespaces/default/secrets/s')
    t.equal((await as(toSecret)).status, 401)
    await server.call('DELETE', '/api/v1/namespaces/default/pods/p?gracePeriodSeconds=0')
    await server.call('POST', '/api/v1/namespaces/default/pods', pod)
    t.equal((await as(toPod)).status, 401, 'a pod of the same name is another')
    await server.call('DELETE', `${accounts}/robot`)
    t.equal((await as(free)).status, 401)
    await server.call('POST', accounts, { metadata: { name: 'robot' } })
    t.equal((await as(free)).status, 401, 'an account of the same name is another')
  })

  await t.test('tokens of legacy Secrets', async t => {
    const uid = await uidOf(`${accounts}/robot`)
    const prefix = 'kubernetes.io/serviceaccount'
    const { createPrivateKey } = await import('node:crypto')
    const token = await new SignJWT({
      iss: prefix.slice(0, 10) + '/serviceaccount',
      sub: 'system:serviceaccount:default:robot',
      [`${prefix}/namespace`]: 'default',
      [`${prefix}/secret.name`]: 'robot-token',
      [`${prefix}/service-account.name`]: 'robot',
      [`${prefix}/service-account.uid`]: uid,
    })
      .setIssuer('kubernetes/serviceaccount')
      .setProtectedHeader({ alg: 'ES256' })
      .sign(createPrivateKey(current) as never)
    t.equal((await as(token)).status, 401, 'nothing without its Secret')
    await server.call('POST', '/api/v1/namespaces/default/secrets', {
      metadata: { name: 'robot-token', annotations: { [`${prefix.slice(0, 13)}/service-account.name`]: 'robot' } },
      type: `${prefix.slice(0, 13)}/service-account-token`,
      data: { token: base64(token) },
    })
    t.match(await as(token), { status: 201, body: { status: { userInfo: { username: 'system:serviceaccount:default:robot', uid } } } })
    await server.call('DELETE', '/api/v1/namespaces/default/secrets/robot-token')
    t.equal((await as(token)).status, 401)
  })
})

await t.test('other ways to be known', async t => {
  const server = await startServer({
    authentication: { tokenFile: 'static-1,jane,uid-1,"devs,ops"\nstatic-2,"doe, john",uid-2\n' },
  })
  t.teardown(() => server.close())
  const who = async (token: string): Promise<unknown> => {
    const { status, body } = await server.bearer('POST', whoami, token, {})
    return status === 201 ? body.status.userInfo : status
  }

  await t.test('the token file', async t => {
    t.same(await who('static-1'), { username: 'jane', uid: 'uid-1', groups: ['devs', 'ops', 'system:authenticated'] })
    t.same(await who('static-2'), { username: 'doe, john', uid: 'uid-2', groups: ['system:authenticated'] })
    t.equal(await who('static-3'), 401)
  })

  await t.test('bootstrap tokens', async t => {
    const secret = (data: Record<string, string>): object => ({
      metadata: { name: 'bootstrap-token-abcdef' },
      type: 'bootstrap.kubernetes.io/token',
      data: Object.fromEntries(Object.entries(data).map(([k, v]) => [k, base64(v)])),
    })
    const full = {
      'token-id': 'abcdef',
      'token-secret': '0123456789abcdef',
      'usage-bootstrap-authentication': 'true',
      'auth-extra-groups': 'system:bootstrappers:workers',
      'expiration': new Date(Date.now() + 3600_000).toISOString(),
    }
    const secrets = '/api/v1/namespaces/kube-system/secrets'
    const put = async (data: Record<string, string>): Promise<void> => {
      await server.call('DELETE', `${secrets}/bootstrap-token-abcdef`)
      t.equal((await server.call('POST', secrets, secret(data))).status, 201)
    }
    const token = 'abcdef.0123456789abcdef'
    t.equal(await who(token), 401)
    await put(full)
    t.same(await who(token), { username: 'system:bootstrap:abcdef', groups: ['system:bootstrappers', 'system:bootstrappers:workers', 'system:authenticated'] })
    t.equal(await who('abcdef.0123456789abcdee'), 401, 'another secret')
    for (const [what, change] of Object.entries({
      'expired': { expiration: '2020-01-01T00:00:00Z' },
      'an unreadable time': { expiration: 'soon' },
      'not for this': { 'usage-bootstrap-authentication': 'yes' },
      'a group beyond its kind': { 'auth-extra-groups': 'system:masters' },
    })) {
      await put({ ...full, ...change })
      t.equal(await who(token), 401, what)
    }
  })

  await t.test('headers of other kinds are nobody', async t => {
    const sent = async (authorization: string): Promise<number> => (await server.anonymous('GET', '/version', { authorization })).status
    t.equal(await sent('Basic eDp5'), 200, 'anonymous may see the version')
    t.equal(await sent('Bearer '), 200)
    t.equal(await sent('Bearer nonsense'), 401)
    t.equal((await server.anonymous('GET', '/api')).status, 403)
  })
})
