// Network namespaces of a test's own, a process in each that serves and asks, and pods made with the real CNI plugins.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { RunResult, Shell } from '../../base/shell.types.ts'

export interface Answer {
  name?: string
  from?: string
  error?: string
}
export interface Target {
  protocol?: 'tcp' | 'udp'
  host: string
  port: number
  timeoutMs?: number
  localPort?: number
}

export interface Netns {
  readonly name: string
  readonly path: string
  /** A shell whose programs run inside. */
  readonly shell: Shell
  /** Runs a program inside and expects it to succeed. */
  must(...argv: string[]): Promise<string>
  serve(name: string, port: number, options?: { protocol?: 'tcp' | 'udp'; host?: string }): Promise<void>
  ask(target: Target): Promise<Answer>
  open(connection: number, target: Target): Promise<Answer>
  talk(connection: number): Promise<Answer>
  /** Asks the DNS server at `host`. */
  resolve(name: string, type: string, host: string, port?: number): Promise<{ records?: any[]; error?: string }>
  remove(): Promise<void>
}

const mustRun = async (shell: Shell, argv: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await shell.run(argv)
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr.trim() || `exit code ${code}`}`)
  return stdout
}

/** Namespaces of test processes that were killed before they could clean up: their names end in the process's id and a letter. */
const removeOrphans = async (shell: Shell): Promise<void> => {
  const { stdout } = await shell.run(['ip', 'netns', 'list'])
  for (const [, name = '', pid = ''] of stdout.matchAll(/^(w[a-z]{3}(\d+)[a-z])\b/gm))
    if (!existsSync(`/proc/${pid}`)) await shell.run(['ip', 'netns', 'del', name])
}

export const createNetns = async (shell: Shell, name: string): Promise<Netns> => {
  await removeOrphans(shell)
  await mustRun(shell, ['ip', 'netns', 'add', name])
  const path = `/run/netns/${name}`
  const inside: Shell = {
    run: (argv, options): Promise<RunResult> => shell.run(['nsenter', `--net=${path}`, ...argv], options),
    close: () => Promise.resolve(),
  }
  await mustRun(inside, ['ip', 'link', 'set', 'lo', 'up'])
  let worker: ChildProcess | undefined
  let nextId = 0
  const waiting = new Map<number, (answer: never) => void>()
  const startWorker = (): ChildProcess => {
    const file = new URL('../fixtures/netns-worker.ts', import.meta.url).pathname
    const child = spawn('nsenter', [`--net=${path}`, process.execPath, '--no-warnings', file], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { PATH: process.env['PATH'] },
    })
    createInterface({ input: child.stdout }).on('line', line => {
      const { id, answer } = JSON.parse(line) as { id: number; answer: never }
      waiting.get(id)?.(answer)
      waiting.delete(id)
    })
    return child
  }
  const request = <T>(body: object): Promise<T> => {
    worker ??= startWorker()
    const id = nextId++
    worker.stdin!.write(`${JSON.stringify({ id, ...body })}\n`)
    return new Promise(resolve => waiting.set(id, resolve))
  }
  return {
    name,
    path,
    shell: inside,
    must: (...argv) => mustRun(inside, argv),
    serve: async (as, port, options) => {
      const answer = await request<Answer | true>({ op: 'serve', name: as, port, ...options })
      if (answer !== true) throw new Error(`cannot serve on ${port}: ${answer.error}`)
    },
    ask: target => request({ op: 'ask', ...target }),
    open: (connection, target) => request({ op: 'open', connection, ...target }),
    talk: connection => request({ op: 'talk', connection }),
    resolve: (name, type, host, port = 53) => request({ op: 'resolve', name, type, host, port }),
    remove: async () => {
      if (worker) {
        const ended = new Promise(resolve => worker!.once('exit', resolve))
        worker.stdin!.end()
        await ended
      }
      await shell.run(['ip', 'netns', 'del', name])
    },
  }
}

/** Connects a namespace to a host by a veth pair, with an address and a default route: a machine beside the node. */
export const connectNetns = async (host: Netns, other: Netns, names: [string, string], hostAddress: string, otherAddress: string): Promise<void> => {
  await host.must('ip', 'link', 'add', names[0], 'type', 'veth', 'peer', 'name', names[1], 'netns', other.name)
  await host.must('ip', 'address', 'add', hostAddress, 'dev', names[0])
  await host.must('ip', 'link', 'set', names[0], 'up')
  await other.must('ip', 'address', 'add', otherAddress, 'dev', names[1])
  await other.must('ip', 'link', 'set', names[1], 'up')
  await other.must('ip', 'route', 'add', 'default', 'via', hostAddress.split('/')[0]!)
}

/** Runs one plugin chain's only plugin as containerd would: ADD answers the pod's address. */
export const runCni = async (
  host: Netns,
  command: 'ADD' | 'DEL',
  conflist: { cniVersion: string; name: string; plugins: readonly object[] },
  binDir: string,
  id: string,
  netns: string,
): Promise<string> => {
  const [plugin] = conflist.plugins as readonly { type: string }[]
  const env = [`CNI_COMMAND=${command}`, `CNI_CONTAINERID=${id}`, `CNI_NETNS=${netns}`, 'CNI_IFNAME=eth0', `CNI_PATH=${binDir}`]
  const input = JSON.stringify({ cniVersion: conflist.cniVersion, name: conflist.name, ...plugin })
  const { code, stdout } = await host.shell.run(['env', ...env, `${binDir}/${plugin!.type}`], { input })
  if (code !== 0) throw new Error(`CNI ${command} ${id}: ${stdout}`)
  return command === 'ADD' ? (JSON.parse(stdout) as { ips: { address: string }[] }).ips[0]!.address.split('/')[0]! : ''
}
