import t from 'tap'
import { defaultClusterRoleBindings, defaultClusterRoles, parseRule } from '../../../../apiserver/bootstrap/policy.ts'
import { reconcileBinding, reconcileRole } from '../../../../apiserver/bootstrap/rbac.ts'

await t.test('lines become rules', async t => {
  t.same(parseRule('get,list core,apps pods,pods/log'), { verbs: ['get', 'list'], apiGroups: ['', 'apps'], resources: ['pods', 'pods/log'] })
  t.same(parseRule('get core secrets a,b'), { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['a', 'b'] })
  t.same(parseRule('get /healthz,/livez'), { verbs: ['get'], nonResourceURLs: ['/healthz', '/livez'] })
})

await t.test('every binding names a role that there is', async t => {
  const names = new Set(defaultClusterRoles().map(role => role.metadata.name))
  for (const { roleRef } of defaultClusterRoleBindings()) t.ok(names.has(roleRef.name), roleRef.name)
})

const wanted = defaultClusterRoles().find(role => role.metadata.name === 'system:basic-user')!

await t.test('a stored role gets what it lacks and keeps what others gave it', async t => {
  t.equal(reconcileRole(undefined, wanted), wanted)
  const more = { ...wanted, metadata: { ...wanted.metadata, labels: { mine: 'x' }, uid: 'u' }, rules: [wanted.rules![0]!, parseRule('get core pods')] }
  const next = reconcileRole(more, wanted)!
  t.same(next.rules, [...more.rules, wanted.rules![1]])
  t.same(next.metadata.labels, { 'mine': 'x', 'kubernetes.io/bootstrapping': 'rbac-defaults' })
  t.equal(next.metadata.uid, 'u')
  const locked = { ...more, metadata: { ...more.metadata, annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' } } }
  t.equal(reconcileRole(locked, wanted), undefined, 'unless it says that it is not to be touched')
})

await t.test('rules of an aggregated role are left to the aggregation', async t => {
  const view = defaultClusterRoles().find(role => role.metadata.name === 'view')!
  const stored = { ...view, rules: [parseRule('get core pods')] }
  t.same(reconcileRole(stored, view)?.rules, stored.rules)
  t.same(reconcileRole({ ...stored, aggregationRule: { clusterRoleSelectors: [{ matchLabels: { a: 'b' } }] } }, view)?.aggregationRule?.clusterRoleSelectors, [
    { matchLabels: { a: 'b' } },
    ...view.aggregationRule!.clusterRoleSelectors!,
  ])
})

await t.test('a stored binding gets missing subjects back; one that points elsewhere is replaced', async t => {
  const binding = defaultClusterRoleBindings().find(b => b.metadata.name === 'system:public-info-viewer')!
  const other = { kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'x' }
  const less = { ...binding, subjects: [other, binding.subjects![1]!] }
  t.same(reconcileBinding<typeof binding>(less, binding)?.subjects, [other, binding.subjects![1], binding.subjects![0]])
  t.equal(reconcileBinding({ ...binding, roleRef: { ...binding.roleRef, name: 'else' } }, binding), binding)
})
