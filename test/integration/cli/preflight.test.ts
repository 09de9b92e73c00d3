import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { toPaths } from '../../../base/paths.ts'
import { cleanEnvironment } from '../../harness/environment.ts'
import { completeClusterConfig, type ClusterOptions } from '../../../cli/cluster/cluster-config.ts'
import { preflight } from '../../../cli/cluster/preflight.ts'

const main = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts')
const scratch = (t: { teardown(run: () => unknown): void }): string => {
  const root = mkdtempSync(join(tmpdir(), 'wherry-pre-'))
  t.teardown(() => rmSync(root, { recursive: true, force: true }))
  return root
}
const listen = async (t: { teardown(run: () => unknown): void }): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}
const check = (root: string, options: ClusterOptions = {}): Promise<string[]> => {
  const config = completeClusterConfig(
    { root, nodeIp: '127.0.0.1', bindAddress: '127.0.0.1', apiPort: 26443, agentPort: 20250, etcdPort: 22379, ...options },
    { hostname: 'n', address: undefined },
  )
  return preflight(config, toPaths(root))
}
/** Runs `wherry up` so that it must refuse; returns what it wrote. */
const refused = (argv: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(argv[0]!, argv.slice(1), { timeout: 30_000, env: cleanEnvironment() }, (error, stdout, stderr) =>
      error && error.code === 1 ? resolve(stderr + stdout) : reject(new Error(`status ${error?.code ?? 0}: ${stderr}${stdout}`)),
    )
  })
const flat = (text: string): string => text.replace(/\s*›\s*|\n/g, ' ').replace(/\s+/g, ' ')

await t.test('a machine that is fit has nothing to say', async t => t.same(await check(scratch(t)), []))

await t.test('a port in use: who has it, and which flag chooses another', async t => {
  const port = await listen(t)
  const found = await check(scratch(t), { apiPort: port })
  t.equal(found.length, 1)
  t.match(
    found[0],
    new RegExp(`^port ${port}, wanted by the API server, is in use by .+ \\(pid ${process.pid}\\): stop that, or choose another port with --api-port$`),
  )
})

await t.test("an address that is not this machine's", async t => {
  t.match((await check(scratch(t), { bindAddress: '198.51.100.9' }))[0], /^198\.51\.100\.9 is no address of this machine/)
})

await t.test('all sentences at once', async t => {
  const [api, etcd] = [await listen(t), await listen(t)]
  t.equal((await check(scratch(t), { apiPort: api, etcdPort: etcd })).length, 2)
})

await t.test('data of another version', async t => {
  const root = scratch(t)
  mkdirSync(join(root, 'lib'))
  writeFileSync(join(root, 'lib', 'version'), '7\n')
  t.match(await check(root), [/has format 7, this version of Wherry reads format 1/])
})

await t.test('a root too long for sockets', async t => {
  t.match(await check(join(scratch(t), 'x'.repeat(90))), [/too long a path for a socket/])
})

await t.test('not root', async t => {
  const text = flat(
    await refused([
      'setpriv',
      '--reuid=65534',
      '--regid=65534',
      '--clear-groups',
      // The repository may lie where only root may look.
      '--inh-caps=+dac_read_search',
      '--ambient-caps=+dac_read_search',
      process.execPath,
      main,
      'up',
      '--root',
      '/tmp/wherry-nobody',
      '--node-ip',
      '127.0.0.1',
    ]),
  )
  t.match(text, /a cluster needs root .*: run it with sudo/)
  t.notMatch(text, /at .*\.ts:\d+/, 'no stack')
})

await t.test('no cgroup memory controller', async t => {
  const root = scratch(t)
  const hide = 'if mountpoint -q /sys/fs/cgroup/memory; then umount /sys/fs/cgroup/memory; else mount -t tmpfs none /sys/fs/cgroup; fi'
  const text = flat(
    await refused([
      'unshare',
      '--mount',
      '--',
      'sh',
      '-c',
      `${hide} && exec "$@"`,
      'sh',
      process.execPath,
      main,
      'up',
      '--root',
      root,
      '--node-ip',
      '127.0.0.1',
      '--api-port',
      '26443',
      '--agent-port',
      '20250',
      '--etcd-port',
      '22379',
    ]),
  )
  t.match(text, /no cgroup memory controller.*cgroup_enable=memory/)
})

await t.test('a missing program names its package', async t => {
  const root = scratch(t)
  const text = flat(
    await refused([
      'unshare',
      '--mount',
      '--',
      'sh',
      '-c',
      'f=$(readlink -f "$(command -v nft)"); mount --bind /dev/null "$f" && chmod -x "$f" 2>/dev/null; mount --bind -o noexec /dev/null "$f"; exec "$@"',
      'sh',
      process.execPath,
      main,
      'up',
      '--root',
      root,
      '--node-ip',
      '127.0.0.1',
      '--api-port',
      '26443',
      '--agent-port',
      '20250',
      '--etcd-port',
      '22379',
    ]),
  )
  t.match(text, /the program "nft" is missing: install it with "apt-get install nftables"/)
})

await t.test('a containerd that is not there', async t => {
  const root = scratch(t)
  const text = flat(
    await refused([
      process.execPath,
      main,
      'up',
      '--root',
      root,
      '--node-ip',
      '127.0.0.1',
      '--api-port',
      '26443',
      '--agent-port',
      '20250',
      '--etcd-servers',
      'http://127.0.0.1:1',
      '--containerd-socket',
      '/nowhere.sock',
    ]),
  )
  t.match(
    text,
    /(etcd at http:\/\/127\.0\.0\.1:1 is not healthy after 5 s .*: start it, or leave --etcd-servers out|containerd does not accept connections at \/nowhere\.sock)/,
  )
})
