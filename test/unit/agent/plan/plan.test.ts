import t from 'tap'
import { plan } from '../../../../agent/plan/plan.ts'
import { container, exited, main, now, present, sandbox, seen, want } from '../scenes.ts'

const does = (...args: Parameters<typeof plan>): string[] =>
  plan(...args).actions.map(a => `${a.do} ${'container' in a ? a.container : 'id' in a ? a.id : ''}`.trim())
const side = { name: 'side', image: 'web:1', restartPolicy: 'Always' }
const init = { name: 'init', image: 'web:1' }

await t.test('a new pod: volumes and image while the sandbox starts, then the container', async t => {
  t.same(does(want(), seen({ volumes: { state: 'unknown' } }), now), ['prepareVolumes', 'ensureImage main', 'runSandbox'])
  t.same(does(want(), seen({ volumes: { state: 'preparing' }, sandboxes: [sandbox()], images: { main: present() } }), now), [])
  t.same(does(want(), seen({ sandboxes: [sandbox()], images: { main: present() } }), now), ['startContainer main'])
  t.same(does(want(), seen({ sandboxes: [sandbox()], images: { main: present() }, containers: [container()] }), now), [])
})

await t.test('a sandbox that could not be made is tried again when its time has come', async t => {
  const failure = { attempt: 0, reason: 'x', message: 'x', retryAtMs: now + 500 }
  t.same(plan(want(), seen({ sandboxFailure: failure, images: { main: present() } }), now), { actions: [], wakeAtMs: now + 500 })
  t.same(does(want(), seen({ sandboxFailure: { ...failure, retryAtMs: now }, images: { main: present() } }), now), ['runSandbox'])
})

await t.test('restarts: the first at once, the next after its back-off', async t => {
  const scene = seen({ sandboxes: [sandbox()], containers: [exited(1)], images: { main: present(1) } })
  const [start] = plan(want(), scene, now).actions
  t.match(start, { do: 'startContainer', attempt: 1, backoff: { delayMs: 10_000, updatedMs: now } })
  const held = plan(want(), { ...scene, backoffs: { main: { delayMs: 10_000, updatedMs: now - 5000 } } }, now)
  t.same(held, { actions: [], wakeAtMs: now - 1000 + 10_000 })
  const later = plan(want(), { ...scene, backoffs: { main: { delayMs: 10_000, updatedMs: now - 5000 } } }, now + 9000)
  t.match(later.actions[0], { do: 'startContainer', backoff: { delayMs: 20_000 } })
  t.match(
    plan(want(), { ...scene, backoffs: { main: { delayMs: 300_000, updatedMs: now - 700_000 } } }, now).actions[0],
    { backoff: { delayMs: 10_000 } },
    'forgotten after ten minutes',
  )
})

await t.test('restart policies', async t => {
  const scene = (code: number) => seen({ sandboxes: [sandbox()], containers: [exited(code)], images: { main: present(1) } })
  t.same(does(want({ restartPolicy: 'Never' }), scene(1), now), ['stopSandbox s0'])
  t.same(does(want({ restartPolicy: 'OnFailure' }), scene(0), now), ['stopSandbox s0'])
  t.same(does(want({ restartPolicy: 'OnFailure' }), scene(1), now), ['startContainer main'])
  const rules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }]
  t.same(does(want({ restartPolicy: 'Never', containers: [{ ...main, restartPolicy: 'Never', restartPolicyRules: rules }] }), scene(42), now), [
    'startContainer main',
  ])
})

await t.test('init containers one after the other, sidecars stay', async t => {
  const spec = { initContainers: [init, side], containers: [main] }
  const images = { init: present(), side: present(), main: present() }
  t.same(does(want(spec), seen({ sandboxes: [sandbox()], images }), now), ['startContainer init'])
  const one = exited(0, { name: 'init' })
  t.same(does(want(spec), seen({ sandboxes: [sandbox()], images, containers: [one] }), now), ['startContainer side'])
  const running = container({ name: 'side' })
  t.same(does(want(spec), seen({ sandboxes: [sandbox()], images, containers: [running, one] }), now), ['startContainer main'])
  const notStarted = { [running.id]: { started: false, ready: false } }
  t.same(does(want(spec), seen({ sandboxes: [sandbox()], images, containers: [running, one], probes: notStarted }), now), [])
  const failed = exited(1, { name: 'init' })
  t.same(
    does(want({ ...spec, restartPolicy: 'Never' }), seen({ sandboxes: [sandbox()], images, containers: [failed] }), now),
    ['stopSandbox s0'],
    'a failed init container ends a pod that never restarts',
  )
  t.same(
    does(want({ ...spec, restartPolicy: 'Never' }), seen({ sandboxes: [sandbox()], containers: [exited(0), running, one] }), now),
    ['killContainer side'],
    'a sidecar does not keep a pod alive',
  )
})

await t.test('termination: regular containers, then sidecars, then everything goes', async t => {
  const gone = want({ initContainers: [side] }, { remove: true, termination: { why: 'deleted', graceSeconds: 5 } })
  const both = [container(), container({ name: 'side' })]
  t.same(does(gone, seen({ sandboxes: [sandbox()], containers: both }), now), ['killContainer main'])
  const kills = { 'main-0': { deadlineMs: now + 5000 } }
  t.same(does(gone, seen({ sandboxes: [sandbox()], containers: both, kills }), now), [], 'a kill under way is not repeated')
  t.same(
    does({ ...gone, termination: { why: 'deleted', graceSeconds: 1 } }, seen({ sandboxes: [sandbox()], containers: both, kills }), now),
    ['killContainer main'],
    'but hastened',
  )
  t.same(does(gone, seen({ sandboxes: [sandbox()], containers: [exited(0), container({ name: 'side' })] }), now), ['killContainer side'])
  const dead = [exited(0), exited(0, { name: 'side' })]
  t.same(does(gone, seen({ sandboxes: [sandbox()], containers: dead }), now), ['stopSandbox s0'])
  t.same(does(gone, seen({ sandboxes: [sandbox({ ready: false })], containers: dead }), now), ['removeSandbox s0'])
  t.same(does(gone, seen(), now), ['cleanUp'])
  t.same(does(gone, seen({ cleaned: true }), now), ['finish'])
})

await t.test('a sandbox that died takes its containers along and is replaced', async t => {
  const dead = sandbox({ ready: false })
  t.same(does(want(), seen({ sandboxes: [dead], containers: [container()], images: { main: present(1) } }), now), ['killContainer main'])
  t.match(plan(want(), seen({ sandboxes: [dead], containers: [exited(137)], images: { main: present(1) } }), now).actions, [{ do: 'runSandbox', attempt: 1 }])
})

await t.test('a changed image and a failed probe restart a running container', async t => {
  const scene = seen({ sandboxes: [sandbox()], containers: [container({ hash: 'other' })] })
  t.match(plan(want(), scene, now).actions, [{ do: 'killContainer', message: 'Container main definition changed, will be restarted' }])
  const probes = { 'main-0': { started: true, ready: false, failed: { probe: 'liveness' as const, message: '', graceSeconds: 2 } } }
  t.match(plan(want(), seen({ sandboxes: [sandbox()], containers: [container()], probes }), now).actions, [
    { do: 'killContainer', graceSeconds: 2, message: 'Container main failed liveness probe, will be restarted' },
  ])
})

await t.test('old attempts are removed, the last one before the current is kept', async t => {
  const containers = [container({ attempt: 2 }), exited(1, { attempt: 1 }), exited(1, { attempt: 0 })]
  t.same(does(want(), seen({ sandboxes: [sandbox()], containers }), now), ['removeContainer main-0'])
})
