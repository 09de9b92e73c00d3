// Running programs without a spawn from Node in a hot path: one persistent /bin/sh does it (base/shell.ts).

export interface RunResult {
  code: number
  stdout: string
  stderr: string
}

export interface RunOptions {
  /** Standard input of the program; empty by default. */
  input?: string
  /** The program is killed after this; default 10 000. The promise then rejects with ExecError code `timeout`. */
  timeoutMs?: number
  signal?: AbortSignal
}

export interface Shell {
  /** Runs argv (no shell interpretation). Resolves for any exit code; rejects only when the program cannot be run. Concurrent calls are allowed. */
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>
  /** Ends the helper process; running programs are left alone. Idempotent. */
  close(): Promise<void>
}
