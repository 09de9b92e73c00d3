// Which pods to look at: everything that happens ends up here as a uid. Several wishes for one pod before it is looked at are one.
export class Wakeups {
  readonly #pending = new Set<string>()
  #wake: (() => void) | undefined

  push(uid: string): void {
    this.#pending.add(uid)
    this.#wake?.()
  }

  /** Ends with the signal. For one reader. */
  async *read(signal: AbortSignal): AsyncGenerator<string> {
    const onAbort = (): void => this.#wake?.()
    signal.addEventListener('abort', onAbort, { once: true })
    while (!signal.aborted) {
      for (const uid of this.#pending) {
        this.#pending.delete(uid)
        yield uid
      }
      if (this.#pending.size) continue
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
      this.#wake = undefined
    }
  }
}
