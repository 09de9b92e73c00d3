// Rules of single kinds: what is laid over a sound object, and the faults that follow. One line a rule.
import t, { type Test } from 'tap'
import { validatingAdmissionPolicies } from '../../../../api/kinds/admissionregistration/validating-admission-policy.ts'
import { validatingWebhookConfigurations } from '../../../../api/kinds/admissionregistration/validating-webhook-configuration.ts'
import { customResourceDefinitions } from '../../../../api/kinds/apiextensions/custom-resource-definition.ts'
import { apiServices } from '../../../../api/kinds/apiregistration/api-service.ts'
import { daemonSets } from '../../../../api/kinds/apps/daemon-set.ts'
import { deployments } from '../../../../api/kinds/apps/deployment.ts'
import { statefulSets } from '../../../../api/kinds/apps/stateful-set.ts'
import { horizontalPodAutoscalersV1 } from '../../../../api/kinds/autoscaling/horizontal-pod-autoscaler-v1.ts'
import { horizontalPodAutoscalers } from '../../../../api/kinds/autoscaling/horizontal-pod-autoscaler.ts'
import { flowSchemas } from '../../../../api/kinds/flowcontrol/flow-schema.ts'
import { priorityLevelConfigurations } from '../../../../api/kinds/flowcontrol/priority-level-configuration.ts'
import { ingresses } from '../../../../api/kinds/networking/ingress.ts'
import { resourceClaims } from '../../../../api/kinds/resource/resource-claim.ts'
import { csiDrivers } from '../../../../api/kinds/storage/csi-driver.ts'
import { volumeAttachments } from '../../../../api/kinds/storage/volume-attachment.ts'
import type { AnyResource } from '../../../../api/resource.ts'
import { faultsOfChange, faultsOfNew, stored } from './judge.ts'

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const over = (base: any, change: any): any =>
  isRecord(base) && isRecord(change) ? { ...base, ...Object.fromEntries(Object.entries(change).map(([key, value]) => [key, over(base[key], value)])) } : change

/** New objects: what is laid over the base, the faults. */
const created = (t: Test, resource: AnyResource, base: object, cases: readonly (readonly [object, ...string[]])[]): void => {
  for (const [change, ...faults] of cases) t.same(faultsOfNew(resource, over(base, change)), faults, `${resource.kind} ${JSON.stringify(change)}`)
}
/** Changes: what is laid over the base before and after, the faults. */
const changed = (t: Test, resource: AnyResource, base: object, cases: readonly (readonly [object, object, ...string[]])[], subresource?: string): void => {
  for (const [before, after, ...faults] of cases)
    t.same(
      faultsOfChange(resource, over(base, before), over(base, after), subresource),
      faults,
      `${resource.kind} ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
    )
}

await t.test('workloads', t => {
  const spec = { selector: { matchLabels: { a: 'b' } }, template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i' }] } } }
  const collisions = (n: number | undefined): object => ({
    status: { replicas: 0, currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0, collisionCount: n },
  })
  for (const kind of [statefulSets, daemonSets])
    changed(
      t,
      kind,
      { spec },
      [
        [collisions(2), collisions(3)],
        [collisions(2), collisions(1), 'status.collisionCount Invalid'],
        [collisions(2), collisions(undefined), 'status.collisionCount Invalid'],
      ],
      'status',
    )
  t.end()
})

await t.test('autoscalers', t => {
  const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }, maxReplicas: 5 }
  const external = { type: 'External', external: { metric: { name: 'e' }, target: { type: 'Value', value: '1' } } }
  created(t, horizontalPodAutoscalersV1, { spec }, [[{}], [{ spec: { minReplicas: 0 } }, 'spec.metrics Forbidden', 'spec.minReplicas Invalid']])
  created(t, horizontalPodAutoscalers, { spec }, [
    [{ spec: { minReplicas: 0 } }, 'spec.metrics Forbidden', 'spec.minReplicas Invalid'],
    [{ spec: { minReplicas: 0, metrics: [external] } }, 'spec.minReplicas Invalid'],
  ])
  const negative = { status: { currentReplicas: -1, desiredReplicas: -1 } }
  for (const kind of [horizontalPodAutoscalersV1, horizontalPodAutoscalers])
    changed(t, kind, { spec }, [[{}, negative, 'status.currentReplicas Invalid', 'status.desiredReplicas Invalid']], 'status')
  t.end()
})

await t.test('ingresses', t => {
  const backend = (name: string): object => ({ spec: { defaultBackend: { service: { name, port: { number: 80 } } } } })
  created(t, ingresses, {}, [[backend('1-digit-first')], [backend('Upper'), 'spec.defaultBackend.service.name Invalid']])
  t.end()
})

await t.test('storage', t => {
  created(t, csiDrivers, { spec: {} }, [
    [{ spec: { serviceAccountTokenInSecrets: true } }, 'spec.serviceAccountTokenInSecrets Invalid'],
    [{ spec: { serviceAccountTokenInSecrets: true, tokenRequests: [{ audience: 'a' }] } }],
  ])
  const inline = { csi: { driver: 'd', volumeHandle: 'h' }, accessModes: ['ReadWriteOnce'] }
  const spec = { attacher: 'a', nodeName: 'n' }
  const from = (volume: object): object => ({ spec: { source: { inlineVolumeSpec: volume } } })
  const at = 'spec.source.inlineVolumeSpec'
  created(t, volumeAttachments, { spec }, [
    [from(inline)],
    [from({ ...inline, capacity: { storage: '1Gi' }, storageClassName: 'fast' }), `${at}.capacity Forbidden`, `${at}.storageClassName Forbidden`],
    [from({ hostPath: { path: '/x' }, accessModes: ['ReadWriteOnce'] }), `${at}.csi Required`],
    [from({ csi: { driver: 'd' }, accessModes: ['Sometimes'] }), `${at}.accessModes NotSupported`, `${at}.csi.volumeHandle Required`],
  ])
  const status = (more: object): object => ({ status: { attached: false, ...more } })
  changed(
    t,
    volumeAttachments,
    { spec: { ...spec, source: { persistentVolumeName: 'v' } } },
    [
      [{}, status({ attachmentMetadata: { '': 'x' } }), 'status.attachmentMetadata Invalid'],
      [{}, status({ attachError: { message: 'm'.repeat(1025) } }), 'status.attachError.message TooLong'],
      [{}, status({ detachError: { message: 'm'.repeat(1024) } })],
    ],
    'status',
  )
  t.end()
})

await t.test('admission', t => {
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }
  const spec = { matchConstraints: { resourceRules: [rule] }, validations: [{ expression: 'true' }] }
  const kind = (apiVersion: string, name = 'K'): object => ({ spec: { paramKind: { apiVersion, kind: name } } })
  created(t, validatingAdmissionPolicies, { spec }, [
    [kind('/v1')],
    [kind('group/'), 'spec.paramKind.apiVersion Invalid'],
    [kind('/'), 'spec.paramKind.apiVersion Invalid'],
    [kind('a/b/c'), 'spec.paramKind.apiVersion Invalid'],
    [kind('-bad-/-bad-'), 'spec.paramKind.apiVersion Invalid', 'spec.paramKind.apiVersion Invalid'],
    [kind('v1', '-'.repeat(70)), 'spec.paramKind.kind Invalid'],
  ])
  const warned = (warning: object): object => ({ status: { typeChecking: { expressionWarnings: [warning] } } })
  const at = 'status.typeChecking.expressionWarnings[0]'
  changed(
    t,
    validatingAdmissionPolicies,
    { spec },
    [
      [{}, warned({ fieldRef: 'spec.validations[0].expression', warning: 'w' })],
      [{}, warned({ fieldRef: '', warning: '' }), `${at}.fieldRef Required`, `${at}.warning Required`],
      [
        {},
        { status: { conditions: [{ type: 'T', status: 'Maybe', reason: 'R', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' }] } },
        'status.conditions[0].status NotSupported',
      ],
    ],
    'status',
  )
  const broken = { spec: { matchConditions: [{ name: 'm', expression: 'nonsense' }] } }
  changed(t, validatingAdmissionPolicies, { spec }, [
    [broken, broken],
    [broken, over(broken, kind('v1')), 'spec.matchConditions[0].expression Invalid'],
  ])
  const hook = { name: 'a.b.c', clientConfig: { url: 'https://x/' }, sideEffects: 'None', admissionReviewVersions: ['v1'], rules: [rule] }
  const hooks = (...more: object[]): object => ({ webhooks: more.map((m, i) => ({ ...hook, name: `a${i}.b.c`, ...m })) })
  const odd = { matchConditions: [{ name: 'm', expression: 'nonsense' }] }
  changed(t, validatingWebhookConfigurations, {}, [
    [hooks(odd), hooks({ ...odd, timeoutSeconds: 3 })],
    [hooks(odd), hooks(odd, {}), 'webhooks[0].matchConditions[0].expression Invalid'],
  ])
  t.end()
})

await t.test('custom kinds', t => {
  const bundle = (text: string): object => ({
    spec: { conversion: { strategy: 'Webhook', webhook: { conversionReviewVersions: ['v1'], clientConfig: { url: 'https://x/', caBundle: btoa(text) } } } },
  })
  const base = {
    metadata: { name: 'quays.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names: { plural: 'quays', kind: 'Quay' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
    status: { storedVersions: ['v1'] },
  }
  const odd = bundle('no certificate')
  created(t, customResourceDefinitions, base, [[odd, 'spec.conversion.webhookClientConfig.caBundle Invalid'], [bundle('')]])
  changed(t, customResourceDefinitions, base, [
    [odd, odd],
    [odd, bundle('still none'), 'spec.conversion.webhookClientConfig.caBundle Invalid'],
  ])
  t.end()
})

await t.test('fairness', t => {
  const conditions = (...types: string[]): object => ({ status: { conditions: types.map(type => ({ type, status: 'True' })) } })
  const level = { spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } } }
  const schema = { spec: { priorityLevelConfiguration: { name: 'l' }, matchingPrecedence: 7 } }
  for (const [kind, base] of [
    [priorityLevelConfigurations, level],
    [flowSchemas, schema],
  ] as const)
    changed(
      t,
      kind,
      base,
      [
        [{}, conditions('A', 'B')],
        [{}, conditions('A', 'A', ''), 'status.conditions[1].type Duplicate', 'status.conditions[2].type Required'],
      ],
      'status',
    )
  const named = (name: string): object => ({ metadata: { name } })
  created(t, priorityLevelConfigurations, level, [
    [named('catch-all')],
    [{ ...named('catch-all'), spec: { limited: { nominalConcurrencyShares: 6 } } }, 'spec Invalid'],
  ])
  const exempt = (more: object): object => ({ metadata: { name: 'exempt' }, spec: { type: 'Exempt', exempt: more } })
  created(t, priorityLevelConfigurations, {}, [[exempt({ nominalConcurrencyShares: 3 })]])
  created(t, flowSchemas, schema, [[named('catch-all'), 'spec Invalid']])
  t.end()
})

await t.test('what a write of the status changes of the metadata', t => {
  const given = { metadata: { labels: { from: 'status' }, annotations: { from: 'status' } } }
  const after = (resource: AnyResource): object => {
    const [old, object] = [stored(resource, { metadata: { labels: { from: 'spec' } } }), stored(resource, given)]
    resource.prepare?.(object, old, { operation: 'update', subresource: 'status', nowMs: 0 })
    return [object.metadata.labels.from, object.metadata.annotations?.from]
  }
  for (const kind of [flowSchemas, priorityLevelConfigurations, volumeAttachments, apiServices, resourceClaims])
    t.same(after(kind), ['spec', undefined], `${kind.kind}: nothing`)
  t.same(after(deployments), ['spec', 'status'], 'Deployment: annotations')
  for (const kind of [statefulSets, daemonSets, horizontalPodAutoscalers, ingresses]) t.same(after(kind), ['status', 'status'], `${kind.kind}: all`)
  t.end()
})
