// Evaluates an expression for a table of cases: JSON of its value, or `compile: …` and `error: …` with the first line of what is wrong.
import { createEnvironment } from '../../../../api/cel/environment.ts'
import { toJson } from '../../../../api/cel/to-json.ts'
import { dynType, intType, listType, mapType, stringType } from '../../../../api/cel/type.ts'
import type { LibraryName } from '../../../../api/cel/cel.types.ts'

export const sample = {
  d: { a: 1, b: 'x', c: [1, 2, 3], n: null, f: 1.5, o: { k: 'v' }, 'x-y': true },
  l: [3, 1, 2],
  s: 'hello',
  m: { x: 1, y: 2 },
}
const variables = { d: dynType, l: listType(intType), s: stringType, m: mapType(stringType, intType) }

export const evaluate = (expression: string, libraries?: readonly LibraryName[]): unknown => {
  const compiled = createEnvironment({ variables, ...(libraries && { libraries }) }).compile(expression)
  if (!compiled.ok) return `compile: ${compiled.errors[0]?.message ?? compiled.message}`
  const result = compiled.program.evaluate(sample)
  return result.ok ? toJson(result.value) : `error: ${result.error.message}`
}

export type Case = readonly [expression: string, expected: unknown]
