// Tolerations that another makes superfluous are dropped, in whichever list they are.
import t from 'tap'
import type { Toleration } from '../../../../api/types/core-v1.ts'
import { mergeTolerations } from '../../../../apiserver/admission/merge-tolerations.ts'

const notReady: Toleration = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }
const everything: Toleration = { operator: 'Exists' }
const key = (more: object = {}): Toleration => ({ key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule', ...more })

await t.test('merged tolerations', t => {
  const cases: [string, Toleration[], Toleration[], Toleration[]][] = [
    ['different ones stay, in order', [notReady], [key()], [notReady, key()]],
    ['the same once', [key()], [key()], [key()]],
    ['all keys cover one', [notReady], [everything], [everything]],
    ['also when they came first', [everything], [key()], [everything]],
    ['no effect covers one', [key()], [key({ effect: '' })], [key({ effect: '' })]],
    ['another effect does not', [key()], [key({ effect: 'NoExecute' })], [key(), key({ effect: 'NoExecute' })]],
    ['existence covers a value', [key()], [key({ operator: 'Exists', value: '' })], [key({ operator: 'Exists', value: '' })]],
    ['no operator means equal', [key({ operator: '' })], [key()], [key({ operator: '' })]],
    ['another value stays', [key()], [key({ value: 'w' })], [key(), key({ value: 'w' })]],
    ['longer covers shorter', [notReady], [{ ...notReady, tolerationSeconds: 600 }], [{ ...notReady, tolerationSeconds: 600 }]],
    [
      'for ever covers a while',
      [notReady],
      [{ key: notReady.key!, operator: 'Exists', effect: 'NoExecute' }],
      [{ key: notReady.key!, operator: 'Exists', effect: 'NoExecute' }],
    ],
  ]
  for (const [what, first, second, want] of cases) t.strictSame(mergeTolerations(first, second), want, what)
  t.end()
})
