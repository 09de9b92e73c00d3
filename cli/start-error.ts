// What a person did or has to mend: shown as its sentences, one a line, without a stack.

export class StartError extends Error {
  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'))
    this.name = 'StartError'
  }
}

/** Tells the user what a StartError says, and that the command failed; false for any other error. */
export const showStartError = (error: unknown): boolean => {
  if (!(error instanceof StartError)) return false
  for (const sentence of error.message.split('\n')) console.error(`wherry: ${sentence}`)
  process.exitCode = 1
  return true
}
