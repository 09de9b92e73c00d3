import t from 'tap'
import { plan } from '../../../../agent/plan/plan.ts'
import { isResized, withResourcesOf, withShownResources } from '../../../../agent/plan/resize.ts'
import { toPodStatus } from '../../../../agent/pod-status/pod-status.ts'
import { container, main, now, podOf, sandbox, seen, want } from '../scenes.ts'

const sized = (cpu: string, memory = '16Mi', policy?: string) => ({
  ...main,
  resources: { requests: { cpu, memory }, limits: { memory } },
  resizePolicy: [
    { resourceName: 'cpu', restartPolicy: 'NotRequired' },
    { resourceName: 'memory', restartPolicy: policy ?? 'NotRequired' },
  ],
})
const running = container()
const scene = (given: object, more: object = {}) => seen({ sandboxes: [sandbox()], containers: [running], given: { [running.id]: given }, ...more })
const given = { requests: { cpu: '100m', memory: '16Mi' }, limits: { memory: '16Mi' } }
const conditionsOf = (spec: Parameters<typeof want>[0], s: ReturnType<typeof scene>, more: Parameters<typeof want>[1] = {}) =>
  toPodStatus(want(spec, more), s, { ips: [] }, undefined, now).conditions?.filter(c => c.type.startsWith('PodResize'))

await t.test('what runs with other resources than it should is resized in place, or restarted where its policy says so', async t => {
  t.same(plan(want({ containers: [sized('0.1')] }), scene(given), now).actions, [], 'the same amount written otherwise')
  t.same(plan(want({ containers: [sized('200m')] }), scene(given), now).actions, [{ do: 'resizeContainer', id: running.id, container: 'main' }])
  t.match(plan(want({ containers: [sized('100m', '32Mi', 'RestartContainer')] }), scene(given), now).actions, [
    { do: 'killContainer', id: running.id, message: 'Container main resize requires restart' },
  ])
  t.same(
    plan(want({ containers: [sized('200m', '16Mi', 'RestartContainer')] }), scene(given), now).actions,
    [{ do: 'resizeContainer', id: running.id, container: 'main' }],
    'what changed decides',
  )
  const failed = scene(given, { resizeFailures: { [running.id]: { message: 'no', retryAtMs: now + 5000 } } })
  t.same(plan(want({ containers: [sized('200m')] }), failed, now), { actions: [], wakeAtMs: now + 5000 })
})

await t.test('conditions and container status show how far it is', async t => {
  const spec = { containers: [sized('200m')] }
  t.same(conditionsOf({ containers: [sized('100m')] }, scene(given)), [])
  t.match(conditionsOf(spec, scene(given)), [{ type: 'PodResizeInProgress', status: 'True' }])
  const failed = scene(given, { resizeFailures: { [running.id]: { message: 'no', retryAtMs: 0 } } })
  t.match(conditionsOf(spec, failed), [{ type: 'PodResizeInProgress', status: 'True', reason: 'Error', message: 'no' }])
  t.match(conditionsOf({ containers: [sized('100m')] }, scene(given), { pendingResize: { reason: 'Deferred', message: 'wait' } }), [
    { type: 'PodResizePending', status: 'True', reason: 'Deferred', message: 'wait' },
  ])
  const status = toPodStatus(want(spec), scene(given), { ips: [] }, undefined, now)
  t.match(status.containerStatuses, [{ allocatedResources: { cpu: '200m' }, resources: given }])
})

await t.test('a pod keeps what it was allowed', async t => {
  const [before, after] = [podOf({ containers: [sized('100m')] }), podOf({ containers: [{ ...sized('5'), image: 'web:2' }] })]
  t.ok(isResized(after, before))
  const kept = withResourcesOf(after, before)
  t.match(kept.spec.containers[0], { image: 'web:2', resources: { requests: { cpu: '100m' } } })
  t.notOk(isResized(kept, before))
  const shown = {
    ...after,
    status: {
      containerStatuses: [
        { name: 'main', image: '', imageID: '', ready: true, restartCount: 0, allocatedResources: { cpu: '100m', memory: '16Mi' }, resources: given },
      ],
    },
  }
  t.match(withShownResources(shown).spec.containers[0]?.resources, given)
})
