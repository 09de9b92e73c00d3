// Where an expression is wrong, in the form cel-go prints: line, column and a caret. Thrown by parser and macros, collected by the checker.
import type { Issue } from './cel.types.ts'
import { lengthOf } from './value.ts'

export class SourceError extends Error {
  override name = 'SourceError'
  readonly at: number
  constructor(message: string, at: number) {
    super(message)
    this.at = at
  }
}

export const toIssue = (expression: string, at: number, message: string, kind: Issue['kind']): Issue => {
  const before = expression.slice(0, at)
  const line = before.split('\n').length
  return { message, kind, location: { line, column: lengthOf(before.slice(before.lastIndexOf('\n') + 1)) + 1 } }
}

export const formatIssues = (expression: string, issues: readonly Issue[]): string => {
  const lines = expression.split('\n')
  return issues
    .map(({ message, kind, location: { line, column } }) => {
      const what = kind === 'syntax' ? 'Syntax error: ' : ''
      return `ERROR: <input>:${line}:${column}: ${what}${message}\n | ${lines[line - 1] ?? ''}\n | ${'.'.repeat(column - 1)}^`
    })
    .join('\n')
}
