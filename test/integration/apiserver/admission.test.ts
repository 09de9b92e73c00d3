// The built-in admission plugins through the API.
import t from 'tap'
import { type Answered, startServer } from './start-server.ts'

t.setTimeout(60_000)

await t.test('built-in admission', async t => {
  const server = await startServer()
  t.teardown(() => server.close())
  const post = (path: string, body: object): Promise<Answered> => server.call('POST', path, body)
  const merge = (path: string, body: object): Promise<Answered> => server.call('PATCH', path, body, { 'content-type': 'application/merge-patch+json' })
  const core = '/api/v1/namespaces/default'
  const pod = (name: string, spec: object = {}, metadata: object = {}): object => ({
    metadata: { name, ...metadata },
    spec: { containers: [{ name: 'c', image: 'i' }], automountServiceAccountToken: false, ...spec },
  })

  await t.test('a pod without containers is invalid, whatever admission would make of it', async t => {
    await post(`${core}/limitranges`, { metadata: { name: 'l' }, spec: { limits: [{ type: 'Container', default: { cpu: '1' } }] } })
    t.equal((await post(`${core}/pods`, { metadata: { name: 'none' }, spec: {} })).status, 422)
    t.equal((await post(`${core}/pods`, { metadata: { name: 'none' } })).status, 422)
    const made = await post(`${core}/pods`, pod('limited'))
    t.match(made.body.spec.containers[0].resources, { limits: { cpu: '1' }, requests: { cpu: '1' } })
    t.equal((await server.call('DELETE', `${core}/limitranges/l`)).status, 200)
  })

  await t.test('a RuntimeClass brings overhead and scheduling, once', async t => {
    const scheduling = { nodeSelector: { kind: 'vm' }, tolerations: [{ key: 'vm', operator: 'Exists' }] }
    await post('/apis/node.k8s.io/v1/runtimeclasses', { metadata: { name: 'vm' }, handler: 'h', overhead: { podFixed: { cpu: '100m' } }, scheduling })
    await post('/apis/node.k8s.io/v1/runtimeclasses', { metadata: { name: 'bare' }, handler: 'h' })
    const made = await post(`${core}/pods`, pod('vm', { runtimeClassName: 'vm' }))
    t.match(made, { status: 201, body: { spec: { overhead: { cpu: '100m' }, nodeSelector: { kind: 'vm' } } } })
    t.ok(made.body.spec.tolerations.some((x: { key: string }) => x.key === 'vm'))
    const refused = { status: 403, body: { reason: 'Forbidden' } }
    t.match(await post(`${core}/pods`, pod('x', { runtimeClassName: 'vm', overhead: { cpu: '1' } })), refused, 'another overhead')
    t.equal((await post(`${core}/pods`, pod('same', { runtimeClassName: 'vm', overhead: { cpu: '0.1' } }))).status, 201, 'the same in other words')
    t.match(await post(`${core}/pods`, pod('x', { runtimeClassName: 'bare', overhead: { cpu: '1' } })), refused, 'overhead of a class without')
    t.match(await post(`${core}/pods`, pod('x', { runtimeClassName: 'vm', nodeSelector: { kind: 'metal' } })), refused, 'another selector')
    t.match(await post(`${core}/pods`, pod('x', { runtimeClassName: 'none' })), refused, 'no such class')
  })

  await t.test('claims get a class, grow where it allows it, and are protected', async t => {
    const storage = '/apis/storage.k8s.io/v1/storageclasses'
    const marked = { 'storageclass.kubernetes.io/is-default-class': 'true' }
    await post(storage, { metadata: { name: 'b', annotations: marked }, provisioner: 'x', allowVolumeExpansion: true })
    await post(storage, { metadata: { name: 'fixed' }, provisioner: 'x' })
    const claim = (name: string, more: object = {}): object => ({
      metadata: { name },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...more },
    })
    const claims = `${core}/persistentvolumeclaims`
    t.match(await post(claims, claim('a')), { body: { metadata: { finalizers: ['kubernetes.io/pvc-protection'] }, spec: { storageClassName: 'b' } } })
    await post(claims, claim('f', { storageClassName: 'fixed' }))
    const grow = (name: string): Promise<Answered> => merge(`${claims}/${name}`, { spec: { resources: { requests: { storage: '2Gi' } } } })
    t.equal((await grow('a')).status, 422, 'before it is bound nothing of it changes')
    for (const name of ['a', 'f']) await merge(`${claims}/${name}/status`, { status: { phase: 'Bound' } })
    t.match(await grow('f'), { status: 403, body: { message: /must support resize/ } })
    const grown = await grow('a')
    t.match(grown, { status: 200, body: { spec: { resources: { requests: { storage: '2Gi' } } } } }, grown.text)
    const attributes = await post('/apis/storage.k8s.io/v1/volumeattributesclasses', {
      metadata: { name: 'v' },
      driverName: 'd.example.com',
      parameters: { a: 'b' },
    })
    t.match(attributes.body.metadata.finalizers, ['kubernetes.io/vac-protection'])
  })

  await t.test('a pod carries zone and region of its node', async t => {
    const labels = { 'topology.kubernetes.io/zone': 'z1', 'topology.kubernetes.io/region': 'r1', 'kubernetes.io/os': 'linux', other: 'x' }
    await post('/api/v1/nodes', { metadata: { name: 'n1', labels } })
    await merge('/api/v1/nodes/n1/status', { status: { allocatable: { cpu: '2', memory: '1Gi' }, capacity: { cpu: '2', memory: '1Gi' } } })
    t.strictSame((await post(`${core}/pods`, pod('placed', { nodeName: 'n1' }))).body.metadata.labels, {
      'topology.kubernetes.io/region': 'r1',
      'topology.kubernetes.io/zone': 'z1',
    })
    await post(`${core}/pods`, pod('bound', {}, { labels: { 'topology.kubernetes.io/zone': 'mine' } }))
    t.equal((await post(`${core}/pods/bound/binding`, { metadata: { name: 'bound' }, target: { kind: 'Node', name: 'n1' } })).status, 201)
    t.match((await server.call('GET', `${core}/pods/bound`)).body.metadata.labels, { 'topology.kubernetes.io/region': 'r1' })
  })

  await t.test('only one PriorityClass is the default, and the system’s stay', async t => {
    const classes = '/apis/scheduling.k8s.io/v1/priorityclasses'
    t.equal((await post(classes, { metadata: { name: 'one' }, value: 5, globalDefault: true })).status, 201)
    t.equal((await post(classes, { metadata: { name: 'two' }, value: 6, globalDefault: true })).status, 403)
    t.equal((await merge(`${classes}/one`, { description: 'still' })).status, 200, 'the default itself may change')
    t.match((await post(`${core}/pods`, pod('prioritized'))).body.spec, { priority: 5, priorityClassName: 'one' })
    t.equal((await server.call('DELETE', `${classes}/system-node-critical`)).status, 403)
  })

  await t.test('labels of Pod Security must be understood, and workloads are only warned of', async t => {
    const labels = (values: object): object => ({ metadata: { name: 'strict', labels: values } })
    const bad = await post('/api/v1/namespaces', labels({ 'pod-security.kubernetes.io/enforce': 'strict' }))
    t.match(bad, {
      status: 422,
      body: { details: { causes: [{ field: 'metadata.labels[pod-security.kubernetes.io/enforce]', reason: 'FieldValueInvalid' }] } },
    })
    t.equal((await post('/api/v1/namespaces', labels({ 'pod-security.kubernetes.io/enforce': 'restricted' }))).status, 201)
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const deployment = await post('/apis/apps/v1/namespaces/strict/deployments', {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    })
    t.equal(deployment.status, 201)
    t.match(String(deployment.headers['warning']), /would violate PodSecurity/)
    const refused = await post('/api/v1/namespaces/strict/pods', pod('p'))
    t.match(refused, { status: 403, body: { reason: 'Forbidden', message: /violates PodSecurity "restricted:latest"/ } })
  })
})

await t.test('plugins that are off by default', async t => {
  const names = ['AlwaysPullImages', 'ExtendedResourceToleration', 'DenyServiceExternalIPs', 'OwnerReferencesPermissionEnforcement']
  const server = await startServer({ admission: { enable: names, disable: ['DefaultTolerationSeconds'] } })
  t.teardown(() => server.close())
  const core = '/api/v1/namespaces/default'
  const resources = { requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' } }
  const made = await server.call('POST', `${core}/pods`, {
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'i:1', imagePullPolicy: 'Never', resources }], automountServiceAccountToken: false },
  })
  t.match(made.body.spec, { containers: [{ imagePullPolicy: 'Always' }], tolerations: [{ key: 'example.com/gpu', operator: 'Exists', effect: 'NoSchedule' }] })
  t.equal(made.body.spec.tolerations.length, 1, 'a plugin that is on by default can be left out')
  const service = { metadata: { name: 's' }, spec: { ports: [{ port: 1 }], externalIPs: ['1.2.3.4'] } }
  t.equal((await server.call('POST', `${core}/services`, service)).status, 403)
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: made.body.metadata.uid, blockOwnerDeletion: true }
  const owned = { metadata: { name: 'o', ownerReferences: [owner] } }
  t.equal((await server.call('POST', `${core}/configmaps`, owned)).status, 201, 'whoever may do everything may own')
  await t.rejects(startServer({ admission: { enable: ['NoSuchPlugin'] } }), /NoSuchPlugin/)
})
