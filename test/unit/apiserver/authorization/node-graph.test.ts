import t from 'tap'
import { createNodeGraph, type NodeGraph, type VertexKind } from '../../../../apiserver/authorization/node/node-graph.ts'
import { podReferences } from '../../../../apiserver/authorization/node/references.ts'
import type { Entry } from '../../../../store/store.ts'

const entry = (kind: string, name: string, object: object, namespace = 'ns', fields: object = {}): Entry =>
  ({ key: `/registry/${kind}/${namespace}/${name}`, namespace, name, object: () => object, fields }) as unknown as Entry

const pod = (name: string, spec: { nodeName?: string; [field: string]: unknown }, more: { annotations?: object; status?: object; uid?: string } = {}): Entry =>
  entry('pods', name, { metadata: { name, namespace: 'ns', uid: more.uid ?? name, annotations: more.annotations }, spec, status: more.status }, 'ns', {
    'spec.nodeName': spec.nodeName ?? '',
  })

const mounts = (name: string): Record<string, unknown> => ({ volumes: [{ name: 'v', secret: { secretName: name } }] })

const expectRelated = (t: any, graph: NodeGraph, related: [node: string, kind: VertexKind, name: string, yes: boolean][]): void => {
  for (const [node, kind, name, yes] of related) t.equal(graph.isRelated(node, kind, 'ns', name), yes, `${node} ${kind} ${name}`)
}

await t.test('a pod relates its node to what it names, in every place where it can', async t => {
  const spec = {
    serviceAccountName: 'sa',
    imagePullSecrets: [{ name: 'pull' }],
    initContainers: [{ env: [{ valueFrom: { secretKeyRef: { name: 'env-secret' } } }, { valueFrom: { configMapKeyRef: { name: 'env-map' } } }] }],
    containers: [{ envFrom: [{ secretRef: { name: 'from-secret' } }, { configMapRef: { name: 'from-map' } }] }],
    ephemeralContainers: [{ envFrom: [{ secretRef: { name: 'debug' } }] }],
    volumes: [
      { name: 'a', secret: { secretName: 'volume-secret' } },
      { name: 'b', configMap: { name: 'volume-map' } },
      { name: 'c', projected: { sources: [{ secret: { name: 'projected-secret' } }, { configMap: { name: 'projected-map' } }] } },
      { name: 'd', persistentVolumeClaim: { claimName: 'claim' } },
      { name: 'e', ephemeral: {} },
      { name: 'f', csi: { driver: 'x', nodePublishSecretRef: { name: 'csi' } } },
      { name: 'g', cephfs: { secretRef: { name: 'ceph' } } },
      { name: 'h', azureFile: { secretName: 'azure' } },
    ],
    resourceClaims: [{ name: 'r', resourceClaimName: 'own' }, { name: 'made' }],
  }
  const found = podReferences({
    metadata: { name: 'p', namespace: 'ns' },
    spec,
    status: { resourceClaimStatuses: [{ name: 'made', resourceClaimName: 'p-made' }] },
  } as any)
  t.same(
    found.map(({ kind, name }) => `${kind} ${name}`).sort(),
    [
      'account sa',
      'claim claim',
      'claim p-e',
      'configmap env-map',
      'configmap from-map',
      'configmap projected-map',
      'configmap volume-map',
      'resourceclaim own',
      'resourceclaim p-made',
      'secret azure',
      'secret ceph',
      'secret csi',
      'secret debug',
      'secret env-secret',
      'secret from-secret',
      'secret projected-secret',
      'secret pull',
      'secret volume-secret',
    ].sort(),
  )
})

await t.test('relations come and go with pods', async t => {
  const graph = createNodeGraph()
  await graph.pods.reset([])
  graph.pods.set(pod('pending', mounts('s')))
  expectRelated(t, graph, [['n1', 'secret', 's', false]])
  graph.pods.set(pod('a', { nodeName: 'n1', ...mounts('s') }))
  graph.pods.set(pod('b', { nodeName: 'n1', ...mounts('s') }))
  graph.pods.set(pod('c', { nodeName: 'n2', ...mounts('other') }))
  expectRelated(t, graph, [
    ['n1', 'secret', 's', true],
    ['n2', 'secret', 's', false],
    ['n1', 'secret', 'other', false],
    ['n1', 'configmap', 's', false],
    ['n1', 'pod', 'a', true],
    ['n2', 'pod', 'a', false],
  ])
  t.notOk(graph.isRelated('n1', 'secret', 'elsewhere', 's'), 'names are within namespaces')
  graph.pods.remove(pod('a', {}))
  t.ok(graph.isRelated('n1', 'secret', 'ns', 's'), 'another pod still names it')
  graph.pods.remove(pod('b', {}))
  t.notOk(graph.isRelated('n1', 'secret', 'ns', 's'))
  await graph.pods.reset([pod('d', { nodeName: 'n3', ...mounts('s') })])
  expectRelated(t, graph, [
    ['n3', 'secret', 's', true],
    ['n2', 'secret', 'other', false],
  ])
})

await t.test('many pods read anew hold nobody up, and nobody loses a right meanwhile', async t => {
  const graph = createNodeGraph()
  await graph.pods.reset([pod('stays', { nodeName: 'n1', ...mounts('s') }), pod('goes', { nodeName: 'n2', ...mounts('s') })])
  const many = Array.from({ length: 20_000 }, (_, i) => pod(`p${i}`, { nodeName: 'n3', ...mounts(`s${i}`) }))
  let turns = 0
  const other = setInterval(() => {
    turns++
    if (!graph.isRelated('n1', 'secret', 'ns', 's')) t.fail('refused meanwhile')
  }, 0)
  await graph.pods.reset([...many, pod('stays', { nodeName: 'n1', ...mounts('s') })])
  clearInterval(other)
  t.ok(turns > 1, `${turns} turns of others`)
  expectRelated(t, graph, [
    ['n1', 'secret', 's', true],
    ['n2', 'secret', 's', false],
    ['n3', 'secret', 's19999', true],
  ])
})

await t.test('a pod of the same name elsewhere replaces the old one', async t => {
  const graph = createNodeGraph()
  graph.pods.set(pod('a', { nodeName: 'n1', ...mounts('s') }, { uid: '1' }))
  graph.pods.set(pod('a', { nodeName: 'n2', ...mounts('s') }, { uid: '2' }))
  expectRelated(t, graph, [
    ['n1', 'secret', 's', false],
    ['n2', 'secret', 's', true],
  ])
})

await t.test('claims and debug containers that come later count', async t => {
  const graph = createNodeGraph()
  const spec = { nodeName: 'n1', resourceClaims: [{ name: 'r' }] }
  graph.pods.set(pod('a', spec))
  t.notOk(graph.isRelated('n1', 'resourceclaim', 'ns', 'made'))
  graph.pods.set(pod('a', spec, { status: { resourceClaimStatuses: [{ name: 'r', resourceClaimName: 'made' }] } }))
  t.ok(graph.isRelated('n1', 'resourceclaim', 'ns', 'made'))
  graph.pods.set(pod('a', { ...spec, ephemeralContainers: [{ envFrom: [{ secretRef: { name: 's' } }] }] }))
  t.ok(graph.isRelated('n1', 'secret', 'ns', 's'))
})

await t.test('a mirror pod gives its node nothing', async t => {
  const graph = createNodeGraph()
  graph.pods.set(pod('m', { nodeName: 'n1', ...mounts('s') }, { annotations: { 'kubernetes.io/config.mirror': 'x' } }))
  expectRelated(t, graph, [
    ['n1', 'pod', 'm', true],
    ['n1', 'secret', 's', false],
  ])
})

await t.test('a volume is reached through its claim, and its secrets through it', async t => {
  const graph = createNodeGraph()
  const volume = (claimRef?: object): Entry =>
    entry(
      'pv',
      'pv',
      { spec: { claimRef, csi: { nodeStageSecretRef: { name: 'stage', namespace: 'ns' }, controllerPublishSecretRef: { name: 'control', namespace: 'ns' } } } },
      '',
    )
  graph.volumes.set(volume({ namespace: 'ns', name: 'claim' }))
  t.notOk(graph.isRelated('n1', 'volume', '', 'pv'))
  graph.pods.set(pod('a', { nodeName: 'n1', volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'claim' } }] }))
  t.ok(graph.isRelated('n1', 'volume', '', 'pv'))
  t.notOk(graph.isRelated('n2', 'volume', '', 'pv'))
  t.ok(graph.isRelated('n1', 'secret', 'ns', 'stage'))
  t.notOk(graph.isRelated('n1', 'secret', 'ns', 'control'), "a controller's secret is not the node's")
  graph.volumes.set(volume())
  t.notOk(graph.isRelated('n1', 'volume', '', 'pv'))
  t.notOk(graph.isRelated('n1', 'secret', 'ns', 'stage'))
})

await t.test('attachments and slices say their node themselves', async t => {
  const graph = createNodeGraph()
  graph.attachments.set(entry('va', 'va', { spec: { nodeName: 'n1' } }, ''))
  graph.slices.set(entry('rs', 'rs', { spec: { nodeName: 'n2' } }, ''))
  t.ok(graph.isRelated('n1', 'attachment', '', 'va'))
  t.notOk(graph.isRelated('n2', 'attachment', '', 'va'))
  t.ok(graph.isRelated('n2', 'slice', '', 'rs'))
  graph.slices.remove(entry('rs', 'rs', {}, ''))
  t.notOk(graph.isRelated('n2', 'slice', '', 'rs'))
})
