import t from 'tap'
import { toPodStatus } from '../../../../agent/pod-status/pod-status.ts'
import { container, exited, main, now, sandbox, seen, want } from '../scenes.ts'

const host = { ips: ['192.0.2.1'] }
const condition = (status: ReturnType<typeof toPodStatus>, type: string) => status.conditions?.find(c => c.type === type)

await t.test('a pod that is being made is Pending and says what it waits for', async t => {
  const status = toPodStatus(want(), seen(), host, undefined, now)
  t.match(status, {
    phase: 'Pending',
    hostIP: '192.0.2.1',
    qosClass: 'BestEffort',
    observedGeneration: 1,
    startTime: '2026-01-01T00:00:00Z',
    containerStatuses: [{ ready: false, started: false, state: { waiting: { reason: 'ContainerCreating' } } }],
  })
  t.match(condition(status, 'ContainersReady'), {
    status: 'False',
    reason: 'ContainersNotReady',
    message: 'containers with unready status: [main]',
    observedGeneration: 1,
  })
  t.equal(status.podIP, undefined)
  const init = toPodStatus(want({ initContainers: [{ name: 'i', image: 'web:1' }] }), seen({ sandboxes: [sandbox()] }), host, undefined, now)
  t.match(init.containerStatuses, [{ state: { waiting: { reason: 'PodInitializing' } } }])
  t.match(condition(init, 'Initialized'), { status: 'False', message: 'containers with incomplete status: [i]' })
})

await t.test('transition times stay while a condition does', async t => {
  const running = seen({ sandboxes: [sandbox()], containers: [container()] })
  const first = toPodStatus(want(), running, host, undefined, now)
  t.match(first, { phase: 'Running', podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.2' }] })
  t.equal(condition(first, 'Ready')?.status, 'True')
  const second = toPodStatus(want(), running, host, first, now + 60_000)
  t.same(second, first)
  const unready = toPodStatus(
    want({ containers: [{ ...main, readinessProbe: {} }] }),
    { ...running, probes: { 'main-0': { started: true, ready: false } } },
    host,
    first,
    now + 60_000,
  )
  t.equal(condition(unready, 'Ready')?.lastTransitionTime, '2026-01-01T00:01:00Z')
  t.equal(condition(unready, 'Initialized')?.lastTransitionTime, '2026-01-01T00:00:00Z')
})

await t.test('a crash is waited out: CrashLoopBackOff with the end in lastState', async t => {
  const status = toPodStatus(
    want(),
    seen({ sandboxes: [sandbox()], containers: [exited(3, { attempt: 1, message: 'oh' })], backoffs: { main: { delayMs: 20_000, updatedMs: now } } }),
    host,
    undefined,
    now,
  )
  t.match(status, {
    phase: 'Running',
    containerStatuses: [
      {
        restartCount: 1,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 20s restarting failed container=main pod=p_default(u1)' } },
        lastState: { terminated: { exitCode: 3, message: 'oh', reason: 'Error' } },
      },
    ],
  })
})

await t.test('phases of pods that end', async t => {
  const end = (code: number, restartPolicy: string) =>
    toPodStatus(want({ restartPolicy }), seen({ sandboxes: [sandbox({ ready: false })], containers: [exited(code)] }), host, undefined, now)
  t.equal(end(0, 'Never').phase, 'Succeeded')
  t.equal(end(1, 'Never').phase, 'Failed')
  t.equal(end(0, 'OnFailure').phase, 'Succeeded')
  t.equal(end(1, 'OnFailure').phase, 'Running')
  t.match(condition(end(0, 'Never'), 'Ready'), { status: 'False', reason: 'PodCompleted' })
  const kept = toPodStatus(want({ restartPolicy: 'Never' }, { termination: { why: 'completed', graceSeconds: 1 } }), seen(), host, end(1, 'Never'), now)
  t.match(kept, { phase: 'Failed', containerStatuses: [{ state: { terminated: { exitCode: 1 } } }] }, 'records that are gone change nothing')
  const deleted = toPodStatus(
    want({}, { remove: true, termination: { why: 'deleted', graceSeconds: 1 } }),
    seen({ containers: [exited(137)] }),
    host,
    undefined,
    now,
  )
  t.equal(deleted.phase, 'Failed')
})

await t.test('readiness gates', async t => {
  const gated = want({ readinessGates: [{ conditionType: 'example.com/ok' }] })
  const running = seen({ sandboxes: [sandbox()], containers: [container()] })
  t.match(condition(toPodStatus(gated, running, host, undefined, now), 'Ready'), { status: 'False', reason: 'ReadinessGatesNotReady' })
  gated.pod.status = { conditions: [{ type: 'example.com/ok', status: 'True' }] }
  t.equal(condition(toPodStatus(gated, running, host, undefined, now), 'Ready')?.status, 'True')
})

await t.test('a pod that the node refused', async t => {
  t.match(toPodStatus(want({}, { termination: { why: 'rejected', graceSeconds: 0, reason: 'OutOfcpu', message: 'm' } }), seen(), host, undefined, now), {
    phase: 'Failed',
    reason: 'OutOfcpu',
    message: 'm',
    containerStatuses: undefined,
  })
})
