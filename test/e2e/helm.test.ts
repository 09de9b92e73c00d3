// The real helm installs, upgrades, rolls back and removes a chart with a definition, objects of it, access rules and a hook.
import { join } from 'node:path'
import t from 'tap'
import { createCluster } from '../harness/cluster.ts'

t.setTimeout(300_000)
const chart = join(import.meta.dirname, '..', 'fixtures', 'chart')

await t.test('helm', async t => {
  const cluster = await createCluster(t)
  const { kubectl } = cluster
  const helm = (args: string): Promise<string> => cluster.helm(args.split(' '), { timeoutMs: 120_000 })
  const berths = async (): Promise<string> => kubectl('get berths -n port -o jsonpath={.items[*].metadata.name}')

  await t.test('install', async t => {
    t.match(await helm(`install quay ${chart} -n port --create-namespace --wait --timeout 90s`), /STATUS: deployed\nREVISION: 1/)
    t.match(await kubectl('logs -n port quay-before'), /made ready for 3/, 'the hook ran first')
    t.equal(await berths(), 'quay-0 quay-1 quay-2')
    t.match(await kubectl('get berth -n port quay-1'), /NAME +LENGTH\nquay-1 +11/, 'with the columns of its definition')
    t.equal(await kubectl('get berth -n port quay-1 -o jsonpath={.spec.side}'), 'port', 'with the default of its schema')
    t.match(await kubectl('explain berth.spec.length'), /FIELD: +length <integer>/)
    t.equal(await kubectl('get deployment -n port quay -o jsonpath={.status.availableReplicas}'), '1')
    t.match(await kubectl('auth can-i list berths.harbour.test -n port --as=system:serviceaccount:port:quay'), /^yes/)
  })

  await t.test('upgrade and rollback', async t => {
    t.match(await helm(`upgrade quay ${chart} -n port --set berths=1,replicas=2 --wait --timeout 90s`), /REVISION: 2/)
    t.equal(await berths(), 'quay-0')
    t.equal(await kubectl('get deployment -n port quay -o jsonpath={.status.availableReplicas}'), '2')
    await t.rejects(helm(`upgrade quay ${chart} -n port --set replicas=-1`), { message: /spec\.replicas/ }, 'a wrong value is refused by the server')
    t.match(await helm('rollback quay 1 -n port --wait --timeout 90s'), /Rollback was a success/)
    t.equal(await berths(), 'quay-0 quay-1 quay-2')
    t.match(await helm('history quay -n port'), /Rollback to 1/)
    t.match(await helm('list -n port'), /quay\s+port\s+4\s/)
  })

  await t.test('uninstall', async t => {
    t.match(await helm('uninstall quay -n port --wait --timeout 90s'), /uninstalled/)
    t.equal(await berths(), '')
    t.equal(await kubectl('get deployment,service,role,rolebinding -n port -o name'), '')
    t.match(await kubectl('delete crd berths.harbour.test'), /deleted/)
    await t.rejects(kubectl('get berths -n port'), { message: /could not find the requested resource/ })
    t.match(await kubectl('delete namespace port --timeout=60s'), /deleted/)
  })
})
