// A whole cluster for a test: a host of its own (network namespace), files under a directory of its own, etcd, containerd and the Wherry
// processes as `up` starts them. Removed at the end of the test, also of a failed one, and then searched for leaks.
import type { ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { toPaths, type Paths } from '../../base/paths.ts'
import { readClusterConfig } from '../../cli/cluster/cluster-files.ts'
import { readKeeper, readProgram } from '../../cli/supervise/kept.ts'
import { toMountsBelow } from '../../cli/teardown/mounts.ts'
import { cleanEnvironment } from './environment.ts'
import { eventually } from './eventually.ts'
import { findProcesses, readPodTraces } from './leaks.ts'
import { createTestHost, runProgram, type TestHost } from './network.ts'

const repository = join(import.meta.dirname, '..', '..')
const main = join(repository, 'cli', 'main.ts')
/** A folder with kubectl and helm: the newest ones, unless `npm run test:clients` names others. */
const tools = resolve(repository, process.env['WHERRY_TEST_TOOLS'] ?? 'node_modules/.cache/kubectl-1.35')

interface TestContext {
  teardown(run: () => Promise<void>): unknown
  comment(text: string): void
  same(found: unknown, wanted: unknown, message: string): unknown
}

export interface ClusterOptions {
  /** More arguments of `wherry up`. */
  readonly flags?: readonly string[]
  /** Default: the node is Ready when createCluster resolves. */
  readonly awaitReady?: boolean
  /** Default: without the sample. */
  readonly sample?: boolean
  /** Default: one of its own, removed at the end. */
  readonly host?: TestHost
}

export interface TestCluster {
  readonly host: TestHost
  readonly root: string
  readonly paths: Paths
  readonly nodeName: string
  /** The path of the real kubectl. */
  readonly kubectlProgram: string
  /** Runs kubectl on the host of the node; rejects with what it wrote. */
  readonly kubectl: (args: string | readonly string[], options?: { input?: string; timeoutMs?: number; env?: NodeJS.ProcessEnv }) => Promise<string>
  /** The object as JSON. */
  get<T = any>(what: string): Promise<T>
  helm(args: readonly string[], options?: { timeoutMs?: number }): Promise<string>
  /** Runs a program in the node's network namespace. */
  inNode(argv: readonly string[], options?: { timeoutMs?: number }): Promise<string>
  wherry(args: readonly string[], options?: { timeoutMs?: number }): Promise<string>
  /** Starts `up` (again); resolves as awaitReady says. */
  up(flags?: readonly string[]): Promise<void>
  /** Ends `up` by a signal and waits for its end. */
  endUp(signal: NodeJS.Signals): Promise<void>
  down(): Promise<string>
  /** The running process: etcd, containerd, server, agent, or undefined. */
  pid(name: string): Promise<number | undefined>
  awaitNodeReady(timeoutMs?: number): Promise<void>
  /** What pods left behind; see leaks.ts. */
  podTraces(): Promise<Record<string, string[]>>
  /** Everything that `up` printed so far. */
  output(): string
  /** The last lines of all logs, for the message of a failure. */
  logs(): Promise<string>
}

const words = (args: string | readonly string[]): readonly string[] => (typeof args === 'string' ? args.split(/\s+/).filter(Boolean) : args)

export const createCluster = async (t: TestContext, options: ClusterOptions = {}): Promise<TestCluster> => {
  const host = options.host ?? (await createTestHost())
  const root = await mkdtemp('/tmp/wt-')
  const paths = toPaths(root)
  const kubectlCache = `${root}-kubectl`
  const nodeName = 'node-1'
  let printed = ''
  let process_: ChildProcess | undefined

  const environment = cleanEnvironment({ WHERRY_ROOT: root, WHERRY_STARTED_MS: '' })
  const wherry = (args: readonly string[], { timeoutMs = 60_000 }: { timeoutMs?: number } = {}): Promise<string> =>
    host.run([process.execPath, '--disable-warning=ExperimentalWarning', main, ...args], { timeoutMs, env: environment })
  const kubectlProgram = existsSync(join(tools, 'kubectl')) ? join(tools, 'kubectl') : 'kubectl'
  const kubectl: TestCluster['kubectl'] = (args, settings) =>
    host.run([kubectlProgram, `--kubeconfig=${paths.adminKubeconfig}`, `--cache-dir=${kubectlCache}`, ...words(args)], settings)

  const cluster: TestCluster = {
    host,
    root,
    paths,
    nodeName,
    kubectlProgram,
    kubectl,
    wherry,
    get: async what => JSON.parse(await kubectl(['get', ...words(what), '-o', 'json'])),
    helm: (args, settings) =>
      host.run([join(tools, 'helm'), `--kubeconfig=${paths.adminKubeconfig}`, ...args], { ...settings, env: cleanEnvironment({ HOME: kubectlCache }) }),
    inNode: (argv, settings) => host.run(argv, settings),
    up: async (flags = options.flags ?? []) => {
      const child = host.spawn(
        [
          process.execPath,
          '--disable-warning=ExperimentalWarning',
          main,
          'up',
          '--node-name',
          nodeName,
          '--node-ip',
          host.ip,
          ...(options.sample ? [] : ['--no-sample']),
          ...flags,
        ],
        { env: environment, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
      )
      process_ = child
      let mine = ''
      for (const stream of [child.stdout, child.stderr])
        stream!.setEncoding('utf8').on('data', (text: string) => {
          printed += text
          mine += text
        })
      if (options.awaitReady === false) return
      const ended = new Promise<never>((_, reject) => child.once('exit', code => reject(new Error(`up ended with status ${code}\n${mine}`))))
      ended.catch(() => undefined)
      await Promise.race([
        ended,
        eventually(() => mine.includes('The cluster is up'), 60_000).catch(async (error: unknown) => {
          throw new Error(`${(error as Error).message}\n${mine}\n${await cluster.logs()}`)
        }),
      ])
    },
    endUp: async signal => {
      const child = process_
      if (!child || child.exitCode !== null || child.signalCode !== null) return
      const exited = new Promise(resolve => child.once('exit', resolve))
      child.kill(signal)
      await exited
    },
    down: () => wherry(['down']),
    pid: async name => (await readProgram({ name, run: paths.run }))?.pid,
    awaitNodeReady: async (timeoutMs = 30_000) => {
      await eventually(async () => {
        const node = await cluster.get(`node ${nodeName}`)
        const ready = node.status?.conditions?.find((c: { type: string }) => c.type === 'Ready')
        if (ready?.status !== 'True') throw new Error(`node not Ready: ${ready?.message ?? 'no condition'}`)
      }, timeoutMs)
    },
    podTraces: async () => readPodTraces(host, paths, (await readClusterConfig(paths))!.cgroupParent),
    output: () => printed,
    logs: async () => {
      const parts = await Promise.all(
        ['server', 'agent', 'containerd', 'etcd'].map(
          async name => `--- ${name}\n${(await readFile(join(paths.lib, 'log', `${name}.log`), 'utf8').catch(() => '')).split('\n').slice(-15).join('\n')}`,
        ),
      )
      return parts.join('\n')
    },
  }

  t.teardown(async () => {
    try {
      await cluster.endUp('SIGTERM')
      await wherry(['down'])
      const left = [
        ...(await findProcesses(root)),
        ...toMountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), [root]),
        ...(existsSync(root) ? [root] : []),
      ]
      if (left.length > 0) throw new Error(`down left behind: ${left.join(', ')}`)
    } catch (error) {
      t.comment(`down failed: ${(error as Error).message}`)
      for (const name of ['server', 'agent', 'etcd', 'containerd']) {
        for (const mark of [await readKeeper({ name, run: paths.run }), await readProgram({ name, run: paths.run })])
          if (mark) process.kill(mark.pid, 'SIGKILL')
      }
      throw error
    } finally {
      // Never through a mount: what is below it may be the machine's.
      for (const point of toMountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), [root])) await runProgram(['umount', '--lazy', point])
      for (const directory of [root, kubectlCache]) await rm(directory, { recursive: true, force: true })
      if (!options.host) await host.remove()
    }
  })

  await mkdir(root, { recursive: true })
  await cluster.up()
  return cluster
}
