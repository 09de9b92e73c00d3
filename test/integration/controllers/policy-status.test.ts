// What type checking found shows in the status of policies, for built-in and for custom kinds.
import t from 'tap'
import { validatingAdmissionPolicies } from '../../../api/kinds/admissionregistration/validating-admission-policy.ts'
import { customResourceDefinitions } from '../../../api/kinds/apiextensions/custom-resource-definition.ts'
import type { ValidatingAdmissionPolicyStatus } from '../../../api/types/admissionregistration-v1.ts'
import { eventually } from '../../harness/eventually.ts'
import { startControlPlane } from './control-plane.ts'

const plane = await startControlPlane({ scheduler: false, agent: false })
t.teardown(() => plane.close())
const policies = plane.client.of(validatingAdmissionPolicies)
const policy = (name: string, group: string, resource: string, expression: string): any => ({
  apiVersion: validatingAdmissionPolicies.apiVersion,
  kind: validatingAdmissionPolicies.kind,
  metadata: { name },
  spec: {
    matchConstraints: { resourceRules: [{ apiGroups: [group], apiVersions: ['v1'], operations: ['CREATE'], resources: [resource] }] },
    validations: [{ expression }],
  },
})
const statusAt = (name: string, generation: number): Promise<ValidatingAdmissionPolicyStatus> =>
  eventually(async () => {
    const { status } = await policies.get(name)
    if (status?.observedGeneration !== generation) throw new Error(`observed ${status?.observedGeneration}`)
    return status
  })

await t.test('a built-in kind', async t => {
  await policies.create(policy('built-in', 'apps', 'deployments', 'object.spec.replica < 5'))
  const { typeChecking } = await statusAt('built-in', 1)
  t.match(typeChecking?.expressionWarnings, [
    { fieldRef: 'spec.validations[0].expression', warning: "apps/v1, Kind=Deployment: ERROR: <input>:1:12: undefined field 'replica'" },
  ])
  const found = await policies.get('built-in')
  await policies.update({ ...found, spec: policy('built-in', 'apps', 'deployments', 'object.spec.replicas < 5').spec })
  t.same((await statusAt('built-in', 2)).typeChecking, {}, 'mended, judged again')
})

await t.test('a custom kind', async t => {
  const schema = { type: 'object', properties: { spec: { type: 'object', properties: { berths: { type: 'integer' } } } } }
  await plane.client.of(customResourceDefinitions).create({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'quays.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'quays', kind: 'Quay' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  } as any)
  await eventually(async () => Boolean(await plane.client.raw('GET', '/apis/example.com/v1/namespaces/default/quays')))
  await policies.create(policy('custom', 'example.com', 'quays', 'object.spec.berth > 0 && object.metadata.name != ""'))
  const { typeChecking } = await statusAt('custom', 1)
  t.match(typeChecking?.expressionWarnings?.[0]?.warning, "example.com/v1, Kind=Quay: ERROR: <input>:1:12: undefined field 'berth'")
})
