// Rules of core's kinds: what is laid over a sound object, and the faults that follow. One line a rule.
import t from 'tap'
import { endpoints } from '../../../../api/kinds/core/endpoints.ts'
import { nodes } from '../../../../api/kinds/core/node.ts'
import { persistentVolumeClaims } from '../../../../api/kinds/core/persistent-volume-claim.ts'
import { persistentVolumes } from '../../../../api/kinds/core/persistent-volume.ts'
import { pods } from '../../../../api/kinds/core/pod.ts'
import { services } from '../../../../api/kinds/core/service.ts'
import type { AnyResource } from '../../../../api/resource.ts'
import { endpointSlices } from '../../../../api/kinds/discovery/endpoint-slice.ts'
import { volumeAttachments } from '../../../../api/kinds/storage/volume-attachment.ts'
import { faultsOfChange, faultsOfNew, stored } from './judge.ts'

const container = { name: 'c', image: 'i' }

await t.test('status of a pod', t => {
  const claims = [{ name: 'gpu', resourceClaimName: 'claim' }]
  const spec = {
    containers: [
      { ...container, resources: { requests: { 'example.com/gpu': '1' }, limits: { 'example.com/gpu': '1' }, claims: [{ name: 'gpu', request: 'a' }] } },
    ],
    resourceClaims: claims,
  }
  const status = (change: object, os?: string): string[] => {
    const before = { spec: { ...spec, ...(os && { os: { name: os } }) }, status: {} }
    return faultsOfChange(pods, before, { ...before, status: change }, 'status')
  }
  const health = (allocated: object) => status({ containerStatuses: [{ name: 'c', allocatedResourcesStatus: [{ name: 'example.com/gpu', ...allocated }] }] })
  const extended = (...mappings: object[]) =>
    status({
      extendedResourceClaimStatus: {
        resourceClaimName: 'claim',
        requestMappings: mappings.map(m => ({ containerName: 'c', resourceName: 'example.com/gpu', requestName: 'r', ...m })),
      },
    })
  const of = 'status.extendedResourceClaimStatus'
  const at = 'status.containerStatuses[0]'
  const cases: readonly [string[], ...string[]][] = [
    [status({ containerStatuses: [{ name: 'c', user: { linux: { uid: 0, gid: 0, supplementalGroups: [1] } } }] })],
    [status({ containerStatuses: [{ name: 'c', user: { linux: { uid: -1, gid: 0 } } }] }), `${at}.linux.uid Invalid`],
    [
      status({ containerStatuses: [{ name: 'c', user: { linux: { uid: 0, gid: 0, supplementalGroups: [-1] } } }] }),
      `${at}.linux.supplementalGroups[0] Invalid`,
    ],
    [status({ containerStatuses: [{ name: 'c', user: { linux: { uid: 0, gid: 0 } } }] }, 'windows'), `${at}.linux Forbidden`],
    [health({ resources: [{ resourceID: 'a', health: 'Healthy' }] })],
    [health({ name: 'claim:gpu/a' })],
    [health({ name: 'other' }), `${at}.allocatedResourcesStatus[0].name Invalid`],
    [health({ resources: [{ resourceID: 'a', health: 'Fine' }] }), `${at}.allocatedResourcesStatus[0].resources[0].health NotSupported`],
    [
      health({
        resources: [
          { resourceID: 'a', health: 'Healthy' },
          { resourceID: 'a', health: 'Unknown' },
        ],
      }),
      `${at}.allocatedResourcesStatus[0].resources[1].resourceID Duplicate`,
    ],
    [
      status({ ephemeralContainerStatuses: [{ name: 'e', allocatedResourcesStatus: [{ name: 'cpu' }] }] }),
      'status.ephemeralContainerStatuses[0].allocatedResourcesStatus Forbidden',
    ],
    [status({ resourceClaimStatuses: [{ name: 'gpu', resourceClaimName: 'Bad_Name' }] }), 'status.resourceClaimStatuses[0].name Invalid'],
    [status({ conditions: [{ type: 'Ready', status: 'True', observedGeneration: -1 }] }), 'metadata.conditions[0].observedGeneration Invalid'],
    [status({ nominatedNodeName: 'Bad_Name' }), 'status.nominatedNodeName Invalid'],
    [extended({})],
    [extended({ resourceName: 'example.com/other' }), `${of}.requestMappings[0].resourceName Invalid`],
    [extended({ containerName: 'd' }), `${of}.requestMappings[0].containerName Invalid`],
    [extended({ requestName: 'Bad_Name' }), `${of}.requestName Invalid`],
    [
      extended({}, {}),
      `${of}.requestMappings[1].containerName Duplicate`,
      `${of}.requestMappings[1].requestName Duplicate`,
      `${of}.requestMappings[1].resourceName Duplicate`,
    ],
    [status({ extendedResourceClaimStatus: {} }), `${of}.requestMappings Required`, `${of}.resourceClaimName Required`],
  ]
  for (const [found, ...expected] of cases) t.same(found, expected)
  t.end()
})

await t.test('what has ended and starts again', t => {
  const start = (policy: string | undefined, exitCode: number, own: object = {}, name = 'c'): string[] => {
    const spec = { ...(policy && { restartPolicy: policy }), containers: [{ ...container, ...own }] }
    const seen = (state: object) => ({ spec, status: { containerStatuses: [{ name, image: '', imageID: '', ready: false, restartCount: 0, state }] } })
    return faultsOfChange(pods, seen({ terminated: { exitCode } }), seen({ running: {} }), 'status')
  }
  const rule = (operator: string, action = 'Restart') => ({ restartPolicy: 'Never', restartPolicyRules: [{ action, exitCodes: { operator, values: [42] } }] })
  const refused = ['status.containerStatuses[0].state Forbidden']
  t.same(start('Always', 0), [])
  t.same(start('Always', 0, { restartPolicy: 'Never' }), refused, "the container's own policy comes first")
  t.same(start('OnFailure', 1), [])
  t.same(start('OnFailure', 0), refused)
  t.same(start('Never', 1, { restartPolicy: 'Always' }), [])
  t.same(start('Never', 42, rule('In')), [])
  t.same(start('Never', 1, rule('In')), refused)
  t.same(start('Never', 1, rule('NotIn')), [])
  t.same(start('Never', 1, rule('In', 'RestartAllContainers')), [], 'it may be started with others')
  t.same(start('Always', 1, {}, 'unknown'), refused)
  t.end()
})

await t.test('a pod that has its node is nominated for none', t => {
  const at = (nominatedNodeName: string) => ({ spec: { nodeName: 'n', containers: [container] }, status: { nominatedNodeName } })
  t.same(faultsOfChange(pods, at(''), at('m'), 'status'), ['status.nominatedNodeName Forbidden'])
  t.same(faultsOfChange(pods, at('m'), at('m'), 'status'), [])
  t.end()
})

await t.test('the cost of a deletion', t => {
  const key = 'controller.kubernetes.io/pod-deletion-cost'
  const costing = (cost: string) => ({ metadata: { annotations: { [key]: cost } }, spec: { containers: [container] } })
  const wrong = [`metadata.annotations[${key}] Invalid`]
  for (const cost of ['0', '10', '-10', '-05', '-2147483648']) t.same(faultsOfNew(pods, costing(cost)), [], cost)
  for (const cost of ['', '+1', '05', '1.5', '2147483648', 'x']) t.same(faultsOfNew(pods, costing(cost)), wrong, cost)
  t.same(faultsOfChange(pods, costing('1'), costing('x')), [...wrong, ...wrong], 'upstream looks twice')
  t.same(faultsOfChange(pods, costing('y'), costing('x')), [], 'a wrong one may be stored already')
  t.end()
})

await t.test('addresses of a pod', t => {
  const having = (...ips: string[]) => ({ spec: { containers: [container] }, status: { podIPs: ips.map(ip => ({ ip })) } })
  t.same(faultsOfChange(pods, having(), having('10.0.0.1', 'fd00::1'), 'status'), [])
  t.same(faultsOfChange(pods, having(), having('10.0.0.1', '10.0.0.1'), 'status'), ['status.podIPs Invalid'])
  t.same(faultsOfChange(pods, having(), having('x'), 'status'), ['status.podIPs[0] Invalid'])
  t.same(faultsOfChange(pods, having('x'), having('x'), 'status'), [], 'a wrong one may be stored already')
  t.end()
})

await t.test('resizes', t => {
  const cpu = (amount: string) => ({ resources: { requests: { cpu: amount } } })
  const pod = (spec: object, more: object = {}) => ({ ...more, spec: { containers: [{ ...container, ...cpu('1') }], ...spec } })
  const init = (more: object) => pod({ initContainers: [{ name: 'i', image: 'i', ...more }] })
  const resize = (old: object, now: object): string[] => faultsOfChange(pods, old, now, 'resize')
  const sidecar = { restartPolicy: 'Always' }
  const restarts = { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }
  const claims = { resourceClaims: [{ name: 'gpu', resourceClaimName: 'g' }] }
  const claimant = (amount: string) => pod({ ...claims, containers: [{ ...container, resources: { requests: { cpu: amount }, claims: [{ name: 'gpu' }] } }] })
  const running = (resources?: object) => ({
    status: {
      containerStatuses: [{ name: 'c', image: 'c', imageID: '', ready: true, restartCount: 0, state: { running: {} }, ...(resources ? { resources } : {}) }],
    },
  })
  const whole = (amounts: object) => pod({ resources: { requests: amounts } })
  const cases: [string[], ...string[]][] = [
    [resize(init({ ...sidecar, ...cpu('1') }), init({ ...sidecar, ...cpu('2') }))],
    [resize(init(cpu('1')), init(cpu('2')))],
    [resize(init({ ...cpu('1'), ...restarts }), init({ ...cpu('2'), ...restarts })), 'spec.initContainers[0] Forbidden'],
    [resize(init(cpu('1')), init({})), 'spec.initContainers[0].resources.requests Forbidden'],
    [
      resize(
        pod({}),
        pod({
          containers: [
            { ...container, ...cpu('1') },
            { name: 'd', image: 'd' },
          ],
        }),
      ),
      'spec.containers Forbidden',
    ],
    [resize(pod({}), pod({ containers: [{ name: 'd', image: 'd', ...cpu('1') }] })), 'spec.containers[0].name Forbidden'],
    [resize(claimant('1'), claimant('2')), 'spec Forbidden'],
    [resize(pod({}, running({})), pod({ containers: [{ ...container, ...cpu('2') }] }))],
    [resize(pod({}, running()), pod({ containers: [{ ...container, ...cpu('2') }] })), 'spec Forbidden'],
    [resize(whole({ cpu: '2' }), whole({ cpu: '3' }))],
    [resize(whole({ cpu: '2' }), pod({})), 'spec.resources Forbidden'],
    [resize(whole({ cpu: '2', memory: '1Gi' }), whole({ cpu: '2' })), 'spec.resources.requests Forbidden'],
  ]
  for (const [found, ...expected] of cases) t.same(found, expected)
  t.end()
})

await t.test('volumes within an attachment', t => {
  const faults = (more: object) =>
    faultsOfNew(volumeAttachments, {
      metadata: { name: 'a' },
      spec: {
        attacher: 'x.example.com',
        nodeName: 'n',
        source: { inlineVolumeSpec: { accessModes: ['ReadWriteOnce'], csi: { driver: 'x.example.com', volumeHandle: 'v' }, ...more } },
      },
    })
  const at = 'spec.source.inlineVolumeSpec'
  t.same(faults({ persistentVolumeReclaimPolicy: 'Retain', volumeMode: 'Filesystem', storageClassName: '', volumeAttributesClassName: 'gold' }), [])
  t.same(faults({ persistentVolumeReclaimPolicy: 'Delete' }), [`${at}.persistentVolumeReclaimPolicy Forbidden`])
  t.same(faults({ volumeMode: 'Block' }), [`${at}.volumeMode Forbidden`])
  t.same(faults({ storageClassName: 'fast' }), [`${at}.storageClassName Forbidden`])
  t.same(faults({ volumeAttributesClassName: 'Bad_Name' }), [`${at}.volumeAttributesClassName Invalid`])
  t.same(faults({ capacity: { storage: '1Gi' }, claimRef: {}, nodeAffinity: {} }), [
    `${at}.capacity Forbidden`,
    `${at}.claimRef Forbidden`,
    `${at}.nodeAffinity Forbidden`,
  ])
  t.end()
})

await t.test('the older annotation of AppArmor fills the field', t => {
  const key = 'container.apparmor.security.beta.kubernetes.io/c'
  const profile = (annotation: string, more: object = {}): unknown => {
    const pod = stored(pods, { metadata: { annotations: { [key]: annotation } }, spec: { containers: [{ ...container, ...more }] } })
    pods.prepare?.(pod, undefined, { operation: 'create', nowMs: 0 })
    return pod.spec.containers[0].securityContext?.appArmorProfile
  }
  t.same(profile('localhost/a'), { type: 'Localhost', localhostProfile: 'a' })
  t.same(profile('runtime/default'), { type: 'RuntimeDefault' })
  t.same(profile('odd'), undefined)
  t.same(profile('unconfined', { securityContext: { appArmorProfile: { type: 'RuntimeDefault' } } }), { type: 'RuntimeDefault' }, 'the field comes first')
  t.end()
})

await t.test('the older annotations of nodes', t => {
  const node = (annotations: object): string[] => faultsOfNew(nodes, { metadata: { annotations }, spec: {} })
  const taints = 'scheduler.alpha.kubernetes.io/taints'
  const avoid = 'scheduler.alpha.kubernetes.io/preferAvoidPods'
  t.same(node({ [taints]: '[{"key":"a","effect":"NoSchedule"}]' }), [])
  t.same(node({ [taints]: '[{"key":"a","effect":"x"}]' }), [`metadata.annotations.${taints}[0].effect NotSupported`])
  for (const odd of ['x', '{}', '[5]', '[{"key":5}]']) t.same(node({ [taints]: odd }), ['metadata.annotations Invalid'], odd)
  t.match(node({ [taints]: '[null]' }), ['metadata.annotations.scheduler.alpha.kubernetes.io/taints[0].effect Required'])
  for (const odd of ['x', '{"preferAvoidPods":5}']) t.same(node({ [avoid]: odd }), ['metadata.annotations.AvoidPods Invalid'], odd)
  t.same(node({ [avoid]: '{"preferAvoidPods":[null]}' }), [`metadata.annotations.${avoid}[0].PodSignature Required`])
  t.same(node({ [avoid]: '{"preferAvoidPods":[{}]}' }), [`metadata.annotations.${avoid}[0].PodSignature Required`])
  t.end()
})

await t.test('cells', t => {
  const cell = (resource: AnyResource, name: string, given: object): unknown => resource.columns?.find(c => c.name === name)?.value(stored(resource, given), 0)
  const ingress = [{ ip: '10.0.0.2' }, { ip: '10.0.0.1' }, { ip: '10.0.0.2' }]
  t.equal(cell(services, 'External-IP', { spec: { type: 'LoadBalancer' }, status: { loadBalancer: { ingress } } }), '10.0.0.1,10.0.0.2')
  t.equal(cell(services, 'External-IP', { spec: { type: 'LoadBalancer', externalIPs: ['1.2.3.4'] } }), '1.2.3.4')
  t.equal(cell(persistentVolumes, 'Claim', { spec: { claimRef: { kind: 'PersistentVolumeClaim' } } }), '/')
  t.equal(cell(persistentVolumes, 'Claim', { spec: {} }), '')
  t.equal(cell(endpoints, 'Endpoints', {}), '<none>')
  t.equal(cell(endpoints, 'Endpoints', { subsets: [{ notReadyAddresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] }), '')
  t.end()
})

await t.test('older names of selectable fields', t => {
  const pod = stored(pods, { spec: { nodeName: 'n', containers: [container] } })
  t.equal(pods.selectableFields?.['spec.host']?.(pod), 'n')
  t.equal(pods.selectableFields?.['status.podIPs']?.(pod), '')
  t.end()
})

await t.test('claims', t => {
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
  const status = (change: object): string[] => faultsOfChange(persistentVolumeClaims, { spec }, { spec, status: change }, 'status')
  const cases: readonly [string[], ...string[]][] = [
    [status({ allocatedResources: { storage: '2Gi', 'example.com/x': '1' }, allocatedResourceStatuses: { storage: 'NodeResizePending' } })],
    [status({ allocatedResources: { cpu: '1' } }), 'status.allocatedResources NotSupported'],
    [status({ allocatedResources: { storage: '-1' } }), 'status.allocatedResources[storage] Invalid'],
    [status({ allocatedResourceStatuses: { storage: 'Odd' } }), 'status.allocatedResourceStatus NotSupported'],
    [status({ allocatedResourceStatuses: { 'kubernetes.io/x': 'NodeResizePending' } }), 'status.allocatedResourceStatus NotSupported'],
    [faultsOfNew(persistentVolumeClaims, { spec: { ...spec, dataSource: { kind: 'Pod', name: 'p' } } })],
    [
      faultsOfNew(persistentVolumeClaims, { spec: { ...spec, dataSourceRef: { kind: 'Pod', name: 'p' } } }),
      'spec.dataSource Invalid',
      'spec.dataSourceRef Invalid',
    ],
  ]
  for (const [found, ...expected] of cases) t.same(found, expected)
  const prepared = (dataSource: object): unknown => {
    const claim = stored(persistentVolumeClaims, { spec: { ...spec, dataSource } })
    persistentVolumeClaims.prepare?.(claim, undefined, { operation: 'create', nowMs: 0 })
    return claim.spec.dataSourceRef
  }
  t.same(prepared({ kind: 'Pod', name: 'p' }), undefined, 'what never counted is dropped')
  t.match(prepared({ kind: 'PersistentVolumeClaim', name: 'c' }), { kind: 'PersistentVolumeClaim', name: 'c' })
  t.end()
})

await t.test('what is not taken', t => {
  const update = (resource: AnyResource, before: object, after: object, subresource?: string): any => {
    const [old, object] = [stored(resource, before), stored(resource, after)]
    resource.prepare?.(object, old, { operation: 'update', nowMs: 0, ...(subresource && { subresource }) })
    return object
  }
  const owner = { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u' }] }
  const spec = { containers: [container] }
  t.match(update(pods, { metadata: owner, spec }, { spec }, 'status').metadata, owner, 'owners, with the status of a pod')
  const time = '2026-01-01T00:00:01Z'
  const volume = (status: object) => update(persistentVolumes, { spec: {}, status: { phase: 'Available' } }, { spec: {}, status }, 'status').status
  t.equal(volume({ phase: 'Bound', lastPhaseTransitionTime: time }).lastPhaseTransitionTime, time)
  t.equal(volume({ phase: 'Bound' }).lastPhaseTransitionTime, '1970-01-01T00:00:00Z')
  const slice = (endpoint: object) => ({ addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'], ...endpoint }] })
  const topology = { deprecatedTopology: { 'kubernetes.io/hostname': 'n', zone: 'z' } }
  const created = stored(endpointSlices, slice(topology))
  endpointSlices.prepare?.(created, undefined, { operation: 'create', nowMs: 0 })
  t.same(Object.keys(created.endpoints[0]).sort(), ['addresses', 'conditions'])
  const [moved] = update(endpointSlices, slice(topology), slice({ ...topology, hostname: 'h' })).endpoints
  t.match(moved, { nodeName: 'n', deprecatedTopology: undefined })
  t.match(update(endpointSlices, slice(topology), slice(topology)).endpoints[0], topology, 'where nothing else changes')
  t.end()
})

await t.test('tolerations in an annotation', t => {
  const key = 'scheduler.alpha.kubernetes.io/tolerations'
  const pod = (text: string): string[] => faultsOfNew(pods, { metadata: { annotations: { [key]: text } }, spec: { containers: [container] } })
  t.same(pod('[{"key":"a","operator":"Exists","effect":"NoExecute","tolerationSeconds":5}]'), [])
  t.same(pod('[null]'), [`metadata.annotations.${key}[0].operator Invalid`])
  for (const odd of ['x', '{}', '[5]', '[{"key":5}]']) t.same(pod(odd), ['metadata.annotations Invalid'], odd)
  t.end()
})
