import t from 'tap'
import { toNodeEvents } from '../../../../agent/node/node-events.ts'
import { toStatusEvents } from '../../../../agent/pods/status-events.ts'
import type { PodStatus } from '../../../../api/types/core-v1.ts'
import { podOf } from '../scenes.ts'

const waiting = (reason?: string): PodStatus => ({
  containerStatuses: [{ name: 'main', image: '', imageID: '', ready: false, restartCount: 1, state: reason ? { waiting: { reason } } : { running: {} } }],
})

await t.test('a container that is held back is told of once', async t => {
  const events = toStatusEvents(podOf(), waiting(), waiting('CrashLoopBackOff'))
  t.same(events, [{ type: 'Warning', reason: 'BackOff', message: 'Back-off restarting failed container main in pod p_default(u1)', container: 'main' }])
  t.same(toStatusEvents(podOf(), waiting('CrashLoopBackOff'), waiting('CrashLoopBackOff')), [])
  t.same(toStatusEvents(podOf(), undefined, waiting('ContainerCreating')), [])
})

await t.test('why a pod was refused or ended', async t => {
  const refused = { phase: 'Failed', reason: 'OutOfcpu', message: 'Pod was rejected: no room' }
  t.same(toStatusEvents(podOf(), undefined, refused), [{ type: 'Warning', reason: 'OutOfcpu', message: 'no room' }])
  t.same(toStatusEvents(podOf(), refused, refused), [])
  t.match(toStatusEvents(podOf(), { phase: 'Running' }, { phase: 'Failed', reason: 'DeadlineExceeded', message: 'late' }), [{ type: 'Normal' }])
})

await t.test('what becomes of a node', async t => {
  const all = (ready: string, memory = 'False') => [
    { type: 'MemoryPressure', status: memory },
    { type: 'DiskPressure', status: 'False' },
    { type: 'PIDPressure', status: 'False' },
    { type: 'Ready', status: ready },
  ]
  t.same(toNodeEvents([], all('False')), ['NodeHasSufficientMemory', 'NodeHasNoDiskPressure', 'NodeHasSufficientPID'])
  t.same(toNodeEvents(all('False'), all('True')), ['NodeReady'])
  t.same(toNodeEvents(all('True'), all('False', 'True')), ['NodeHasInsufficientMemory', 'NodeNotReady'])
  t.same(toNodeEvents(all('Unknown'), all('True')), ['NodeReady'])
  t.same(toNodeEvents(all('True'), all('True')), [])
})
