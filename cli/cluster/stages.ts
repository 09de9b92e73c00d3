// The list of stages that a start shows: one line for each, with the time it took, as ./start prints its own.

export interface Stages {
  /** Runs `work` and prints its line when done. Stages may run side by side. */
  run<T>(name: string, work: () => Promise<T>): Promise<T>
  /** A line for something that took place elsewhere. */
  done(name: string, ms: number): void
}

export const toStageLine = (name: string, ms: number): string => `${(ms / 1000).toFixed(1).padStart(7)} s  ${name}`

export const createStages = (print: (line: string) => void): Stages => {
  const done = (name: string, ms: number): void => print(toStageLine(name, ms))
  return {
    done,
    run: async (name, work) => {
      const since = performance.now()
      const result = await work()
      done(name, performance.now() - since)
      return result
    },
  }
}
