// Counts results in a TAP stream. A result is an assertion (a leaf): the summary line of a subtest repeats what its own lines said, and
// counts only when it fails although nothing in it did (a time-out, a thrown error, a wrong plan). Pure.

export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

interface Level {
  failed: number
  results: number
}

const resultLine = /^( *)(not )?ok\b(?: +\d+)?(?: +- ?)?(.*)$/

export const createTally = (): { line(text: string): string[]; result(): Tally } => {
  let passed = 0
  let failed = 0
  let skipped = 0
  let inDiagnostic = -1
  // levels[d] gathers what was seen at depth d since the last summary line one level up.
  const levels: Level[] = []
  const level = (depth: number): Level => (levels[depth] ??= { failed: 0, results: 0 })

  const line = (text: string): string[] => {
    const indent = /^ */.exec(text)![0].length
    if (inDiagnostic >= 0) {
      if (text.trim() === '...' && indent === inDiagnostic) inDiagnostic = -1
      return [text]
    }
    if (text.trim() === '---') {
      // The diagnostics of a failure are worth reading; those of a passed test hold only its time.
      inDiagnostic = indent
      return [text]
    }
    const match = resultLine.exec(text)
    if (!match) return /^\s*# Subtest: test\//.test(text) ? [text.trim().replace('# Subtest: ', '')] : []
    const depth = Math.floor(indent / 4)
    const inner = levels[depth + 1]
    levels.length = Math.min(levels.length, depth + 1)
    const isSummary = inner !== undefined && inner.results > 0
    const isFailure = match[2] !== undefined && !/# *todo\b/i.test(match[3]!)
    const isSkip = /# *skip\b/i.test(match[3]!)
    const own = level(depth)
    own.results++
    if (isSkip) skipped++
    else if (isFailure && (!isSummary || inner.failed === 0)) failed++
    else if (!isFailure && !isSummary) passed++
    if (isFailure) own.failed++
    return isFailure || isSkip ? [text] : []
  }
  return { line, result: () => ({ passed, failed, skipped }) }
}
