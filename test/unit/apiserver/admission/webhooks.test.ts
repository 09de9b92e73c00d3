// Which webhooks a request concerns, and what their answers mean.
import t from 'tap'
import type { AnyResource } from '../../../../api/resource.ts'
import { configMaps } from '../../../../api/kinds/core/config-map.ts'
import { namespaces } from '../../../../api/kinds/core/namespace.ts'
import { pods } from '../../../../api/kinds/core/pod.ts'
import { horizontalPodAutoscalers as v2 } from '../../../../api/kinds/autoscaling/horizontal-pod-autoscaler.ts'
import { compileLabelSelector } from '../../../../api/selectors.ts'
import { chooseVersion, matchesObjects, matchesRule } from '../../../../apiserver/admission/webhooks/matching.ts'
import { readAnswer, type Review, toRejection } from '../../../../apiserver/admission/webhooks/review.ts'

const rule = { operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }
const target = (resource: AnyResource, subresource = '', operation = 'CREATE'): { operation: string; resource: AnyResource; subresource: string } => ({
  operation,
  resource,
  subresource,
})

await t.test('rules', t => {
  t.ok(matchesRule(rule, target(pods)))
  t.notOk(matchesRule(rule, target(configMaps)))
  t.notOk(matchesRule(rule, target(pods, '', 'UPDATE')))
  t.ok(matchesRule({ ...rule, operations: ['*'] }, target(pods, '', 'CONNECT')))
  t.notOk(matchesRule(rule, target(pods, 'status')), 'a subresource is named')
  t.ok(matchesRule({ ...rule, resources: ['pods/status'] }, target(pods, 'status')))
  t.ok(matchesRule({ ...rule, resources: ['pods/*'] }, target(pods, 'status')))
  t.ok(matchesRule({ ...rule, resources: ['*/status'] }, target(pods, 'status')))
  t.ok(matchesRule({ ...rule, resources: ['*/*'] }, target(pods)))
  t.notOk(matchesRule({ ...rule, resources: ['*'] }, target(pods, 'status')))
  t.ok(matchesRule({ ...rule, apiGroups: ['*'], apiVersions: ['*'], resources: ['*'] }, target(v2)))
  t.notOk(matchesRule({ ...rule, apiGroups: ['apps'] }, target(pods)))
  t.ok(matchesRule({ ...rule, scope: 'Namespaced' }, target(pods)))
  t.notOk(matchesRule({ ...rule, scope: 'Cluster' }, target(pods)))
  t.ok(matchesRule({ ...rule, resources: ['*'], scope: 'Cluster' }, target(namespaces)), 'namespaces lie in none')
  t.end()
})

await t.test('versions', t => {
  const v1 = { ...v2, version: 'v1' } as AnyResource
  const about = (version: string): typeof rule => ({ ...rule, apiGroups: ['autoscaling'], apiVersions: [version], resources: ['horizontalpodautoscalers'] })
  t.equal(chooseVersion([about('v2'), about('v1')], target(v1), [v2]), v1, 'the request’s own first')
  t.equal(chooseVersion([about('v2')], target(v1), [v2]), v2)
  t.equal(chooseVersion([about('v2')], target(v1), []), undefined)
  t.end()
})

await t.test('objects', t => {
  const selector = compileLabelSelector({ matchLabels: { a: 'b' } })
  const object = (labels: Record<string, string>): typeof emptyObject => ({ ...emptyObject, metadata: { labels } })
  const emptyObject = { kind: '', apiVersion: '', metadata: {} as { labels?: Record<string, string> } }
  t.ok(matchesObjects(selector, [object({ a: 'b' }), undefined]))
  t.ok(matchesObjects(selector, [object({}), object({ a: 'b' })]), 'the old one counts')
  t.notOk(matchesObjects(selector, [emptyObject, undefined]))
  t.ok(matchesObjects(compileLabelSelector({}), [undefined, undefined]), 'an empty selector is about everything')
  t.end()
})

await t.test('answers', t => {
  const review: Review = { uid: 'u', version: 'v1', body: {} }
  const answer = (response: object, envelope: object = {}): object => ({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    response: { uid: 'u', ...response },
    ...envelope,
  })
  t.match(readAnswer(answer({ allowed: true, warnings: ['w', 7] }), review, false), { allowed: true, warnings: ['w'] })
  t.equal(readAnswer(answer({}), review, false).allowed, false, 'what is not allowed is refused')
  const patch = Buffer.from('[{"op":"remove","path":"/a"}]').toString('base64')
  t.strictSame(readAnswer(answer({ allowed: true, patch, patchType: 'JSONPatch' }), review, true).patch, [{ op: 'remove', path: '/a' }])
  const bad: [string, unknown, boolean, RegExp][] = [
    ['no object', 7, false, /expected webhook response/],
    ['another version', answer({}, { apiVersion: 'admission.k8s.io/v1beta1' }), false, /expected webhook response of admission.k8s.io\/v1/],
    ['no response', answer({}, { response: undefined }), false, /response was absent/],
    ['another uid', answer({ uid: 'x' }), false, /expected response.uid/],
    ['no boolean', answer({ allowed: 'yes' }), false, /boolean/],
    ['a patch of a validating webhook', answer({ patch, patchType: 'JSONPatch' }), false, /may not return response.patch/],
    ['a patch without type', answer({ patch }), true, /not response.patchType/],
    ['a type without patch', answer({ patchType: 'JSONPatch' }), true, /not response.patch/],
    ['another type', answer({ patch, patchType: 'MergePatch' }), true, /invalid response.patchType/],
    ['no JSON', answer({ patch: 'AAAA', patchType: 'JSONPatch' }), true, /JSON/],
  ]
  for (const [what, value, mutating, message] of bad) t.throws(() => readAnswer(value, review, mutating), message, what)
  const old: Review = { uid: 'u', version: 'v1beta1', body: {} }
  t.match(
    readAnswer({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1beta1', response: { allowed: true, patch } }, old, true).patch,
    [{ op: 'remove' }],
    'v1beta1 needs neither uid nor type',
  )
  t.end()
})

await t.test('refusals', t => {
  t.match(toRejection('h', { code: 409, reason: 'Conflict', message: 'm' }).status, {
    code: 409,
    reason: 'Conflict',
    message: 'admission webhook "h" denied the request: m',
  })
  t.match(toRejection('h').status, { code: 400, message: 'admission webhook "h" denied the request without explanation' })
  t.match(toRejection('h', { code: 200, reason: 'R' }).status, { code: 400, message: 'admission webhook "h" denied the request: R' })
  t.end()
})
