// What a component's main.ts returns: something that runs until it is stopped.

export interface Service {
  /** Resolves when the service is usable (listening, synced); rejects with one clear sentence when it cannot be. Called once. */
  start(signal: AbortSignal): Promise<void>
  /** Idempotent; resolves when nothing of the service runs any more. Never disturbs containers. */
  stop(): Promise<void>
}
