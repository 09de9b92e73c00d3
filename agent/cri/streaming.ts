// Exec, attach and port-forward: CRI answers where the runtime's own streaming server awaits the connection.
import type { Call } from './call.ts'

export interface StreamOptions {
  stdin: boolean
  stdout: boolean
  stderr: boolean
  tty: boolean
}

export interface Streaming {
  /** Runs to its end; rejects with CriError DeadlineExceeded after the timeout. */
  execSync(
    containerId: string,
    command: readonly string[],
    timeoutSeconds: number,
    signal?: AbortSignal,
  ): Promise<{ exitCode: number; stdout: Buffer; stderr: Buffer }>
  /** URLs that are good for one connection within a minute. */
  execUrl(containerId: string, command: readonly string[], options: StreamOptions): Promise<string>
  attachUrl(containerId: string, options: StreamOptions): Promise<string>
  portForwardUrl(sandboxId: string, ports: readonly number[]): Promise<string>
}

export const createStreaming = (call: Call): Streaming => ({
  execSync: async (containerId, cmd, timeoutSeconds, signal) =>
    call('ExecSync', { containerId, cmd, timeout: timeoutSeconds }, { timeoutMs: timeoutSeconds ? (timeoutSeconds + 10) * 1000 : 24 * 3600_000, signal }),
  execUrl: async (containerId, cmd, options) => (await call<{ url: string }>('Exec', { containerId, cmd, ...options })).url,
  attachUrl: async (containerId, options) => (await call<{ url: string }>('Attach', { containerId, ...options })).url,
  portForwardUrl: async (podSandboxId, port) => (await call<{ url: string }>('PortForward', { podSandboxId, port })).url,
})
