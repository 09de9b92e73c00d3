// The audit log of a running server: who asked for what, at the levels and stages that the policy names.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { eventually } from '../../harness/eventually.ts'
import { type Answered, startServer } from './start-server.ts'

const policy = `
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  nonResourceURLs: [/readyz*]
- level: Metadata
  resources: [{group: "", resources: [secrets]}]
- level: RequestResponse
  omitManagedFields: true
  resources: [{group: "", resources: [configmaps, pods]}]
- level: Request
  verbs: [create, patch]
- level: Metadata
  omitStages: []
`
const maps = '/api/v1/namespaces/default/configmaps'

await t.test('audit log', { timeout: 60_000 }, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'audit-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const logPath = join(folder, 'audit.log')
  const server = await startServer({ audit: { policy, logPath }, authentication: { tokenFile: 'jane,jane,u-1,devs\n' } })
  t.teardown(() => server.close())
  const events = async (of: (event: any) => boolean): Promise<any[]> =>
    (await readFile(logPath, 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
      .filter(of)
  const eventOf = async (id: string): Promise<any> => {
    let found: any
    await eventually(async () => {
      ;[found] = await events(e => e.auditID === id)
      if (!found) throw new Error('not written yet')
    })
    return found
  }
  const idOf = ({ headers }: Pick<Answered, 'headers'>): string => String(headers['audit-id'])

  await t.test('a write, with what was sent and answered', async t => {
    const made = await server.call(
      'POST',
      maps,
      { metadata: { name: 'c' }, data: { a: '1' } },
      { 'user-agent': 'tester/1', 'x-forwarded-for': '192.0.2.7, nonsense' },
    )
    t.equal(made.status, 201)
    const event = await eventOf(idOf(made))
    t.match(event, {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'RequestResponse',
      stage: 'ResponseComplete',
      requestURI: maps,
      verb: 'create',
      user: { groups: ['system:masters', 'system:authenticated'] },
      sourceIPs: ['192.0.2.7', '127.0.0.1'],
      userAgent: 'tester/1',
      objectRef: { resource: 'configmaps', namespace: 'default', name: 'c', apiVersion: 'v1' },
      responseStatus: { metadata: {}, code: 201 },
      requestObject: { kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '1' } },
      responseObject: { metadata: { uid: made.body.metadata.uid, resourceVersion: made.body.metadata.resourceVersion } },
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    })
    t.equal(event.responseObject.metadata.managedFields, undefined)
    t.ok(made.body.metadata.managedFields, 'which the client did get')
    t.match(event.requestReceivedTimestamp, /\.\d{6}Z$/)
    const patched = await server.call('PATCH', `${maps}/c`, { data: { b: '2' } }, { 'content-type': 'application/merge-patch+json' })
    t.same((await eventOf(idOf(patched))).requestObject, { data: { b: '2' } })
    const list = await server.call('GET', maps)
    t.match((await eventOf(idOf(list))).responseObject, { kind: 'ConfigMapList', items: [{ metadata: { name: 'c' } }] })
  })

  await t.test('nothing of a secret', async t => {
    const made = await server.call('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 's' }, stringData: { password: 'hunter2' } })
    t.equal((await eventOf(idOf(made))).level, 'Metadata')
    t.notMatch(await readFile(logPath, 'utf8'), /hunter2|aHVudGVyMg/)
  })

  await t.test('refusals say why', async t => {
    const refused = await server.bearer('GET', '/api/v1/nodes', 'jane')
    t.equal(refused.status, 403)
    t.match(await eventOf(idOf(refused)), {
      user: { username: 'jane', uid: 'u-1', groups: ['devs', 'system:authenticated'] },
      responseStatus: { status: 'Failure', reason: 'Forbidden', code: 403 },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    })
    const unknown = await server.bearer('GET', '/api/v1/nodes', 'wrong')
    t.equal(unknown.status, 401)
    const event = await eventOf(idOf(unknown))
    t.match(event, { stage: 'ResponseStarted', responseStatus: { code: 401, message: 'Authentication failed, attempted: bearer' } })
    t.same(event.user, {})
    t.notMatch(JSON.stringify(event), /wrong/)
  })

  await t.test('whom somebody became', async t => {
    const seen = await server.call('GET', '/apis', undefined, { 'impersonate-user': 'jack', 'audit-id': 'my-own-name' })
    t.equal(idOf(seen), 'my-own-name')
    const event = await eventOf('my-own-name')
    t.match(event, { impersonatedUser: { username: 'jack' }, authenticationMetadata: { impersonationConstraint: 'impersonate:user-info' } })
  })

  await t.test('a watch begins and ends', async t => {
    const watched = await server.call('GET', `${maps}?watch=1&resourceVersion=0&timeoutSeconds=1`)
    await eventually(async () => {
      const stages = (await events(e => e.auditID === idOf(watched))).map(e => e.stage)
      if (stages.join() !== 'ResponseStarted,ResponseComplete') throw new Error(stages.join())
    })
    t.match(watched.text, /ADDED/)
  })

  await t.test('what admission notes', async t => {
    await server.call('POST', '/api/v1/namespaces', {
      metadata: { name: 'watched', labels: { 'pod-security.kubernetes.io/audit': 'restricted', 'pod-security.kubernetes.io/enforce': 'privileged' } },
    })
    await server.call('POST', '/api/v1/namespaces/watched/serviceaccounts', { metadata: { name: 'default' } })
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const made = await server.call('POST', '/api/v1/namespaces/watched/pods', pod)
    t.equal(made.status, 201)
    const { annotations } = await eventOf(idOf(made))
    t.equal(annotations['pod-security.kubernetes.io/enforce-policy'], 'privileged:latest')
    t.match(annotations['pod-security.kubernetes.io/audit-violations'], /^would violate PodSecurity "restricted:latest": allowPrivilegeEscalation/)

    const policies = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies'
    await server.call('POST', policies, {
      metadata: { name: 'few-keys' },
      spec: {
        matchConstraints: { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }] },
        validations: [{ expression: 'size(object.data) < 2', message: 'too many keys' }],
        auditAnnotations: [{ key: 'keys', valueExpression: "string(size(object.data)) + ' keys'" }],
      },
    })
    await server.call('POST', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings', {
      metadata: { name: 'few-keys' },
      spec: { policyName: 'few-keys', validationActions: ['Audit'] },
    })
    let n = 0
    await eventually(async () => {
      const let2 = await server.call('POST', maps, { metadata: { name: `keys-${++n}` }, data: { a: '1', b: '2' } })
      t.equal(let2.status, 201)
      const notes = (await eventOf(idOf(let2))).annotations
      if (notes['few-keys/keys'] !== '2 keys') throw new Error('not in force yet')
      t.match(JSON.parse(notes['validation.policy.admission.k8s.io/validation_failure']), [
        { message: 'too many keys', policy: 'few-keys', binding: 'few-keys', expressionIndex: 0, validationActions: ['Audit'] },
      ])
    })
  })

  await t.test('what is too large is left out, and the event says so', async t => {
    const large = await server.call('POST', maps, { metadata: { name: 'large' }, data: { a: 'x'.repeat(1_030_000), b: 'y'.repeat(10_000) } })
    t.equal(large.status, 201)
    t.equal((await server.call('POST', maps, { metadata: { name: 'small' }, data: { a: 'x'.repeat(10_000) } })).status, 201)
    const event = await eventOf(idOf(large))
    t.equal(event.annotations['audit.k8s.io/truncated'], undefined)
    const list = await server.call('GET', maps)
    const listed = await eventOf(idOf(list))
    t.equal(listed.responseObject, undefined)
    t.equal(listed.annotations['audit.k8s.io/truncated'], 'true')
  })

  await t.test('nothing where the policy says None', async t => {
    const { headers } = await server.call('GET', '/readyz')
    t.ok(headers['audit-id'])
    await server.call('GET', '/version', undefined, { 'audit-id': 'after' })
    const stages = await eventOf('after')
    t.equal(stages.stage, 'ResponseComplete')
    t.same(await events(e => e.requestURI === '/readyz'), [])
  })

  await t.test('the metrics count', async t => {
    const { text } = await server.call('GET', '/metrics')
    t.match(text, /apiserver_audit_event_total \d\d/)
    t.match(text, /apiserver_audit_level_total\{level="None"\} \d/)
  })
})

await t.test('a policy that is none keeps the server from starting', async t => {
  await t.rejects(startServer({ audit: { policy: 'kind: Policy', logPath: '-' } }), { message: /no Policy of audit.k8s.io\/v1/ })
})
