// The defaults and bounds of a LimitRange.
import t from 'tap'
import type { LimitRange, LimitRangeItem, PersistentVolumeClaim, Pod } from '../../../../api/types/core-v1.ts'
import { applyContainerDefaults, checkClaimLimits, checkPodLimits } from '../../../../apiserver/admission/limit-range.ts'

const range = (...limits: LimitRangeItem[]): LimitRange => ({ kind: '', apiVersion: '', metadata: { name: 'r' }, spec: { limits } })
const pod = (resources?: object, more: object = {}): Pod =>
  ({ kind: '', apiVersion: '', metadata: {}, spec: { containers: [{ name: 'c', ...(resources && { resources }) }], ...more } }) as unknown as Pod

await t.test('defaults', t => {
  const limits = range({ type: 'Container', default: { cpu: '2' }, defaultRequest: { cpu: '1', memory: '1Gi' } })
  const bare = pod(undefined, { initContainers: [{ name: 'i', resources: { requests: { cpu: '3' } } }] })
  applyContainerDefaults(bare, limits)
  t.strictSame(bare.spec.containers[0]?.resources, { limits: { cpu: '2' }, requests: { cpu: '1', memory: '1Gi' } })
  t.strictSame(bare.spec.initContainers?.[0]?.resources, { limits: { cpu: '2' }, requests: { cpu: '3', memory: '1Gi' } })
  t.strictSame(bare.metadata.annotations, {
    'kubernetes.io/limit-ranger':
      'LimitRanger plugin set: cpu, memory request for container c; cpu limit for container c; memory request for init container i; cpu limit for init container i',
  })
  const whole = pod({ limits: { cpu: '1' }, requests: { cpu: '1', memory: '1' } })
  applyContainerDefaults(whole, limits)
  t.equal(whole.metadata.annotations, undefined, 'nothing was missing')
  const none = { kind: '', apiVersion: '', metadata: {}, spec: { containers: null } } as unknown as Pod
  t.doesNotThrow(() => applyContainerDefaults(none, limits), 'what is not validated yet')
  t.end()
})

await t.test('bounds of containers and pods', t => {
  const check = (item: Partial<LimitRangeItem>, p: Pod, type = 'Container'): string[] => checkPodLimits(p, range({ type, ...item }))
  const one = pod({ requests: { cpu: '100m' }, limits: { cpu: '400m' } })
  t.strictSame(check({ min: { cpu: '200m' } }, one), ['minimum cpu usage per Container is 200m, but request is 100m'])
  t.strictSame(check({ min: { cpu: '500m' } }, pod({ requests: { cpu: '1' }, limits: { cpu: '400m' } })), [
    'minimum cpu usage per Container is 500m, but limit is 400m',
  ])
  t.strictSame(check({ min: { memory: '1' } }, one), ['minimum memory usage per Container is 1.  No request is specified'])
  t.strictSame(check({ max: { cpu: '300m' } }, one), ['maximum cpu usage per Container is 300m, but limit is 400m'])
  t.strictSame(check({ max: { memory: '1' } }, one), ['maximum memory usage per Container is 1.  No limit is specified'])
  t.strictSame(check({ maxLimitRequestRatio: { cpu: '3' } }, one), ['cpu max limit to request ratio per Container is 3, but provided ratio is 4.000000'])
  t.strictSame(check({ maxLimitRequestRatio: { cpu: '4' } }, one), [])
  t.strictSame(check({ maxLimitRequestRatio: { memory: '4' } }, one), [
    'memory max limit to request ratio per Container is 4, but no request is specified or request is 0',
  ])
  t.strictSame(check({ min: { cpu: '50m' }, max: { cpu: '1' } }, one), [])
  const two = pod(undefined, {
    containers: [
      { name: 'a', resources: { limits: { cpu: '1' } } },
      { name: 'b', resources: { limits: { cpu: '2' } } },
    ],
    overhead: { cpu: '9' },
  })
  t.strictSame(
    check({ max: { cpu: '2' } }, two, 'Pod'),
    ['maximum cpu usage per Pod is 2, but limit is 3'],
    'a pod is its containers together, without the overhead',
  )
  t.strictSame(check({ max: { cpu: '2' } }, two), [], 'each of them is within')
  t.strictSame(check({ max: { cpu: '5' } }, pod(undefined, { ...two.spec, resources: { limits: { cpu: '6' } } }), 'Pod'), [
    'maximum cpu usage per Pod is 5, but limit is 6',
  ])
  t.end()
})

await t.test('bounds of claims', t => {
  const claim = (storage?: string): PersistentVolumeClaim =>
    ({ metadata: {}, spec: { resources: { requests: storage ? { storage } : {} } } }) as unknown as PersistentVolumeClaim
  const bounds = range({ type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '5Gi' } }, { type: 'Container', max: { storage: '1' } })
  t.strictSame(checkClaimLimits(claim('500Mi'), bounds), ['minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 500Mi'])
  t.strictSame(checkClaimLimits(claim('6Gi'), bounds), ['maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi'])
  t.strictSame(checkClaimLimits(claim('5Gi'), bounds), [])
  t.equal(checkClaimLimits(claim(), bounds).length, 2)
  t.end()
})
