// What every scheduler plugin must keep to, whatever it decides: pure, total, in range, with a hint for each rejection.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { plugins } from '../../scheduler/plugins/registry.ts'
import type { NodeInfo, PodInfo } from '../../scheduler/framework/types.ts'
import { container, node, nodeInfo, podInfo } from '../unit/scheduler/fixtures.ts'

const freeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(freeze)
  }
  return value
}
const pods = (): PodInfo[] =>
  [
    podInfo('plain'),
    podInfo('asks', { containers: [container({ cpu: '3', memory: '6Gi', 'example.com/gpu': '1' })] }),
    podInfo('port', { containers: [container(undefined, { ports: [{ containerPort: 80, hostPort: 80 }] as never })] }),
    podInfo('selects', { nodeSelector: { disk: 'ssd' } }),
    podInfo('named', { nodeName: 'elsewhere' }),
    podInfo('prefers', {
      affinity: {
        nodeAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, preference: { matchExpressions: [{ key: 'disk', operator: 'Exists' }] } }],
        },
      },
    }),
    podInfo('tolerates', { tolerations: [{ operator: 'Exists' }] }),
  ].map(freeze)
const clusters = (): NodeInfo[] => [
  nodeInfo(node('empty')),
  nodeInfo(node('nothing', { cpu: '0', memory: '0', pods: '0' })),
  nodeInfo(node('ssd', {}, { labels: { disk: 'ssd' } })),
  nodeInfo(
    node(
      'tainted',
      {},
      {
        spec: {
          taints: [
            { key: 'k', effect: 'NoSchedule' },
            { key: 'p', effect: 'PreferNoSchedule' },
          ],
        },
      },
    ),
  ),
  nodeInfo(node('cordoned', {}, { spec: { unschedulable: true } })),
  nodeInfo(freeze({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'bare' } }) as never),
  nodeInfo(node('used'), [podInfo('a', { containers: [container({ cpu: '3', memory: '7Gi' }, { ports: [{ containerPort: 80, hostPort: 80 }] as never })] })]),
]

await t.test('the registry', async t => {
  const names = plugins.map(p => p.name)
  t.equal(new Set(names).size, names.length, 'names are unique')
  const files = readdirSync(join(import.meta.dirname, '../../scheduler/plugins')).filter(f => f !== 'registry.ts')
  t.same(files.sort(), names.map(n => `${n.replaceAll(/(?<=[a-z])([A-Z])/g, '-$1').toLowerCase()}.ts`).sort(), 'one file per plugin, named after it')
})

for (const plugin of plugins) {
  await t.test(plugin.name, async t => {
    t.ok(plugin.preFilter ?? plugin.preScore, 'does something')
    if (plugin.preFilter) t.ok(plugin.mayHelp, 'a plugin that rejects says which events may help')
    const nodes = clusters()
    for (const pod of pods()) {
      const filter = plugin.preFilter?.(pod)
      const verdicts = nodes.map(n => filter?.filter(n))
      t.same(
        nodes.map(n => plugin.preFilter?.(pod)?.filter(n)),
        verdicts,
        `${pod.key}: the same question gets the same answer`,
      )
      for (const verdict of verdicts) {
        if (!verdict) continue
        t.ok(verdict.reasons.length > 0 && verdict.reasons.every(r => r.length > 0), `${pod.key}: a rejection has reasons`)
      }
      const run = plugin.preScore?.(pod)
      if (run) {
        const raw = nodes.map(n => run.score(n))
        const scores = run.normalize?.(raw) ?? raw
        t.equal(scores.length, nodes.length)
        t.ok(
          scores.every(s => Number.isInteger(s) && s >= 0 && s <= 100),
          `${pod.key}: scores from 0 to 100: ${scores.join(' ')}`,
        )
      }
      // A node that this plugin accepts, newly added, must be found helpful for a pod that it had rejected elsewhere.
      if (verdicts.some(v => v)) {
        nodes.forEach((n, i) => {
          if (!verdicts[i] && n.pods.size === 0) t.equal(plugin.mayHelp!({ type: 'NodeAdded', node: n.node }, pod), true, `${pod.key}: ${n.name} would take it`)
        })
      }
    }
  })
}
