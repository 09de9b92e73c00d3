import t from 'tap'
import { computePodRequests, toPodInfo } from '../../../scheduler/framework/pod-requests.ts'
import { container, pod } from './fixtures.ts'

const cpu = (value: string): Record<string, string> => ({ cpu: value })
const sidecar = (value: string): ReturnType<typeof container> => container(cpu(value), { restartPolicy: 'Always' })

const cases: [string, Parameters<typeof pod>[1], Record<string, unknown> | undefined, object][] = [
  ['containers add up', { containers: [container({ cpu: '100m', memory: '1Gi' }), container({ cpu: '0.25' })] }, undefined, { milliCpu: 350, memory: 2 ** 30 }],
  [
    'the largest init container counts, not their sum',
    { containers: [container(cpu('100m'))], initContainers: [container(cpu('300m')), container(cpu('200m'))] },
    undefined,
    { milliCpu: 300 },
  ],
  ['sidecars run on beside the containers', { containers: [container(cpu('100m'))], initContainers: [sidecar('50m')] }, undefined, { milliCpu: 150 }],
  [
    'an init container runs beside the sidecars before it only',
    { containers: [container(cpu('10m'))], initContainers: [sidecar('100m'), container(cpu('200m')), sidecar('100m')] },
    undefined,
    { milliCpu: 300 },
  ],
  [
    'sidecars after the last init container',
    { containers: [container(cpu('10m'))], initContainers: [container(cpu('100m')), sidecar('60m'), sidecar('60m')] },
    undefined,
    { milliCpu: 130 },
  ],
  ['overhead comes on top', { containers: [container(cpu('100m'))], overhead: { cpu: '20m', memory: '1Mi' } }, undefined, { milliCpu: 120, memory: 2 ** 20 }],
  [
    'pod-level requests replace those of the containers',
    { containers: [container({ cpu: '100m', 'example.com/gpu': '1' })], resources: { requests: { cpu: '2', memory: '1Gi' } } },
    undefined,
    { milliCpu: 2000, memory: 2 ** 30, scalars: { 'example.com/gpu': 1 } },
  ],
  ['milli values round up', { containers: [container({ cpu: '100u', memory: '1500m' })] }, undefined, { milliCpu: 1, memory: 2 }],
  [
    'huge and extended resources by name',
    { containers: [container({ 'hugepages-2Mi': '4Mi', 'ephemeral-storage': '1k' })] },
    undefined,
    { ephemeralStorage: 1000, scalars: { 'hugepages-2Mi': 4 * 2 ** 20 } },
  ],
  [
    'a shrinking container holds what it still has',
    { containers: [container(cpu('100m'))] },
    { status: { containerStatuses: [{ name: 'c', allocatedResources: cpu('300m'), resources: { requests: cpu('200m') } }] } },
    { milliCpu: 300 },
  ],
  [
    'an infeasible growth is not counted',
    { containers: [container(cpu('900m'))] },
    {
      status: {
        conditions: [{ type: 'PodResizePending', status: 'True', reason: 'Infeasible' }],
        containerStatuses: [{ name: 'c', allocatedResources: cpu('300m') }],
      },
    },
    { milliCpu: 300 },
  ],
]
for (const [name, spec, more, expected] of cases) {
  await t.test(name, async t => {
    const { scalars, ...rest } = computePodRequests(pod('p', spec, more))
    t.same({ ...rest, scalars }, { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: {}, ...expected })
  })
}

await t.test('scoring counts containers that ask for nothing', async t => {
  t.same(toPodInfo(pod('p', { containers: [container(), container({ cpu: '50m' })] })).nonZero, { milliCpu: 150, memory: 2 * 200 * 2 ** 20 })
})
await t.test('host ports come with their defaults, of sidecars too', async t => {
  const info = toPodInfo(
    pod('p', {
      containers: [container(undefined, { ports: [{ containerPort: 80, hostPort: 8080 }, { containerPort: 81 }] as never })],
      initContainers: [
        container(undefined, { restartPolicy: 'Always', ports: [{ containerPort: 53, hostPort: 53, protocol: 'UDP', hostIP: '10.0.0.1' }] as never }),
      ],
    }),
  )
  t.same(info.hostPorts, [
    { ip: '0.0.0.0', protocol: 'TCP', port: 8080 },
    { ip: '10.0.0.1', protocol: 'UDP', port: 53 },
  ])
})
