// The floor: the same pod made with raw CRI calls and nothing else. What containerd itself needs cannot be beaten.
import { randomUUID } from 'node:crypto'
import { createGrpcChannel, type GrpcService } from '../base/grpc.ts'
import { protoFile, protoFolders } from '../proto/files.ts'

export interface FloorPod {
  readonly sandboxId: string
  readonly containerId: string
  readonly sandbox: object
  readonly container: object
}

export interface Floor {
  /** RunPodSandbox, CreateContainer, StartContainer. */
  startPod(): Promise<FloorPod>
  /** CreateContainer and StartContainer in a sandbox that is there; returns the container's id. */
  startContainer(pod: FloorPod): Promise<string>
  /** Stops it by force and removes it. */
  removeContainer(containerId: string): Promise<void>
  /** Kills the first container by its pid, awaits containerd's exit event, then CreateContainer and StartContainer. */
  killAndRestart(pod: FloorPod, pid: number): Promise<void>
  /** StopPodSandbox, which kills the container, and RemovePodSandbox. */
  removePod(pod: FloorPod): Promise<void>
  close(): void
}

export interface FloorOptions {
  socket: string
  image: string
  command: readonly string[]
  logDirectory: string
  cgroupParent: string
  runtimeHandler: string
}

export const createFloor = ({ socket, image, command, logDirectory, cgroupParent, runtimeHandler }: FloorOptions): Floor => {
  const channel = createGrpcChannel({
    socket,
    protoFiles: [protoFile('cri-v1'), protoFile('containerd/events'), protoFile('containerd/event-types')],
    protoFolders: protoFolders(),
  })
  const runtime: GrpcService = channel.service('runtime.v1.RuntimeService')
  // Subscribed from the start: a stream that is asked for together with the kill would miss its exit.
  const waiting = new Map<string, () => void>()
  const ending = new AbortController()
  const filters = ['namespace==k8s.io,topic=="/tasks/exit"']
  const events = channel
    .service('containerd.services.events.v1.Events')
    .stream<{ event: { value: Buffer } }>('Subscribe', { filters }, { signal: ending.signal })
  void (async () => {
    for await (const { event } of events) {
      const { id } = channel.decode('containerd.events.TaskExit', event.value) as { id: string }
      waiting.get(id)?.()
      waiting.delete(id)
    }
  })().catch(() => undefined)
  const namespaceOptions = { network: 'POD', pid: 'CONTAINER', ipc: 'POD' }
  const create = async (podSandboxId: string, config: object, sandboxConfig: object): Promise<string> => {
    const { containerId } = await runtime.unary<{ containerId: string }>('CreateContainer', { podSandboxId, config, sandboxConfig }, { timeoutMs: 60_000 })
    await runtime.unary('StartContainer', { containerId }, { timeoutMs: 60_000 })
    return containerId
  }
  return {
    startPod: async () => {
      const uid = randomUUID()
      const sandbox = {
        metadata: { name: `floor-${uid.slice(0, 8)}`, uid, namespace: 'floor', attempt: 0 },
        hostname: 'floor',
        logDirectory,
        labels: {},
        annotations: {},
        dnsConfig: { servers: ['10.43.0.10'], searches: ['default.svc.cluster.local'], options: ['ndots:5'] },
        linux: { cgroupParent, securityContext: { namespaceOptions } },
      }
      const container = {
        metadata: { name: 'c', attempt: 0 },
        image: { image },
        command,
        labels: {},
        annotations: {},
        logPath: `${uid}.log`,
        linux: { resources: { cpuShares: 2, oomScoreAdj: 1000 }, securityContext: { namespaceOptions } },
      }
      const { podSandboxId } = await runtime.unary<{ podSandboxId: string }>('RunPodSandbox', { config: sandbox, runtimeHandler }, { timeoutMs: 60_000 })
      return { sandboxId: podSandboxId, containerId: await create(podSandboxId, container, sandbox), sandbox, container }
    },
    startContainer: pod => create(pod.sandboxId, { ...pod.container, metadata: { name: 'c', attempt: 2 } }, pod.sandbox),
    removeContainer: async containerId => {
      await runtime.unary('StopContainer', { containerId, timeout: 0 }, { timeoutMs: 60_000 })
      await runtime.unary('RemoveContainer', { containerId }, { timeoutMs: 60_000 })
    },
    killAndRestart: async (pod, pid) => {
      const exited = new Promise<void>(resolve => waiting.set(pod.containerId, resolve))
      process.kill(pid, 'SIGKILL')
      await exited
      await create(pod.sandboxId, { ...pod.container, metadata: { name: 'c', attempt: 1 } }, pod.sandbox)
    },
    removePod: async ({ sandboxId }) => {
      await runtime.unary('StopPodSandbox', { podSandboxId: sandboxId }, { timeoutMs: 60_000 })
      await runtime.unary('RemovePodSandbox', { podSandboxId: sandboxId }, { timeoutMs: 60_000 })
    },
    close: () => {
      ending.abort()
      channel.close()
    },
  }
}
