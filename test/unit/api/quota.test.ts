// What objects use of quotas, which quotas are about them, and when one is exceeded.
import t from 'tap'
import type { KubeObject } from '../../../api/object.ts'
import { type Account, charge, toAccount } from '../../../api/quota/charge.ts'
import { evaluatorOf } from '../../../api/quota/registry.ts'
import { formatResourceList } from '../../../api/resource-list.ts'

const nowMs = Date.parse('2026-01-01T00:00:00Z')
const pod = (spec: object = {}, more: object = {}): KubeObject =>
  ({ metadata: { name: 'p' }, ...more, spec: { containers: [{ name: 'c' }], ...spec } }) as unknown as KubeObject
const withResources = (resources: object, spec: object = {}, more: object = {}): KubeObject => pod({ containers: [{ name: 'c', resources }], ...spec }, more)
const usageOf = (id: string, object: KubeObject): Record<string, string> => formatResourceList(evaluatorOf(id)!.usage(object, nowMs))
const account = (hard: Record<string, string>, used: Record<string, string>, spec: object = {}): Account =>
  toAccount({ kind: '', apiVersion: '', metadata: { name: 'q' }, spec, status: { hard, used } })
const create = (id: string, accounts: Account[], object: KubeObject): string | Record<string, string> => {
  const verdict = charge(evaluatorOf(id)!, accounts, { operation: 'CREATE', subresource: '', object, old: undefined }, nowMs)
  return 'denied' in verdict ? verdict.denied : formatResourceList(verdict.used.get('q') ?? {})
}

await t.test('usage of pods', t => {
  t.strictSame(
    usageOf('pods', withResources({ requests: { cpu: '1', memory: '1Gi', 'example.com/gpu': '2', 'hugepages-2Mi': '4Mi' }, limits: { cpu: '2' } })),
    {
      'count/pods': '1',
      cpu: '1',
      'hugepages-2Mi': '4Mi',
      'limits.cpu': '2',
      memory: '1Gi',
      pods: '1',
      'requests.cpu': '1',
      'requests.example.com/gpu': '2',
      'requests.hugepages-2Mi': '4Mi',
      'requests.memory': '1Gi',
    },
  )
  t.match(
    usageOf(
      'pods',
      withResources({ requests: { cpu: '1' } }, { initContainers: [{ name: 'i', resources: { requests: { cpu: '3' } } }], overhead: { cpu: '500m' } }),
    ),
    { cpu: '3500m' },
    'the greediest init container, and the overhead',
  )
  t.match(
    usageOf(
      'pods',
      withResources({ requests: { cpu: '1' } }, { initContainers: [{ name: 's', restartPolicy: 'Always', resources: { requests: { cpu: '2' } } }] }),
    ),
    { cpu: '3' },
    'a sidecar runs beside the others',
  )
  t.match(usageOf('pods', withResources({ requests: { cpu: '1' } }, { resources: { requests: { cpu: '7' } } })), { cpu: '7' }, 'the pod as a whole')
  t.match(
    usageOf(
      'pods',
      withResources(
        { requests: { cpu: '1' } },
        {},
        { status: { containerStatuses: [{ name: 'c', allocatedResources: { cpu: '4' }, resources: { requests: { cpu: '2' } } }] } },
      ),
    ),
    { cpu: '4' },
    'what it was given while it is resized',
  )
  for (const over of [
    { status: { phase: 'Failed' } },
    { status: { phase: 'Succeeded' } },
    { metadata: { deletionTimestamp: '2025-12-31T23:59:00Z', deletionGracePeriodSeconds: 30 } },
  ])
    t.strictSame(usageOf('pods', withResources({ requests: { cpu: '1' } }, {}, over)), { 'count/pods': '1' }, JSON.stringify(over))
  t.end()
})

await t.test('usage of services and claims', t => {
  const service = (spec: object): KubeObject => ({ metadata: {}, spec }) as unknown as KubeObject
  const ports = [{ port: 1 }, { port: 2, nodePort: 30000 }]
  t.match(usageOf('services', service({ type: 'ClusterIP', ports })), { services: '1', 'services.nodeports': '0', 'services.loadbalancers': '0' })
  t.match(usageOf('services', service({ type: 'NodePort', ports })), { 'services.nodeports': '2' })
  t.match(usageOf('services', service({ type: 'LoadBalancer', ports })), { 'services.nodeports': '2', 'services.loadbalancers': '1' })
  t.match(usageOf('services', service({ type: 'LoadBalancer', ports, allocateLoadBalancerNodePorts: false })), { 'services.nodeports': '1' })
  const claim = (spec: object, status: object = {}): KubeObject => ({ metadata: {}, spec, status }) as unknown as KubeObject
  const requests = { resources: { requests: { storage: '1.5' } } }
  t.strictSame(usageOf('persistentvolumeclaims', claim({ ...requests, storageClassName: 'gold' })), {
    'count/persistentvolumeclaims': '1',
    'gold.storageclass.storage.k8s.io/persistentvolumeclaims': '1',
    'gold.storageclass.storage.k8s.io/requests.storage': '2',
    persistentvolumeclaims: '1',
    'requests.storage': '2',
  })
  t.match(usageOf('persistentvolumeclaims', claim(requests, { allocatedResources: { storage: '9Gi' } })), { 'requests.storage': '9Gi' })
  const devices = (request: object): KubeObject => ({ metadata: {}, spec: { devices: { requests: [request, request] } } }) as unknown as KubeObject
  const gpu = 'gpu.deviceclass.resource.k8s.io/devices'
  t.match(usageOf('resourceclaims.resource.k8s.io', devices({ exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 3 } })), { [gpu]: '6' })
  t.match(usageOf('resourceclaims.resource.k8s.io', devices({ exactly: { deviceClassName: 'gpu', allocationMode: 'All' } })), { [gpu]: '64' })
  t.match(
    usageOf(
      'resourceclaims.resource.k8s.io',
      devices({
        firstAvailable: [
          { deviceClassName: 'gpu', count: 1 },
          { deviceClassName: 'gpu', count: 4 },
        ],
      }),
    ),
    { [gpu]: '8' },
  )
  t.strictSame(usageOf('widgets.example.com', claim({})), { 'count/widgets.example.com': '1' })
  t.equal(evaluatorOf('events'), undefined)
  t.end()
})

await t.test('scopes', t => {
  const denies = (scope: object, object: KubeObject, id = 'pods'): boolean =>
    typeof create(id, [account({ [id]: '0' }, { [id]: '0' }, scope)], object) === 'string'
  const scoped = (name: string): object => ({ scopes: [name] })
  t.ok(denies(scoped('Terminating'), pod({ activeDeadlineSeconds: 1 })))
  t.notOk(denies(scoped('Terminating'), pod()))
  t.ok(denies(scoped('NotTerminating'), pod()))
  t.ok(denies(scoped('BestEffort'), pod()))
  t.notOk(denies(scoped('BestEffort'), withResources({ requests: { cpu: '1' } })))
  t.ok(denies(scoped('NotBestEffort'), withResources({ requests: { cpu: '1' } })))
  t.notOk(denies({ scopes: ['NotBestEffort', 'Terminating'] }, withResources({ requests: { cpu: '1' } })), 'all of them')
  const term = { topologyKey: 'z', namespaces: ['x'] }
  t.ok(
    denies(
      scoped('CrossNamespacePodAffinity'),
      pod({ affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }] } } }),
    ),
  )
  t.notOk(
    denies(scoped('CrossNamespacePodAffinity'), pod({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'z' }] } } })),
  )
  const priority = (operator: string, values?: string[]): object => ({
    scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator, ...(values && { values }) }] },
  })
  t.ok(denies(priority('In', ['high']), pod({ priorityClassName: 'high' })))
  t.notOk(denies(priority('In', ['high']), pod()))
  t.ok(denies(priority('NotIn', ['high']), pod()))
  t.ok(denies(priority('Exists'), pod({ priorityClassName: 'any' })))
  t.ok(denies(priority('DoesNotExist'), pod()))
  const claim = { metadata: {}, spec: { volumeAttributesClassName: 'fast' } } as unknown as KubeObject
  t.ok(
    denies(
      { scopeSelector: { matchExpressions: [{ scopeName: 'VolumeAttributesClass', operator: 'In', values: ['fast'] }] } },
      claim,
      'persistentvolumeclaims',
    ),
  )
  t.notOk(denies(scoped('BestEffort'), claim, 'persistentvolumeclaims'), 'a scope of pods is not about claims')
  t.end()
})

await t.test('charges', t => {
  const hard = { pods: '2', 'requests.cpu': '1' }
  const half = withResources({ requests: { cpu: '500m' } })
  t.strictSame(create('pods', [account(hard, { pods: '0', 'requests.cpu': '0' })], half), { pods: '1', 'requests.cpu': '500m' })
  t.equal(
    create('pods', [account(hard, { pods: '1', 'requests.cpu': '600m' })], half),
    'exceeded quota: q, requested: requests.cpu=500m, used: requests.cpu=600m, limited: requests.cpu=1',
  )
  t.equal(create('pods', [account(hard, { pods: '0', 'requests.cpu': '0' })], pod()), 'failed quota: q: must specify requests.cpu for: c')
  t.equal(create('pods', [account(hard, { pods: '0' })], half), 'status unknown for quota: q, resources: pods,requests.cpu')
  t.strictSame(create('pods', [account({}, {})], half), {}, 'nothing is enforced before there is a status')
  t.strictSame(create('secrets', [account(hard, {})], pod()), {}, 'it is about other kinds')
  const change = (id: string, object: KubeObject, old: KubeObject, used: Record<string, string>, limits: Record<string, string>, subresource = ''): unknown => {
    const verdict = charge(evaluatorOf(id)!, [account(limits, used)], { operation: 'UPDATE', subresource, object, old }, nowMs)
    return 'denied' in verdict ? verdict.denied : formatResourceList(verdict.used.get('q') ?? {})
  }
  const service = (type: string): KubeObject => ({ metadata: {}, spec: { type, ports: [{ port: 1 }] } }) as unknown as KubeObject
  const ports = { services: '1', 'services.nodeports': '1' }
  t.strictSame(change('services', service('NodePort'), service('ClusterIP'), { services: '1', 'services.nodeports': '0' }, ports), {
    services: '1',
    'services.nodeports': '1',
  })
  t.match(change('services', service('NodePort'), service('ClusterIP'), { services: '1', 'services.nodeports': '1' }, ports), /^exceeded quota: q/)
  t.strictSame(change('services', service('ClusterIP'), service('NodePort'), ports, ports), {}, 'less is given back by the controller')
  t.strictSame(change('pods', withResources({ requests: { cpu: '2' } }), half, { 'requests.cpu': '500m' }, { 'requests.cpu': '2' }, 'resize'), {
    'requests.cpu': '2',
  })
  t.strictSame(
    change('pods', withResources({ requests: { cpu: '9' } }), half, { 'requests.cpu': '500m' }, { 'requests.cpu': '2' }),
    {},
    'pods change by a resize only',
  )
  t.end()
})
