// Evaluation with questions to an authorizer in it: each time one is open it is asked, and the program runs again with the answer. A check
// costs so much that there are few.
import type { Bindings, Evaluated, EvaluateOptions, Program } from './cel.types.ts'
import type { AuthorizationDecision, AuthorizationQuestion, KnownDecisions } from './library/authorizer.ts'

/** Remembers the answers of one request. */
export class DecisionMemory {
  readonly #known = new Map<string, AuthorizationDecision>()
  readonly #ask: (question: AuthorizationQuestion) => Promise<AuthorizationDecision>
  constructor(ask: (question: AuthorizationQuestion) => Promise<AuthorizationDecision>) {
    this.#ask = ask
  }
  readonly known: KnownDecisions = question => this.#known.get(keyOf(question))
  async learn(question: AuthorizationQuestion): Promise<void> {
    this.#known.set(keyOf(question), await this.#ask(question))
  }
}
const keyOf = (question: AuthorizationQuestion): string => JSON.stringify(Object.entries(question).sort(([a], [b]) => (a < b ? -1 : 1)))

/** `bindings` hold an authorizer made with the memory's `known`. Never answers `pending`. */
export const evaluateAuthorizing = async (program: Program, bindings: Bindings, memory: DecisionMemory, options?: EvaluateOptions): Promise<Evaluated> => {
  for (;;) {
    const result = program.evaluate(bindings, options)
    if (result.ok || result.error.kind !== 'pending') return result
    await memory.learn(result.error.question)
  }
}
