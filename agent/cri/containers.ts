// The container calls of CRI. Stop and remove succeed for what is gone; none retries.
import { ignoreNotFound, type Call } from './call.ts'
import type { ContainerConfig, CriContainer, CriContainerStatus, CriLinuxResources, PodSandboxConfig } from './messages.ts'

export interface Containers {
  create(sandboxId: string, config: ContainerConfig, sandboxConfig: PodSandboxConfig, signal?: AbortSignal): Promise<string>
  start(id: string, signal?: AbortSignal): Promise<void>
  /** Resolves when the process is gone. A second call with less grace hastens the first. */
  stop(id: string, graceSeconds: number, signal?: AbortSignal): Promise<void>
  remove(id: string, signal?: AbortSignal): Promise<void>
  /** Throws CriError NotFound. Lags exit events by up to 110 ms. */
  status(id: string, signal?: AbortSignal): Promise<CriContainerStatus>
  list(signal?: AbortSignal): Promise<CriContainer[]>
  updateResources(id: string, resources: CriLinuxResources, signal?: AbortSignal): Promise<void>
  reopenLog(id: string, signal?: AbortSignal): Promise<void>
}

export const createContainers = (call: Call): Containers => ({
  create: async (podSandboxId, config, sandboxConfig, signal) =>
    (await call<{ containerId: string }>('CreateContainer', { podSandboxId, config, sandboxConfig }, { signal })).containerId,
  start: async (containerId, signal) => {
    await call('StartContainer', { containerId }, { signal })
  },
  stop: (containerId, graceSeconds, signal) =>
    ignoreNotFound(call('StopContainer', { containerId, timeout: graceSeconds }, { timeoutMs: (graceSeconds + 120) * 1000, signal })),
  remove: (containerId, signal) => ignoreNotFound(call('RemoveContainer', { containerId }, { signal })),
  status: async (containerId, signal) => (await call<{ status: CriContainerStatus }>('ContainerStatus', { containerId }, { signal })).status,
  list: async signal => (await call<{ containers: CriContainer[] }>('ListContainers', {}, { signal })).containers,
  updateResources: async (containerId, linux, signal) => {
    await call('UpdateContainerResources', { containerId, linux }, { signal })
  },
  reopenLog: async (containerId, signal) => {
    await call('ReopenContainerLog', { containerId }, { signal })
  },
})
