import t from 'tap'
import type { Event, Node, Pod } from '../../../api/types/core-v1.ts'
import { toEventLine, toNodeLine, toPodLine, toPodState } from '../../../cli/view/lines.ts'

const pod = (status: object, more: object = {}): Pod =>
  ({ kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p', namespace: 'd', ...more }, spec: { nodeName: 'n', containers: [] }, status }) as unknown as Pod
const ready = {
  phase: 'Running',
  podIP: '10.42.0.7',
  conditions: [{ type: 'Ready', status: 'True' }],
  containerStatuses: [{ restartCount: 0, state: { running: {} } }],
}

await t.test('states of a pod', async t => {
  t.equal(toPodState({ ...pod({}), spec: { containers: [] } } as unknown as Pod), 'waiting for a node')
  t.equal(toPodState(pod({ phase: 'Pending', containerStatuses: [{ restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } }] })), 'starting')
  t.equal(toPodState(pod({ phase: 'Pending', containerStatuses: [{ restartCount: 0, state: { waiting: { reason: 'ErrImagePull' } } }] })), 'ErrImagePull')
  t.equal(toPodState(pod({ phase: 'Running', containerStatuses: [] })), 'Running')
  t.equal(toPodState(pod(ready)), 'Ready')
  t.equal(toPodState(pod(ready, { deletionTimestamp: '2026-01-01T00:00:00Z' })), 'Terminating')
  t.equal(toPodState(pod({ phase: 'Succeeded' })), 'Succeeded')
})

await t.test('a line only where something changed', async t => {
  t.equal(toPodLine(pod(ready)), 'pod    d/p  Ready at 10.42.0.7')
  t.equal(toPodLine(pod(ready), pod({ phase: 'Pending' })), 'pod    d/p  starting → Ready at 10.42.0.7')
  t.equal(toPodLine(pod(ready), pod(ready)), undefined)
  t.equal(
    toPodLine(pod({ ...ready, containerStatuses: [{ restartCount: 2, state: {} }] }), pod({ ...ready, containerStatuses: [{ restartCount: 1, state: {} }] })),
    'pod    d/p  Ready at 10.42.0.7 (restarted, 2 in all)',
  )
})

await t.test('nodes say why they are not Ready', async t => {
  const node = (status: string, message: string): Node =>
    ({ metadata: { name: 'n' }, status: { conditions: [{ type: 'Ready', status, message }] } }) as unknown as Node
  t.equal(toNodeLine(node('False', 'no network'), node('True', '')), 'node   n  NotReady: no network')
  t.equal(toNodeLine(node('True', 'a'), node('True', 'b')), undefined)
})

await t.test('warnings are shown, and again when they count up', async t => {
  const event = (more: object): Event =>
    ({ involvedObject: { kind: 'Pod', namespace: 'd', name: 'p' }, reason: 'BackOff', message: 'Back-off\nmore', type: 'Warning', ...more }) as unknown as Event
  t.equal(toEventLine(event({})), 'WARN   d/p  BackOff: Back-off')
  t.equal(toEventLine(event({ count: 3 }), event({ count: 2 })), 'WARN   d/p  BackOff: Back-off (3 times)')
  t.equal(toEventLine(event({ count: 3 }), event({ count: 3 })), undefined)
  t.equal(toEventLine(event({ type: 'Normal' })), undefined, 'the pod line says it')
})
