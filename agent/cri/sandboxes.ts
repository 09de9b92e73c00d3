// The sandbox calls of CRI. Each is idempotent as its comment in the contract says; none retries.
import { ignoreNotFound, type Call } from './call.ts'
import type { PodSandbox, PodSandboxConfig, PodSandboxStatus } from './messages.ts'

export interface Sandboxes {
  /** Returns the id; the sandbox is ready then. On failure containerd has cleaned up, or shows it NotReady in the next list. */
  run(config: PodSandboxConfig, runtimeHandler: string, signal?: AbortSignal): Promise<string>
  /** Kills what runs in it and gives the network back. Success when it is gone already. */
  stop(id: string, signal?: AbortSignal): Promise<void>
  /** Removes it with its containers, by force. Success when it is gone already. */
  remove(id: string, signal?: AbortSignal): Promise<void>
  /** Throws CriError NotFound. */
  status(id: string, signal?: AbortSignal): Promise<PodSandboxStatus>
  list(signal?: AbortSignal): Promise<PodSandbox[]>
}

export const createSandboxes = (call: Call): Sandboxes => ({
  run: async (config, runtimeHandler, signal) =>
    (await call<{ podSandboxId: string }>('RunPodSandbox', { config, runtimeHandler }, { timeoutMs: 240_000, signal })).podSandboxId,
  stop: (podSandboxId, signal) => ignoreNotFound(call('StopPodSandbox', { podSandboxId }, { signal })),
  remove: (podSandboxId, signal) => ignoreNotFound(call('RemovePodSandbox', { podSandboxId }, { signal })),
  status: async (podSandboxId, signal) => (await call<{ status: PodSandboxStatus }>('PodSandboxStatus', { podSandboxId }, { signal })).status,
  list: async signal => (await call<{ items: PodSandbox[] }>('ListPodSandbox', {}, { signal })).items,
})
