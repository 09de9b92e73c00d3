import t from 'tap'
import { pods } from '../../../../api/kinds/core/pod.ts'
import { validateObject } from '../../../../api/validation/validate-object.ts'

const now = Date.parse('2026-01-02T00:00:00Z')
const make = (spec: object = {}, status?: object, metadata: object = {}): any => {
  const pod: any = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default', creationTimestamp: '2026-01-01T23:55:00Z', ...metadata },
    spec: { containers: [{ name: 'c', image: 'app:1', resources: {} }], ...spec },
    ...(status && { status }),
  }
  pods.default!(pod)
  return pod
}
const cells = (pod: any): unknown[] => pods.columns!.map(c => c.value(pod, now))
const faults = (pod: any, old?: any): string[] =>
  validateObject(pods, pod, old, { operation: old ? 'update' : 'create', nowMs: now }).map(e => `${e.field} ${e.reason}`)

await t.test('defaults', async t => {
  const { spec } = make({
    containers: [{ name: 'c', image: 'app', resources: { limits: { cpu: '1000m' } }, readinessProbe: { httpGet: { port: 80 } } }],
    volumes: [{ name: 'v' }],
  })
  t.match(spec, {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    terminationGracePeriodSeconds: 30,
    schedulerName: 'default-scheduler',
    enableServiceLinks: true,
    securityContext: {},
  })
  t.match(spec.containers[0], {
    imagePullPolicy: 'Always',
    terminationMessagePolicy: 'File',
    resources: { limits: { cpu: '1' }, requests: { cpu: '1' } },
    readinessProbe: { periodSeconds: 10, httpGet: { path: '/', scheme: 'HTTP' } },
  })
  t.same(spec.volumes[0], { name: 'v', emptyDir: {} })
  t.equal(make().spec.containers[0].imagePullPolicy, 'IfNotPresent')
})

await t.test("all faults are found at once, with upstream's paths", async t => {
  const pod = make({
    containers: [{ name: 'Bad_Name', image: '', resources: {}, ports: [{ containerPort: 0 }], volumeMounts: [{ name: 'gone', mountPath: '/x' }] }],
    restartPolicy: 'Sometimes',
  })
  t.same(faults(pod).sort(), [
    'spec.containers[0].image FieldValueRequired',
    'spec.containers[0].name FieldValueInvalid',
    'spec.containers[0].ports[0].containerPort FieldValueRequired',
    'spec.containers[0].ports[0].protocol FieldValueRequired',
    'spec.containers[0].volumeMounts[0].name FieldValueNotFound',
    'spec.restartPolicy FieldValueNotSupported',
  ])
  t.same(faults(make()), [])
})

await t.test('updates may change images and little else', async t => {
  const old = make({}, undefined, { resourceVersion: '1' })
  const image = structuredClone(old)
  image.spec.containers[0].image = 'app:2'
  t.same(faults(image, old), [])
  const name = structuredClone(old)
  name.spec.containers[0].command = ['x']
  t.same(faults(name, old), ['spec FieldValueForbidden'])
  const more = structuredClone(old)
  more.spec.containers.push({ ...more.spec.containers[0], name: 'd' })
  t.same(faults(more, old), ['spec.containers FieldValueForbidden'])
})

await t.test('the status column tells what matters', async t => {
  const state = (s: object, more: object = {}): object => ({ name: 'c', ready: false, restartCount: 0, image: '', imageID: '', state: s, ...more })
  const status = (pod: any): unknown => cells(pod)[2]
  t.same(cells(make({}, { phase: 'Pending' })).slice(0, 5), ['web', '0/1', 'Pending', '0', '5m'])
  t.equal(status(make({}, { phase: 'Pending', containerStatuses: [state({ waiting: { reason: 'ErrImagePull' } })] })), 'ErrImagePull')
  t.equal(status(make({}, { phase: 'Failed', containerStatuses: [state({ terminated: { exitCode: 3 } })] })), 'ExitCode:3')
  t.equal(status(make({}, { phase: 'Failed', containerStatuses: [state({ terminated: { exitCode: 0, signal: 9 } })] })), 'Signal:9')
  t.equal(status(make({}, { phase: 'Running' }, { deletionTimestamp: '2026-01-01T00:00:00Z' })), 'Terminating')
  const restarted = make(
    {},
    {
      phase: 'Running',
      podIPs: [{ ip: '10.1.2.3' }],
      containerStatuses: [
        state({ running: {} }, { ready: true, restartCount: 2, lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T23:57:00Z' } } }),
      ],
    },
  )
  t.same(cells(restarted).slice(1, 7), ['1/1', 'Running', '2 (3m ago)', '5m', '10.1.2.3', '<none>'])
  const init = make(
    {
      initContainers: [
        { name: 'i', image: 'x' },
        { name: 'j', image: 'x' },
      ],
    },
    {
      phase: 'Pending',
      initContainerStatuses: [
        { ...state({ terminated: { exitCode: 0 } }), name: 'i' },
        { ...state({ running: {} }), name: 'j' },
      ],
    },
  )
  t.same(cells(init).slice(1, 3), ['0/1', 'Init:1/2'])
  const failing = make(
    { initContainers: [{ name: 'i', image: 'x' }] },
    { phase: 'Pending', initContainerStatuses: [{ ...state({ waiting: { reason: 'CrashLoopBackOff' } }), name: 'i' }] },
  )
  t.equal(status(failing), 'Init:CrashLoopBackOff')
  const sidecar = make(
    { initContainers: [{ name: 's', image: 'x', restartPolicy: 'Always' }] },
    {
      phase: 'Running',
      initContainerStatuses: [{ ...state({ running: {} }, { ready: true, started: true }), name: 's' }],
      containerStatuses: [state({ running: {} }, { ready: true })],
    },
  )
  t.same(cells(sidecar).slice(1, 3), ['2/2', 'Running'])
})

await t.test('grace and class', async t => {
  t.equal(pods.defaultGraceSeconds!(make()), 0, 'nothing runs yet')
  t.equal(pods.defaultGraceSeconds!(make({ nodeName: 'n' })), 30)
  const qos = (resources: object): string => {
    const pod = make({ containers: [{ name: 'c', image: 'x', resources }] })
    pods.prepare!(pod, undefined, { operation: 'create', nowMs: now })
    return pod.status.qosClass
  }
  t.equal(qos({}), 'BestEffort')
  t.equal(qos({ requests: { cpu: '1' } }), 'Burstable')
  t.equal(qos({ limits: { cpu: '1', memory: '1Gi' } }), 'Guaranteed')
})
