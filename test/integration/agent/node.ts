// A node of a test's own: containerd, API server on the memory store and agent in one process and one network namespace.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import type { AgentConfig } from '../../../agent/config.ts'
import { createAgent, type Agent } from '../../../agent/main.ts'
import { configMaps } from '../../../api/kinds/core/config-map.ts'
import { nodes } from '../../../api/kinds/core/node.ts'
import { pods } from '../../../api/kinds/core/pod.ts'
import { secrets } from '../../../api/kinds/core/secret.ts'
import type { Pod, PodSpec } from '../../../api/types/core-v1.ts'
import { createLogger } from '../../../base/log.ts'
import { toPaths, type Paths } from '../../../base/paths.ts'
import { createShell } from '../../../base/shell.ts'
import { createApiClient } from '../../../client/api-client.ts'
import type { ApiClient } from '../../../client/types.ts'
import { cleanEnvironment } from '../../harness/environment.ts'
import { eventually } from '../../harness/eventually.ts'
import { startServer, type TestServer } from '../apiserver/start-server.ts'
import { startContainerd, type TestContainerd } from './containerd.ts'

export interface TestNode {
  readonly runtime: TestContainerd
  readonly api: TestServer
  readonly client: ApiClient
  readonly paths: Paths
  agent: Agent
  /** Another agent on the same node, as after a restart. */
  startAgent(): Promise<Agent>
  /** Creates a pod bound to the node. */
  run(name: string, spec: Partial<PodSpec> & { containers: PodSpec['containers'] }, metadata?: Pod['metadata']): Promise<Pod>
  get(name: string): Promise<Pod>
  /** Until the pod is as wanted; throws what it was last. */
  until(name: string, wanted: (pod: Pod) => boolean, timeoutMs?: number): Promise<Pod>
  gone(name: string, timeoutMs?: number): Promise<void>
  log(pod: Pod, container: string, attempt?: number): string
  /** The real kubectl as administrator, within the node's network: its process and what it wrote, once it ended. */
  kubectl(args: readonly string[], input?: Buffer): Kubectl
  stop(): Promise<void>
}

export interface Kubectl {
  readonly process: ChildProcess
  readonly ended: Promise<{ code: number | null; stdout: Buffer; stderr: string }>
}

export const nodeName = 'n1'
const kubectlProgram = join(process.cwd(), 'node_modules', '.cache', 'kubectl-1.35', 'kubectl')

const runKubectl = (api: TestServer, args: readonly string[], input: Buffer = Buffer.alloc(0)): Kubectl => {
  const { pki } = api
  const flags = [`--server=${api.url}`, `--certificate-authority=${pki.ca.cert}`, `--client-certificate=${pki.admin.cert}`, `--client-key=${pki.admin.key}`]
  const child = spawn(kubectlProgram, [...flags, `--cache-dir=${api.folder}/kubectl`, ...args], { env: cleanEnvironment() })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  return {
    process: child,
    ended: Promise.all([once(child, 'close'), buffer(child.stdout), text(child.stderr)]).then(([[code], stdout, stderr]) => ({
      code: code as number | null,
      stdout,
      stderr,
    })),
  }
}
const user = { name: 'system:node:n1', groups: ['system:masters', 'system:authenticated'] }

export const startNode = async (config: Partial<AgentConfig> = {}): Promise<TestNode> => {
  const runtime = await startContainerd()
  const api = await startServer({ bindAddress: '127.0.0.1' })
  const log = createLogger((process.env['AGENT_LOG'] ?? 'error') as 'error')
  const shell = createShell({ log })
  const transport = api.server.inProcess(user)
  const client = createApiClient(transport, { userAgent: 'test' })
  const paths = toPaths(join(runtime.dir, 'node'))
  mkdirSync(paths.lib, { recursive: true })
  const make = (): Agent =>
    createAgent(
      {
        nodeName,
        nodeIp: '127.0.0.1',
        containerdSocket: runtime.socket,
        paths,
        cgroupRoot: runtime.cgroupRoot,
        apiAddress: '127.0.0.1',
        apiPort: 0,
        tls: { cert: api.pki.agentServer.cert, key: api.pki.agentServer.key, clientCa: api.pki.ca.cert },
        ...config,
      },
      { log, transport, shell },
    )
  const namespaced = client.of(pods, 'default')
  const node: TestNode = {
    runtime,
    api,
    client,
    paths,
    agent: make(),
    async startAgent() {
      node.agent = make()
      await node.agent.start(AbortSignal.timeout(30_000))
      return node.agent
    },
    run: (name, spec, metadata = {}) =>
      namespaced.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, ...metadata },
        spec: { nodeName, terminationGracePeriodSeconds: 1, automountServiceAccountToken: false, ...spec },
      }),
    get: name => namespaced.get(name),
    until: (name, wanted, timeoutMs = 20_000) =>
      eventually(
        async () => {
          const pod = await namespaced.get(name)
          if (!wanted(pod)) throw new Error(`pod ${name}: ${JSON.stringify(pod.status)}`)
          return pod
        },
        timeoutMs,
        10,
      ),
    gone: async (name, timeoutMs = 20_000) => {
      await eventually(
        async () => {
          const found = await namespaced.get(name).catch(() => undefined)
          if (found) throw new Error(`pod ${name} is still there: ${JSON.stringify(found.status)}`)
        },
        timeoutMs,
        10,
      )
    },
    log: (pod, container, attempt = 0) =>
      readFileSync(join(paths.podLogs, `default_${pod.metadata.name}_${pod.metadata.uid}`, container, `${attempt}.log`), 'utf8').replace(/^\S+ \S+ F /gm, ''),
    kubectl: (args, input) => runKubectl(api, args, input),
    async stop() {
      await node.agent.stop()
      await api.close()
      await shell.close()
      await runtime.stop()
    },
  }
  await node.agent.start(AbortSignal.timeout(30_000))
  await eventually(async () => {
    const found = await client.of(nodes).get(nodeName)
    if (found.status?.conditions?.find(c => c.type === 'Ready')?.status !== 'True') throw new Error(JSON.stringify(found.status?.conditions))
  })
  return node
}

/** Everything that a pod may leave behind. */
export const leftovers = async (node: TestNode): Promise<string[]> => {
  const { runtime, paths } = node
  const [sandboxes, containers] = await Promise.all([runtime.cri.sandboxes.list(), runtime.cri.containers.list()])
  const list = (dir: string): string[] => {
    try {
      return readdirSync(dir)
    } catch {
      return []
    }
  }
  const cgroups = readdirSync('/sys/fs/cgroup').flatMap(c =>
    ['', 'burstable', 'besteffort'].flatMap(qos => list(join('/sys/fs/cgroup', c, runtime.cgroupRoot, 'kubepods', qos)).filter(n => n.startsWith('pod'))),
  )
  return [
    ...sandboxes.map(s => `sandbox ${s.id}`),
    ...containers.map(c => `container ${c.id}`),
    ...list(join(paths.agent, 'pods')).map(n => `folder ${n}`),
    ...list(paths.podLogs).map(n => `log ${n}`),
    ...readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter(line => line.includes(paths.agent)),
    ...cgroups.map(n => `cgroup ${n}`),
    ...list(join(runtime.dir, 'cni-data', runtime.netns))
      .filter(n => /^\d/.test(n))
      .map(n => `address ${n}`),
  ]
}

export { configMaps, secrets }
