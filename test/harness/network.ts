// Hosts for tests: a network namespace with an address and a default route, linked by a veth pair to a second namespace that plays the
// outside. The machine's own network is not touched.
import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface TestHost {
  /** Name of the namespace of the node, as in /run/netns. */
  readonly namespace: string
  /** Namespace on the other end of its link. */
  readonly outside: string
  readonly ip: string
  readonly outsideIp: string
  /** Runs a program on the host, with /sys and the cgroups as they are; rejects on failure with what it wrote. */
  run(argv: readonly string[], options?: { input?: string; timeoutMs?: number; env?: NodeJS.ProcessEnv }): Promise<string>
  runOutside(argv: readonly string[], options?: { timeoutMs?: number }): Promise<string>
  spawn(argv: readonly string[], options?: SpawnOptions): ChildProcess
  remove(): Promise<void>
}

const inside = (namespace: string, argv: readonly string[]): string[] => ['nsenter', `--net=/run/netns/${namespace}`, '--', ...argv]

/** Rejects with everything that the program wrote: the first thing to read when a test fails. */
export const runProgram = (
  argv: readonly string[],
  { input, timeoutMs = 60_000, env }: { input?: string; timeoutMs?: number; env?: NodeJS.ProcessEnv } = {},
): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = execFile(argv[0]!, argv.slice(1), { timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024, ...(env && { env }) }, (error, stdout, stderr) => {
      if (error)
        reject(
          new Error(
            `${argv.filter(word => !word.startsWith('--net=')).join(' ')}: ${error.killed ? `killed after ${timeoutMs} ms` : `status ${error.code}`}\n${stderr}${stdout}`,
          ),
        )
      else resolve(stdout)
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(input ?? '')
  })

export const createTestHost = async (): Promise<TestHost> => {
  const id = randomBytes(3).toString('hex')
  const [namespace, outside] = [`wt-${id}`, `wt-${id}-out`]
  const [ip, outsideIp] = ['192.0.2.1', '192.0.2.2']
  const remove = async (): Promise<void> => {
    for (const name of [namespace, outside]) await run('ip', ['netns', 'del', name]).catch(() => undefined)
  }
  try {
    for (const name of [namespace, outside]) {
      await run('ip', ['netns', 'add', name])
      await run('ip', ['-n', name, 'link', 'set', 'lo', 'up'])
    }
    await run('ip', ['-n', namespace, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', outside])
    for (const [name, address, via] of [
      [namespace, ip, outsideIp],
      [outside, outsideIp, undefined],
    ] as const) {
      await run('ip', ['-n', name, 'address', 'add', `${address}/24`, 'dev', 'eth0'])
      await run('ip', ['-n', name, 'link', 'set', 'eth0', 'up'])
      if (via) await run('ip', ['-n', name, 'route', 'add', 'default', 'via', via])
    }
    // As on a stock VM, where br_netfilter is not loaded: bridged packets do not pass the IP tables.
    const sysctl = 'echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables'
    await run('nsenter', [`--net=/run/netns/${namespace}`, '--', 'sh', '-c', `[ ! -e /proc/sys/net/bridge ] || ${sysctl}`])
  } catch (error) {
    await remove()
    throw error
  }
  return {
    namespace,
    outside,
    ip,
    outsideIp,
    remove,
    run: (argv, options) => runProgram(inside(namespace, argv), options),
    runOutside: (argv, options) => runProgram(inside(outside, argv), options),
    spawn: (argv, options = {}) => {
      const [program, ...rest] = inside(namespace, argv)
      return spawn(program!, rest, options)
    },
  }
}
