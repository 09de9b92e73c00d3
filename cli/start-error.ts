// What a person did or has to mend: shown as its sentences, one a line, without a stack.

export class StartError extends Error {
  constructor(sentences: readonly string[]) {
    super(sentences.join('\n'))
    this.name = 'StartError'
  }
}
