// Tables: the types and formats of columns, by which clients align and sort, and what cells say.
import t from 'tap'
import { validatingAdmissionPolicyBindings } from '../../../../api/kinds/admissionregistration/validating-admission-policy-binding.ts'
import { daemonSets } from '../../../../api/kinds/apps/daemon-set.ts'
import { horizontalPodAutoscalersV1 } from '../../../../api/kinds/autoscaling/horizontal-pod-autoscaler-v1.ts'
import { flowSchemas } from '../../../../api/kinds/flowcontrol/flow-schema.ts'
import { ingresses } from '../../../../api/kinds/networking/ingress.ts'
import { priorityClasses } from '../../../../api/kinds/scheduling/priority-class.ts'
import { csiDrivers } from '../../../../api/kinds/storage/csi-driver.ts'
import { volumeAttachments } from '../../../../api/kinds/storage/volume-attachment.ts'
import { volumeAttributesClasses } from '../../../../api/kinds/storage/volume-attributes-class.ts'
import type { AnyResource } from '../../../../api/resource.ts'
import { stored } from './judge.ts'

const forms = (resource: AnyResource): Record<string, string> =>
  Object.fromEntries((resource.columns ?? []).map(c => [c.name, [c.type, c.format].filter(Boolean).join('/')]))
const cell = (resource: AnyResource, name: string, given: object): unknown => {
  const column = (resource.columns ?? []).find(c => c.name === name)
  return column?.value(stored(resource, given) as never, 0)
}

t.match(forms(daemonSets), {
  Desired: 'integer',
  Current: 'integer',
  Ready: 'integer',
  'Up-to-date': 'integer',
  Available: 'integer',
  'Node Selector': 'string',
})
t.match(forms(priorityClasses), { Value: 'integer', 'Global-Default': 'boolean' })
t.match(forms(volumeAttachments), { Name: 'string/name', Attacher: 'string/name', Attached: 'boolean' })

const rules = (...hosts: string[]): object => ({ spec: { rules: hosts.map(host => ({ host })) } })
t.equal(cell(ingresses, 'Hosts', rules('')), '*')
t.equal(cell(ingresses, 'Hosts', rules('', 'b', 'a')), 'b,a')
t.equal(cell(ingresses, 'Hosts', rules('a', 'b', 'c')), 'a,b,c')
t.equal(cell(ingresses, 'Hosts', rules('a', '', 'b', 'c', '')), 'a,b,c + 2 more...')
t.equal(cell(ingresses, 'Class', { metadata: { name: 'i', annotations: { 'kubernetes.io/ingress.class': 'old' } } }), '<none>')
t.equal(
  cell(ingresses, 'Address', { status: { loadBalancer: { ingress: [{ ip: '10.0.0.2' }, { hostname: 'h' }, { ip: '10.0.0.1' }, { ip: '10.0.0.2' }] } } }),
  '10.0.0.1,10.0.0.2,h',
)

const vac = { metadata: { name: 'gold', annotations: { 'volumeattributesclass.alpha.kubernetes.io/is-default-class': 'true' } }, driverName: 'd' }
t.equal(cell(volumeAttributesClasses, 'Name', vac), 'gold (default)')
t.equal(cell(csiDrivers, 'TokenRequests', { spec: {} }), '<unset>')
t.equal(cell(csiDrivers, 'TokenRequests', { spec: { tokenRequests: [{ audience: 'a' }, { audience: '' }] } }), 'a,')
t.equal(
  cell(validatingAdmissionPolicyBindings, 'ParamRef', { spec: { paramRef: { selector: { matchLabels: { b: '2', a: '1' } } } } }),
  '&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{},}',
)

await t.test('an autoscaler of v1 is shown and judged with the metrics in its annotations', async t => {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }
  const of = (metrics: unknown, percent?: number): object => ({
    metadata: {
      name: 'h',
      namespace: 'default',
      annotations: { 'autoscaling.alpha.kubernetes.io/metrics': typeof metrics === 'string' ? metrics : JSON.stringify(metrics) },
    },
    spec: { scaleTargetRef, maxReplicas: 3, ...(percent && { targetCPUUtilizationPercentage: percent }) },
  })
  const memory = [{ type: 'Resource', resource: { name: 'memory', targetAverageValue: '100Mi' } }]
  t.equal(cell(horizontalPodAutoscalersV1, 'Targets', of(memory)), 'memory: <unknown>/100Mi')
  t.equal(cell(horizontalPodAutoscalersV1, 'Targets', of(memory, 50)), 'memory: <unknown>/100Mi, cpu: <unknown>/50%')
  t.equal(cell(horizontalPodAutoscalersV1, 'Targets', of('no JSON')), 'cpu: <unknown>/80%')
  const faults = (given: object): string[] =>
    (
      horizontalPodAutoscalersV1.validate?.(stored(horizontalPodAutoscalersV1, given) as never, undefined, { operation: 'create', nowMs: 0 } as never) ?? []
    ).map(e => e.field)
  t.same(faults(of(memory)), [])
  t.same(faults(of([{ type: 'Resource', resource: { name: 'memory', targetAverageUtilization: 0 } }])), ['spec.metrics[0].resource.target.averageUtilization'])
})

t.same(
  [
    { name: 'b', precedence: 5 },
    { name: 'a', precedence: 5 },
    { name: 'z', precedence: 1 },
  ]
    .map(({ name, precedence }) => ({ metadata: { name }, spec: { matchingPrecedence: precedence } }) as never)
    .sort(flowSchemas.tableOrder)
    .map(({ metadata }: { metadata: { name: string } }) => metadata.name),
  ['z', 'a', 'b'],
)
