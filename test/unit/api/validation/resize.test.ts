// pods/resize: what is taken of the body, and what is refused.
import t from 'tap'
import { pods } from '../../../../api/kinds/core/pod.ts'
import type { Pod } from '../../../../api/types/core-v1.ts'

const context = { operation: 'update', subresource: 'resize', nowMs: 0 } as const
const podOf = (container: object, annotations = {}): Pod => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'x', annotations },
    spec: { containers: [{ name: 'c', image: 'i', ...container }] },
  } as unknown as Pod
  pods.default?.(pod)
  return pod
}
const resources = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } }
const resize = (container: object, annotations = {}): { pod: Pod; faults: string[] } => {
  const old = podOf({ resources }, annotations)
  const pod = podOf({ resources, ...container }, annotations)
  pods.prepare?.(pod, old, context)
  return { pod, faults: (pods.validate?.(pod, old, context) ?? []).map(e => `${e.field} ${e.reason.replace('FieldValue', '')}`) }
}

await t.test('cpu and memory may change; what else is sent is left out', async t => {
  const { pod, faults } = resize({ image: 'other', resources: { ...resources, requests: { cpu: '150m', memory: '64Mi' } } })
  t.same(faults, [])
  t.equal(pod.spec.containers[0]?.image, 'i')
  t.equal(pod.spec.containers[0]?.resources?.requests?.['cpu'], '150m')
})

await t.test('what is refused', async t => {
  const cases: readonly [string, object, string[]][] = [
    ['another resource', { resources: { ...resources, requests: { ...resources.requests, 'ephemeral-storage': '1Gi' } } }, ['spec Forbidden']],
    ['another class of service', { resources: { requests: resources.limits, limits: resources.limits } }, ['spec Invalid']],
    ['limits taken away', { resources: { requests: resources.requests } }, ['spec.containers[0].resources.limits Forbidden']],
    ['another policy', { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }, ['spec Forbidden']],
  ]
  for (const [what, container, expected] of cases) t.same(resize(container).faults, expected, what)
  t.equal(resize({}, { 'kubernetes.io/config.mirror': 'x' }).faults.at(-1), ' Forbidden', 'a static pod')
})
