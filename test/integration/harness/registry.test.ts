import t from 'tap'
import { createTestHost } from '../../harness/network.ts'
import { createRegistry } from '../../harness/registry.ts'

await t.test('an image is pushed and its manifest is served', async t => {
  const host = await createTestHost()
  t.teardown(() => host.remove())
  const registry = await createRegistry(t, host)
  t.equal(await registry.push('team/tool', 'v1', { files: { 'hello.txt': 'hi\n' } }), '127.0.0.1:5000/team/tool:v1')
  const answer = JSON.parse(
    await host.run([
      'busybox',
      'wget',
      '-qO-',
      '--header',
      'Accept: application/vnd.oci.image.manifest.v1+json',
      'http://127.0.0.1:5000/v2/team/tool/manifests/v1',
    ]),
  )
  t.equal(answer.layers.length, 1)
  t.same(JSON.parse(await host.run(['busybox', 'wget', '-qO-', 'http://127.0.0.1:5000/v2/team/tool/tags/list'])), { name: 'team/tool', tags: ['v1'] })
})

await t.test('a test host reaches its outside and nothing else', async t => {
  const host = await createTestHost()
  t.teardown(() => host.remove())
  t.match(await host.run(['busybox', 'ping', '-c1', '-W2', host.outsideIp]), /1 packets received/)
  t.rejects(host.run(['busybox', 'ping', '-c1', '-W1', '198.51.100.1']))
})
