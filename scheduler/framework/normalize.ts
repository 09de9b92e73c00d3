// Brings scores to 0..100 relative to the highest, in upstream's integer arithmetic.

export const maxScore = 100

export const normalizeScores = (scores: readonly number[], reverse: boolean): number[] => {
  const highest = Math.max(0, ...scores)
  if (highest === 0) return scores.map(s => (reverse ? maxScore : s))
  return scores.map(s => {
    const scaled = Math.trunc((maxScore * s) / highest)
    return reverse ? maxScore - scaled : scaled
  })
}
