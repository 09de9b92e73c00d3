// What is read without oclif is what oclif would read; what it would refuse or explain is left to it.
import t from 'tap'
import { apiserverFlags, toClusterOptions, upFlags } from '../../../cli/flags.ts'
import { readPlainFlags } from '../../../cli/plain-flags.ts'

const read = (argv: readonly string[], env = {}): unknown => readPlainFlags(apiserverFlags, argv, env)

void t.test('plain command lines', t => {
  const cases: readonly [argv: readonly string[], values: object, env?: Record<string, string>][] = [
    [[], {}],
    [['--ephemeral'], { ephemeral: true }],
    [['--ephemeral', '--log-level', 'error'], { 'ephemeral': true, 'log-level': 'error' }],
    [['--api-port=7443', '--bind-address', '127.0.0.1'], { 'api-port': 7443, 'bind-address': '127.0.0.1' }],
    [['--store', 'memory', '--root', '/tmp/x'], { store: 'memory', root: '/tmp/x' }],
    [['--etcd-servers', 'http://a:1,http://b:2'], { 'etcd-servers': 'http://a:1,http://b:2' }],
    [[], { root: '/srv' }, { WHERRY_ROOT: '/srv' }],
    [['--root', '/tmp/x'], { root: '/tmp/x' }, { WHERRY_ROOT: '/srv' }],
    [[], {}, { WHERRY_ROOT: '' }],
  ]
  for (const [argv, values, env] of cases) t.strictSame(read(argv, env), values, argv.join(' '))
  t.strictSame(readPlainFlags(upFlags, ['--no-sample', '--node-ip', '192.0.2.7'], {}), { 'sample': false, 'node-ip': '192.0.2.7' })
  t.end()
})

void t.test('what is left to oclif', t => {
  const cases: readonly (readonly string[])[] = [
    ['--help'],
    ['-h'],
    ['now'],
    ['--no-such-flag'],
    ['--ephemeral=yes'],
    ['--no-ephemeral'],
    ['--api-port'],
    ['--api-port', '0'],
    ['--api-port', '65536'],
    ['--api-port', '7e3'],
    ['--api-port', ''],
    ['--store', 'disk'],
    ['--log-level', 'loud'],
    ['--ephemeral', '--root', '/tmp/x'],
    ['--etcd-cafile', 'ca.crt'],
    ['--etcd-servers', 'https://a:1', '--etcd-certfile', 'c.crt'],
    ['--root', '/a', '--root', '/b'],
  ]
  for (const argv of cases) t.equal(read(argv), undefined, argv.join(' '))
  t.equal(read(['--ephemeral'], { WHERRY_ROOT: '/srv' }), undefined)
  t.equal(readPlainFlags(upFlags, ['--no-sample', '--sample'], {}), undefined)
  t.end()
})

void t.test('they come to the same options of the cluster', t => {
  const flags = readPlainFlags(apiserverFlags, ['--root', '/tmp/x', '--etcd-servers', 'http://a:1/,http://b:2', '--api-port', '7443'], {})
  t.strictSame(toClusterOptions(flags!), { root: '/tmp/x', apiPort: 7443, etcdServers: ['http://a:1', 'http://b:2'] })
  t.end()
})
