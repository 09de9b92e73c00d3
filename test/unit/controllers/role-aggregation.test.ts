import t from 'tap'
import type { ClusterRole, PolicyRule } from '../../../api/types/rbac-v1.ts'
import { aggregateRules } from '../../../controllers/role-aggregation.ts'

const role = (name: string, labels: Record<string, string>, rules: PolicyRule[], selectors?: object[]): ClusterRole =>
  ({
    kind: 'ClusterRole',
    apiVersion: 'rbac.authorization.k8s.io/v1',
    metadata: { name, labels },
    rules,
    ...(selectors && { aggregationRule: { clusterRoleSelectors: selectors } }),
  }) as ClusterRole
const rule = (verb: string): PolicyRule => ({ verbs: [verb], apiGroups: [''], resources: ['pods'] })

await t.test('rules of all that the selectors take in, by name, each once, never its own', async t => {
  const sum = role('sum', { part: 'yes' }, [rule('own')], [{ matchLabels: { part: 'yes' } }, { matchExpressions: [{ key: 'extra', operator: 'Exists' }] }])
  const all = [
    sum,
    role('z', { part: 'yes' }, [rule('list'), rule('get')]),
    role('a', { part: 'yes' }, [rule('get')]),
    role('e', { extra: '' }, [rule('watch'), rule('get')]),
    role('no', { part: 'no' }, [rule('delete')]),
  ]
  t.same(aggregateRules(sum, all), [rule('get'), rule('list'), rule('watch')])
  t.same(aggregateRules(role('none', {}, []), all), [])
})
