// What type checking says of the expressions of a policy.
import t from 'tap'
import { kindType } from '../../../api/cel/kind-type.ts'
import { schemaByName } from '../../../api/schema/table.ts'
import type { ValidatingAdmissionPolicySpec } from '../../../api/types/admissionregistration-v1.ts'
import { computeResources, computeWarnings } from '../../../controllers/validating-admission-policy-status/compute-warnings.ts'

const deployment = { label: 'apps/v1, Kind=Deployment', type: kindType(schemaByName('io.k8s.api.apps.v1.Deployment')!, 'Deployment') }
const configMap = { label: 'v1, Kind=ConfigMap', type: kindType(schemaByName('io.k8s.api.core.v1.ConfigMap')!, 'ConfigMap') }
const definition = { label: 'crd', type: kindType(schemaByName('io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition')!, 'crd') }

await t.test('expressions against the types of the kinds', t => {
  const warned = (spec: object, ...kinds: (typeof deployment)[]): string[] =>
    computeWarnings(spec as ValidatingAdmissionPolicySpec, kinds, configMap.type).map(w => `${w.fieldRef} ${w.warning.replace(/\n[\s\S]*/, '')}`)
  const one = (expression: string, more: object = {}): object => ({ validations: [{ expression, ...more }] })
  const cases: readonly [object, string[]][] = [
    [one('object.spec.replicas <= 5'), []],
    [one('object.metadata.labels["a"] == "b" && object.metadata.creationTimestamp < timestamp("2030-01-01T00:00:00Z")'), []],
    [one("object.spec.template.spec.containers.all(c, c.resources.limits['cpu'] == '1')"), []],
    [one("object.spec.strategy.rollingUpdate.maxSurge == 1 || object.spec.strategy.rollingUpdate.maxSurge == '25%'"), []],
    [one('has(oldObject.spec) && object.spec.paused'), []],
    [one('object.spec.replica <= 5'), ["spec.validations[0].expression apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'replica'"]],
    [one("oldObject.spec.replicas == 'x'"), ['no matching overload']],
    [
      one('true', { messageExpression: 'object.metadata.nam' }),
      ["spec.validations[0].messageExpression apps/v1, Kind=Deployment: ERROR: <input>:1:16: undefined field 'nam'"],
    ],
    [{ variables: [{ name: 'n', expression: 'object.spec.replicas' }], ...one('variables.n.startsWith("a")') }, ['no matching overload']],
    [{ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, ...one('params.data.max == string(object.spec.replicas)') }, []],
    [{ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, ...one('params.spec.max > 1') }, ["undefined field 'spec'"]],
  ]
  for (const [spec, expected] of cases) {
    const got = warned(spec, deployment)
    t.equal(got.length, expected.length, JSON.stringify(spec))
    expected.forEach((text, i) => t.ok(got[i]?.includes(text), got[i] ?? ''))
  }
  t.equal(warned(one('object.spec.replicas > 0'), deployment, configMap).length, 1, 'one warning names all kinds that do not fit')
  t.same(warned(one('object.spec.versions[0].schema.openAPIV3Schema.properties["a"].properties["b"].type == "x"'), definition), [], 'schemas within themselves')
  t.end()
})

await t.test('what the rules name', t => {
  const refs = (...rules: object[]): string[] =>
    computeResources({ matchConstraints: { resourceRules: rules } } as ValidatingAdmissionPolicySpec).map(r => `${r.group}/${r.version}/${r.resource}`)
  t.same(refs({ apiGroups: ['apps', ''], apiVersions: ['v1'], resources: ['pods', 'deployments', 'pods/status', '*/scale'] }), [
    '/v1/deployments',
    '/v1/pods',
    'apps/v1/deployments',
    'apps/v1/pods',
  ])
  t.same(refs({ apiGroups: ['*'], apiVersions: ['v1'], resources: ['pods'] }, { apiGroups: [''], apiVersions: ['*'], resources: ['pods'] }), [])
  t.equal(refs({ apiGroups: [''], apiVersions: ['v1'], resources: Array.from({ length: 40 }, (_, i) => `r${i}`) }).length, 10)
  t.end()
})
