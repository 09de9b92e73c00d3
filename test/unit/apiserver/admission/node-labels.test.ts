import t from 'tap'
import { forbiddenNodeLabels } from '../../../../apiserver/admission/node-labels.ts'

await t.test('a node gives itself the labels that agents report, and any of other domains', async t => {
  const own = {
    'kubernetes.io/hostname': 'n',
    'topology.kubernetes.io/zone': 'z',
    'node.kubernetes.io/anything': 'x',
    'sub.kubelet.kubernetes.io/x': 'x',
    'example.com/role': 'x',
    'plain': 'x',
  }
  t.same(forbiddenNodeLabels(own), [])
})

await t.test('the others of kubernetes.io and k8s.io it neither adds, changes nor removes', async t => {
  const label = 'node-role.kubernetes.io/control-plane'
  t.same(forbiddenNodeLabels({ [label]: '' }), [label])
  t.same(forbiddenNodeLabels({ [label]: 'b' }, { [label]: 'a' }), [label])
  t.same(forbiddenNodeLabels({}, { [label]: 'a' }), [label])
  t.same(forbiddenNodeLabels({ [label]: 'a' }, { [label]: 'a' }), [])
  t.same(forbiddenNodeLabels({ 'x.k8s.io/y': '', 'node-restriction.kubernetes.io/a': '', 'z.node-restriction.kubernetes.io/a': '' }), [
    'node-restriction.kubernetes.io/a',
    'x.k8s.io/y',
    'z.node-restriction.kubernetes.io/a',
  ])
})
