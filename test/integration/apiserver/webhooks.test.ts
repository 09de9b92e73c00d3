// Admission webhooks against a real HTTPS server: what they are sent, what becomes of what they answer.
import t from 'tap'
import { type Answered, startServer } from './start-server.ts'
import { jsonPatch, type Received, startWebhookServer } from './webhook-server.ts'

const group = '/apis/admissionregistration.k8s.io/v1'

t.setTimeout(120_000)

await t.test('admission webhooks', async t => {
  // The loopback network is all ours: a cluster address in it reaches the test's server.
  const server = await startServer({ serviceCidr: '127.99.0.0/16' })
  let respond: (received: Received) => Record<string, unknown> | string | Promise<string> = () => ({ allowed: true })
  const hooks = await startWebhookServer(received => respond(received))
  t.teardown(async () => {
    await server.close()
    await hooks.close()
  })
  const call: typeof server.call = (...given) => server.call(...given)
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] }
  const hook = (more: object = {}): Record<string, unknown> => ({
    name: 'hook.example.com',
    clientConfig: { url: `${hooks.url}/ask`, caBundle: hooks.caBundle },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    timeoutSeconds: 5,
    rules: [rule],
    ...more,
  })
  const configure = async (kind: 'mutating' | 'validating', webhooks: object[], name = 'test'): Promise<() => Promise<Answered>> => {
    const made = await call('POST', `${group}/${kind}webhookconfigurations`, { metadata: { name }, webhooks })
    t.equal(made.status, 201, made.text)
    return () => call('DELETE', `${group}/${kind}webhookconfigurations/${name}`)
  }
  const create = (name: string, data: object = {}, query = '', more: object = {}): Promise<Answered> =>
    call('POST', `/api/v1/namespaces/default/configmaps${query}`, { metadata: { name, ...more }, data })
  const configMap = (name: string): string => `/api/v1/namespaces/default/configmaps/${name}`

  await t.test('a validating webhook is sent the whole review', async t => {
    const remove = await configure('validating', [hook()])
    hooks.received.length = 0
    t.equal((await create('whole', { a: '1' }, '?fieldManager=tester')).status, 201)
    t.equal(hooks.received.length, 1)
    const { path, review } = hooks.received[0]!
    t.equal(path, '/ask?timeout=5s')
    t.match(review, { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1' })
    t.match(review.request, {
      uid: /^[0-9a-f-]{36}$/,
      kind: { group: '', version: 'v1', kind: 'ConfigMap' },
      resource: { group: '', version: 'v1', resource: 'configmaps' },
      requestKind: { group: '', version: 'v1', kind: 'ConfigMap' },
      requestResource: { group: '', version: 'v1', resource: 'configmaps' },
      name: 'whole',
      namespace: 'default',
      operation: 'CREATE',
      userInfo: { groups: ['system:masters', 'system:authenticated'] },
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'whole', uid: /.+/ }, data: { a: '1' } },
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1', fieldManager: 'tester' },
    })
    await call('PATCH', configMap('whole'), { data: { a: '2' } }, { 'content-type': 'application/merge-patch+json' })
    t.match(hooks.received[1]?.review.request, {
      operation: 'UPDATE',
      object: { data: { a: '2' }, metadata: { resourceVersion: /\d+/ } },
      oldObject: { data: { a: '1' }, metadata: { resourceVersion: /\d+/ } },
      options: { kind: 'UpdateOptions' },
    })
    await call('DELETE', `${configMap('whole')}?dryRun=All`)
    t.match(hooks.received[2]?.review.request, {
      operation: 'DELETE',
      object: null,
      oldObject: { data: { a: '2' } },
      dryRun: true,
      options: { kind: 'DeleteOptions' },
    })
    await remove()
    await call('DELETE', configMap('whole'))
    t.equal(hooks.received.length, 3, 'a removed webhook is not asked')
  })

  await t.test('a refusal has the words and the code of the webhook, and warnings are passed on', async t => {
    const remove = await configure('validating', [hook()])
    respond = () => ({ allowed: false, status: { code: 418, reason: 'Teapot', message: 'no coffee' }, warnings: ['careful'] })
    const refused = await create('refused')
    t.equal(refused.status, 418)
    t.match(refused.body, { kind: 'Status', reason: 'Teapot', message: 'admission webhook "hook.example.com" denied the request: no coffee' })
    t.match(String(refused.headers['warning']), /careful/)
    respond = () => ({ allowed: false, status: { code: 200 } })
    t.match(await create('refused'), { status: 400, body: { message: 'admission webhook "hook.example.com" denied the request without explanation' } })
    respond = () => ({ allowed: true })
    await remove()
  })

  await t.test('a mutating webhook patches what will be stored', async t => {
    const remove = await configure('mutating', [hook()])
    respond = ({ review }) => {
      t.notOk(review.request.object.metadata.uid, 'it is asked before the object gets its identity')
      return jsonPatch({ op: 'add', path: '/metadata/labels', value: { by: 'hook' } }, { op: 'add', path: '/data', value: { added: 'yes' } })
    }
    const made = await create('patched')
    t.match(made, { status: 201, body: { metadata: { labels: { by: 'hook' }, uid: /.+/ }, data: { added: 'yes' } } })
    respond = () => jsonPatch({ op: 'replace', path: '/data/nothing/at/all', value: 1 })
    t.equal((await create('misfit')).status, 500, 'a patch that does not fit is the webhook’s fault')
    respond = () => jsonPatch({ op: 'replace', path: '/data', value: 7 })
    t.equal((await create('mistyped')).status, 500)
    t.equal((await call('GET', configMap('mistyped'))).status, 404)
    respond = () => ({ allowed: true })
    await remove()
    await call('DELETE', configMap('patched'))
  })

  await t.test('a generated name comes after the mutating webhooks', async t => {
    const remove = await configure('mutating', [hook()])
    hooks.received.length = 0
    const made = await call('POST', '/api/v1/namespaces/default/configmaps', { metadata: { generateName: 'gen-' } })
    t.match(made, { status: 201, body: { metadata: { name: /^gen-.{5}$/ } } })
    t.match(hooks.received[0]?.review.request, { object: { metadata: { generateName: 'gen-' } } })
    t.equal(hooks.received[0]?.review.request.name, undefined)
    await remove()
  })

  await t.test('a webhook with IfNeeded is asked again when another changed the object after it', async t => {
    const remove = await configure('mutating', [
      hook({ name: 'first.example.com', reinvocationPolicy: 'IfNeeded', clientConfig: { url: `${hooks.url}/first`, caBundle: hooks.caBundle } }),
      hook({ name: 'second.example.com', clientConfig: { url: `${hooks.url}/second`, caBundle: hooks.caBundle } }),
    ])
    hooks.received.length = 0
    respond = ({ path }) => (path.startsWith('/second') ? jsonPatch({ op: 'add', path: '/metadata/labels', value: { second: 'x' } }) : { allowed: true })
    t.equal((await create('again')).status, 201)
    t.strictSame(
      hooks.received.map(r => r.path.split('?')[0]),
      ['/first', '/second', '/first'],
    )
    t.match(hooks.received[2]?.review.request.object.metadata.labels, { second: 'x' })
    respond = () => ({ allowed: true })
    await remove()
  })

  await t.test('a webhook that cannot be asked fails the request, or is passed over', async t => {
    const broken = { clientConfig: { url: 'https://127.0.0.1:1/x' } }
    const remove = await configure('validating', [hook(broken)])
    const failed = await create('unreachable')
    t.equal(failed.status, 500)
    t.match(failed.body.message, /^Internal error occurred: failed calling webhook "hook.example.com": failed to call webhook: /)
    await remove()
    const removeOpen = await configure('validating', [hook({ ...broken, failurePolicy: 'Ignore' })])
    t.equal((await create('unreachable')).status, 201)
    await removeOpen()
    const removeSlow = await configure('validating', [hook({ timeoutSeconds: 1 })])
    respond = () => new Promise<string>(() => undefined)
    const started = performance.now()
    t.equal((await create('slow')).status, 500)
    t.ok(performance.now() - started < 4_000, 'no longer than its timeout')
    await removeSlow()
    const untrusted = await configure('validating', [hook({ clientConfig: { url: `${hooks.url}/ask` } })])
    respond = () => ({ allowed: true })
    t.equal((await create('untrusted')).status, 500, 'without its authority, its certificate is not believed')
    await untrusted()
  })

  await t.test('answers that are none fail the request', async t => {
    const remove = await configure('validating', [hook()])
    for (const [what, answer] of Object.entries({
      'no JSON': 'hello',
      'another kind': '{"kind":"Pod","apiVersion":"v1"}',
      'no response': '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}',
      'another uid': '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"x","allowed":true}}',
      'too much': `{"kind":"${'x'.repeat(4 * 1024 * 1024)}"}`,
    })) {
      respond = () => answer
      t.equal((await create('answer')).status, 500, what)
    }
    respond = () => jsonPatch({ op: 'add', path: '/data', value: {} })
    t.equal((await create('answer')).status, 500, 'a patch of a validating webhook')
    respond = () => ({ allowed: true })
    t.equal((await create('answer')).status, 201)
    await remove()
  })

  await t.test('selectors, rules and side effects say whom it concerns', async t => {
    hooks.received.length = 0
    const elsewhere = { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } }
    const remove = await configure('validating', [
      hook({ name: 'namespace.example.com', namespaceSelector: elsewhere }),
      hook({ name: 'object.example.com', objectSelector: { matchLabels: { judged: 'yes' } } }),
      hook({ name: 'rules.example.com', rules: [{ ...rule, resources: ['secrets', 'pods/*'] }] }),
    ])
    t.equal((await create('plain')).status, 201)
    t.equal(hooks.received.length, 0)
    t.equal((await create('labelled', {}, '', { labels: { judged: 'yes' } })).status, 201)
    t.equal(hooks.received.length, 1)
    await call('PATCH', configMap('labelled'), { metadata: { labels: { judged: null } } }, { 'content-type': 'application/merge-patch+json' })
    t.equal(hooks.received.length, 2, 'the old object counts too')
    await remove()
    const removeUnsafe = await configure('validating', [hook({ sideEffects: 'NoneOnDryRun' })])
    t.equal((await create('dry', {}, '?dryRun=All')).status, 201)
    await removeUnsafe()
  })

  await t.test('match conditions say whom it concerns', async t => {
    const when = (...expressions: string[]): object => ({ matchConditions: expressions.map((expression, i) => ({ name: `c${i}`, expression })) })
    const asked = async (name: string, more: object, metadata: object = {}): Promise<[number, number]> => {
      const remove = await configure('validating', [hook(more)])
      hooks.received.length = 0
      const { status } = await create(name, { a: 'b' }, '', metadata)
      const count = hooks.received.length
      await remove()
      return [status, count]
    }
    t.strictSame(await asked('m1', when("object.metadata.name == 'other'")), [201, 0])
    t.strictSame(
      await asked('m2', when("object.metadata.name == 'm2'", "request.operation == 'CREATE' && request.userInfo.groups.exists(g, g == 'system:masters')")),
      [201, 1],
    )
    t.strictSame(await asked('m3', when("object.data.none == 'x'")), [403, 0], 'a fault refuses')
    t.strictSame(await asked('m3', { ...when("object.data.none == 'x'"), failurePolicy: 'Ignore' }), [201, 0], 'or passes the webhook over')
    t.strictSame(await asked('m4', when("object.data.none == 'x'", 'false')), [201, 0], 'a condition that is false decides')
    t.strictSame(await asked('m5', when("authorizer.group('').resource('pods').namespace('default').check('create').allowed()")), [201, 1])
    t.strictSame(await asked('m6', when("authorizer.serviceAccount('default', 'nobody').group('').resource('secrets').check('delete').allowed()")), [201, 0])
    t.strictSame(await asked('m7', when("authorizer.requestResource.check('update').allowed()")), [201, 1])
  })

  await t.test('a rule for one version sees requests of another', async t => {
    const autoscaling = { apiGroups: ['autoscaling'], apiVersions: ['v2'], operations: ['CREATE'], resources: ['horizontalpodautoscalers'] }
    const remove = await configure('mutating', [hook({ rules: [autoscaling] })])
    hooks.received.length = 0
    respond = () => jsonPatch({ op: 'replace', path: '/spec/maxReplicas', value: 9 })
    const made = await call('POST', '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers', {
      metadata: { name: 'h' },
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' }, maxReplicas: 3, targetCPUUtilizationPercentage: 50 },
    })
    t.match(made, { status: 201, body: { apiVersion: 'autoscaling/v1', spec: { maxReplicas: 9, targetCPUUtilizationPercentage: 50 } } }, made.text)
    t.match(hooks.received[0]?.review.request, {
      kind: { version: 'v2' },
      resource: { version: 'v2' },
      requestKind: { version: 'v1' },
      requestResource: { version: 'v1' },
      object: { apiVersion: 'autoscaling/v2', spec: { metrics: [{ resource: { name: 'cpu' } }] } },
    })
    await remove()
    respond = () => ({ allowed: true })
    const removeExact = await configure('validating', [hook({ rules: [autoscaling], matchPolicy: 'Exact' })])
    hooks.received.length = 0
    await call('POST', '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers', {
      metadata: { name: 'h2' },
      spec: { scaleTargetRef: { kind: 'Deployment', name: 'd', apiVersion: 'apps/v1' }, maxReplicas: 3 },
    })
    t.equal(hooks.received.length, 0)
    await removeExact()
  })

  await t.test('a Service is asked at its cluster address, by its own name', async t => {
    const service = { metadata: { name: 'hook' }, spec: { ports: [{ port: hooks.port }] } }
    t.match(await call('POST', '/api/v1/namespaces/default/services', service), { status: 201, body: { spec: { clusterIP: /^127\.99\./ } } })
    const reference = { namespace: 'default', name: 'hook', path: '/service', port: hooks.port }
    const remove = await configure('validating', [hook({ clientConfig: { service: reference, caBundle: hooks.caBundle } })])
    hooks.received.length = 0
    const made = await create('through-service')
    t.equal(made.status, 201, made.text)
    t.equal(hooks.received[0]?.path, '/service?timeout=5s')
    await remove()
    const missing = await configure('validating', [hook({ clientConfig: { service: { ...reference, name: 'none' }, caBundle: hooks.caBundle } })])
    t.match((await create('no-service')).body.message, /service "none" not found/)
    await missing()
  })

  await t.test('configurations cannot lock out their own removal', async t => {
    respond = () => ({ allowed: false })
    const remove = await configure('validating', [hook({ rules: [{ ...rule, apiGroups: ['*'], apiVersions: ['*'], resources: ['*/*'] }] })])
    t.equal((await create('locked')).status, 400)
    t.equal((await remove()).status, 200)
    t.equal((await create('locked')).status, 201)
  })

  await t.test('a Scale is seen, and changed, as a Scale', async t => {
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const deployments = '/apis/apps/v1/namespaces/default/deployments'
    await call('POST', deployments, { metadata: { name: 'd' }, spec: { replicas: 1, selector: { matchLabels: { a: 'b' } }, template } })
    const scale = { apiGroups: ['apps'], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['deployments/scale'] }
    const remove = await configure('mutating', [hook({ rules: [scale] })])
    hooks.received.length = 0
    respond = () => jsonPatch({ op: 'replace', path: '/spec/replicas', value: 3 })
    const scaled = await call('PATCH', `${deployments}/d/scale`, { spec: { replicas: 9 } }, { 'content-type': 'application/merge-patch+json' })
    t.match(scaled, { status: 200, body: { kind: 'Scale', spec: { replicas: 3 } } }, scaled.text)
    t.match(hooks.received[0]?.review.request, {
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      resource: { group: 'apps', resource: 'deployments' },
      subResource: 'scale',
      object: { kind: 'Scale', spec: { replicas: 9 } },
      oldObject: { kind: 'Scale', spec: { replicas: 1 } },
    })
    t.equal((await call('GET', `${deployments}/d`)).body.spec.replicas, 3)
    respond = () => ({ allowed: true })
    await remove()
  })

  await t.test('evictions and bindings are asked for under their own kinds', async t => {
    respond = () => ({ allowed: true })
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'i' }], automountServiceAccountToken: false } }
    t.equal((await call('POST', '/api/v1/namespaces/default/pods', pod)).status, 201)
    const remove = await configure('validating', [hook({ rules: [{ ...rule, resources: ['pods', 'pods/binding', 'pods/eviction'] }] })])
    hooks.received.length = 0
    const binding = { kind: 'Binding', apiVersion: 'v1', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } }
    t.equal((await call('POST', '/api/v1/namespaces/default/pods/p/binding', binding)).status, 201)
    const eviction = { kind: 'Eviction', apiVersion: 'policy/v1', metadata: { name: 'p', namespace: 'default' } }
    t.equal((await call('POST', '/api/v1/namespaces/default/pods/p/eviction', eviction)).status, 201)
    t.match(
      hooks.received.map(r => r.review.request),
      [
        { operation: 'CREATE', kind: { kind: 'Binding' }, resource: { resource: 'pods' }, subResource: 'binding', object: { target: { name: 'n' } } },
        { operation: 'CREATE', kind: { group: 'policy', kind: 'Eviction' }, subResource: 'eviction', name: 'p' },
      ],
    )
    t.equal(hooks.received.length, 2)
    await remove()
  })
})
