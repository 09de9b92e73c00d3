// Rules of dynamic resource allocation, as tables: one field changed, the faults that follow.
import t from 'tap'
import { resourceClaims } from '../../../../api/kinds/resource/resource-claim.ts'
import { resourceSlices } from '../../../../api/kinds/resource/resource-slice.ts'
import type { ResourceClaim, ResourceSlice } from '../../../../api/types/resource-v1.ts'

const context = { operation: 'create', nowMs: 0 } as const
const faults = (errors: readonly { field: string; reason: string }[] | undefined): string[] =>
  (errors ?? []).map(e => `${e.field} ${e.reason.replace('FieldValue', '')}`).sort()

const claim = (devices: unknown, status?: unknown): ResourceClaim => {
  const made = { kind: 'ResourceClaim', apiVersion: 'resource.k8s.io/v1', metadata: { name: 'c', namespace: 'x' }, spec: { devices }, status }
  resourceClaims.default?.(made as unknown as ResourceClaim)
  return made as unknown as ResourceClaim
}
const gpu = { name: 'r', exactly: { deviceClassName: 'gpu' } }
const either = {
  name: 'r',
  firstAvailable: [
    { name: 'a', deviceClassName: 'big' },
    { name: 'b', deviceClassName: 'small', allocationMode: 'All' },
  ],
}

await t.test('what a claim asks for', async t => {
  const cases: readonly [string, unknown, string[]][] = [
    ['one device of a class', { requests: [gpu] }, []],
    ['alternatives, named by constraints', { requests: [either], constraints: [{ requests: ['r/a', 'r'], matchAttribute: 'example.com/numa' }] }, []],
    ['neither exactly nor alternatives', { requests: [{ name: 'r' }] }, ['spec.devices.requests[0] Required']],
    ['both', { requests: [{ ...gpu, ...either }] }, ['spec.devices.requests[0] Invalid']],
    ['two of one name', { requests: [gpu, gpu] }, ['spec.devices.requests[1] Duplicate']],
    [
      'a count with All',
      { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu', allocationMode: 'All', count: 2 } }] },
      ['spec.devices.requests[0].exactly.count Invalid'],
    ],
    [
      'an alternative that is not there',
      { requests: [either], config: [{ requests: ['r/z'], opaque: { driver: 'd', parameters: {} } }] },
      ['spec.devices.config[0].requests[0] Invalid'],
    ],
    ['a constraint without attribute', { requests: [gpu], constraints: [{}] }, ['spec.devices.constraints[0] Required']],
    [
      'an attribute without domain',
      { requests: [gpu], constraints: [{ distinctAttribute: 'numa' }] },
      ['spec.devices.constraints[0].distinctAttribute Invalid'],
    ],
    [
      'parameters that are no object',
      { requests: [gpu], config: [{ opaque: { driver: 'd', parameters: [] } }] },
      ['spec.devices.config[0].opaque.parameters Invalid'],
    ],
    ['33 requests', { requests: Array.from({ length: 33 }, (_, i) => ({ ...gpu, name: `r${i}` })) }, ['spec.devices.requests TooMany']],
    [
      'a toleration by existence with a value',
      { requests: [{ name: 'r', exactly: { deviceClassName: 'gpu', tolerations: [{ operator: 'Exists', value: 'v' }] } }] },
      ['spec.devices.requests[0].exactly.tolerations[0].value Invalid'],
    ],
  ]
  for (const [what, devices, expected] of cases) t.same(faults(resourceClaims.validate?.(claim(devices), undefined, context)), expected, what)
})

await t.test('expressions that select devices', async t => {
  const judge = (expression: string): string[] =>
    faults(
      resourceClaims.validate?.(
        claim({ requests: [{ name: 'r', exactly: { deviceClassName: 'gpu', selectors: [{ cel: { expression } }] } }] }),
        undefined,
        context,
      ),
    )
  const at = 'spec.devices.requests[0].exactly.selectors[0].cel.expression'
  t.same(judge('device.driver == "d" && device.attributes["example.com"].memory.isGreaterThan(quantity("1Gi"))'), [])
  t.same(judge('cel.bind(d, device.capacity["x.y"], "memory" in d)'), [])
  t.same(judge('device.attributes'), [`${at} Invalid`], 'must be a condition')
  t.same(judge('device.color == "red"'), [`${at} Invalid`], 'no such field')
  t.same(judge('a'.repeat(10_241)), [`${at} TooLong`])
})

await t.test('a claim never changes; its allocation is written once', async t => {
  const stored = claim({ requests: [gpu] })
  const update = { operation: 'update', nowMs: 0 } as const
  t.same(faults(resourceClaims.validate?.(claim({ requests: [gpu] }), stored, update)), [])
  t.same(faults(resourceClaims.validate?.(claim({ requests: [either] }), stored, update)), ['spec Invalid'])
  const result = { request: 'r', driver: 'd', pool: 'p', device: 'gpu-0' }
  const write = (status: unknown, before?: unknown): string[] =>
    faults(resourceClaims.validate?.(claim({ requests: [gpu] }, status), claim({ requests: [gpu] }, before), { ...update, subresource: 'status' }))
  const allocation = { devices: { results: [result] } }
  t.same(write({ allocation, reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }] }), [])
  t.same(write({ reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }] }), ['status.reservedFor Forbidden'])
  t.same(write({ allocation: { devices: { results: [{ ...result, request: 'q' }] } } }), ['status.allocation.devices.results[0].request Invalid'])
  t.same(write({ allocation: { devices: { results: [] } } }, { allocation }), ['status.allocation Invalid'])
  t.same(write({ allocation, devices: [{ driver: 'd', pool: 'p', device: 'gpu-0' }] }), [])
  t.same(write({ allocation, devices: [{ driver: 'd', pool: 'p', device: 'gpu-1' }] }), ['status.devices[0] Invalid'])
  t.same(write({ allocation, devices: [{ driver: 'd', pool: 'p', device: 'gpu-0', networkData: { ips: ['10.0.0.1', '10.0.0.2/24'] } }] }), [
    'status.devices[0].networkData.ips[0] Invalid',
  ])
})

await t.test('what a slice offers', async t => {
  const judge = (change: object): string[] =>
    faults(
      resourceSlices.validate?.(
        {
          metadata: { name: 's' },
          spec: { driver: 'd', nodeName: 'n', pool: { name: 'p', generation: 1, resourceSliceCount: 1 }, ...change },
        } as ResourceSlice,
        undefined,
        context,
      ),
    )
  const capacity = (policy: object): object => ({
    devices: [{ name: 'd', allowMultipleAllocations: true, capacity: { memory: { value: '10Gi', requestPolicy: policy } } }],
  })
  const policyAt = 'spec.devices[0].capacity[memory].requestPolicy'
  const cases: readonly [string, object, string[]][] = [
    ['a plain slice', { devices: [{ name: 'd', attributes: { numa: { int: 0 } } }] }, []],
    ['nowhere', { nodeName: undefined }, ['spec Required']],
    ['in two places', { allNodes: true }, ['spec Invalid']],
    ['a device with a place of its own', { devices: [{ name: 'd', nodeName: 'n' }] }, ['spec.devices[0] Invalid']],
    ['an attribute with two values', { devices: [{ name: 'd', attributes: { a: { int: 1, bool: true } } }] }, ['spec.devices[0].attributes[a] Invalid']],
    ['an odd version', { devices: [{ name: 'd', attributes: { a: { version: '1.0' } } }] }, ['spec.devices[0].attributes[a].version Invalid']],
    ['counters without a value', { sharedCounters: [{ name: 'c' }] }, ['spec.sharedCounters[0].counters Required']],
    ['conditions of failure alone', { devices: [{ name: 'd', bindingFailureConditions: ['f'] }] }, ['spec.devices[0].bindingConditions Invalid']],
    ['a shared capacity by values', capacity({ default: '1Gi', validValues: ['1Gi', '2Gi'] }), []],
    [
      'values in disorder, without the default',
      capacity({ default: '3Gi', validValues: ['2Gi', '1Gi'] }),
      [`${policyAt}.validValues Invalid`, `${policyAt}.validValues[1] Invalid`],
    ],
    ['a range without default', capacity({ validRange: { min: '1Gi' } }), [`${policyAt}.default Required`]],
    ['a default between the steps', capacity({ default: '3Gi', validRange: { min: '2Gi', step: '2Gi' } }), [`${policyAt}.validRange.step Invalid`]],
  ]
  for (const [what, change, expected] of cases) t.same(judge(change), expected, what)
})
