// The sums of a quota: they follow objects as they come, change and go.
import t from 'tap'
import type { KubeObject } from '../../../api/object.ts'
import { formatResourceList, toResourceList } from '../../../api/resource-list.ts'
import { Ledger } from '../../../controllers/resource-quota/ledger.ts'

const pod = (cpu: string, status: object = {}): KubeObject =>
  ({ metadata: {}, spec: { containers: [{ name: 'c', resources: { requests: { cpu } } }] }, status }) as unknown as KubeObject

await t.test('a ledger', t => {
  const ledger = new Ledger({ hard: toResourceList({ pods: '9', 'requests.cpu': '9', secrets: '9', 'count/widgets.example.com': '9' }), scopes: [] })
  const used = (): Record<string, string> => formatResourceList(ledger.used(name => !name.startsWith('count/')))
  t.strictSame(used(), { pods: '0', 'requests.cpu': '0', secrets: '0' })
  t.ok(ledger.concerns('pods') && ledger.concerns('secrets'))
  t.notOk(ledger.concerns('configmaps'))
  t.equal(ledger.set('pods', 'a/1', pod('1'), 0), false, 'more is used')
  ledger.set('pods', 'a/2', pod('500m'), 0)
  ledger.set('secrets', 'a/1', { metadata: {} } as unknown as KubeObject, 0)
  t.strictSame(used(), { pods: '2', 'requests.cpu': '1500m', secrets: '1' })
  t.equal(ledger.set('pods', 'a/1', pod('1'), 0), false, 'the same again')
  t.equal(ledger.set('pods', 'a/1', pod('2'), 0), false)
  t.equal(ledger.set('pods', 'a/1', pod('1'), 0), true, 'less is used')
  t.equal(ledger.set('pods', 'a/2', pod('500m', { phase: 'Succeeded' }), 0), true, 'what has ended uses nothing')
  t.strictSame(used(), { pods: '1', 'requests.cpu': '1', secrets: '1' })
  t.equal(ledger.set('pods', 'a/3', undefined, 0), false, 'who was never there')
  ledger.retain((_kind, key) => key !== 'a/1')
  t.strictSame(used(), { pods: '0', 'requests.cpu': '0', secrets: '0' }, 'whose end was missed')
  t.end()
})

await t.test('a ledger of a scope', t => {
  const ledger = new Ledger({ hard: toResourceList({ pods: '9' }), scopes: [{ scopeName: 'NotBestEffort', operator: 'Exists' }] })
  ledger.set('pods', 'a/1', pod('1'), 0)
  ledger.set('pods', 'a/2', { metadata: {}, spec: { containers: [{ name: 'c' }] } } as unknown as KubeObject, 0)
  t.strictSame(formatResourceList(ledger.used(() => true)), { pods: '1' })
  t.end()
})
