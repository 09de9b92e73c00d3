// Figures from samples. Milliseconds in, milliseconds out.

export interface Figure {
  n: number
  min: number
  median: number
  p95: number
  max: number
}

const rounded = (ms: number): number => Math.round(ms * 10) / 10

/** Nearest-rank percentiles. */
export const toFigure = (samples: readonly number[]): Figure => {
  const sorted = [...samples].sort((a, b) => a - b)
  const at = (share: number): number => rounded(sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN)
  return { n: sorted.length, min: rounded(sorted[0] ?? Number.NaN), median: at(0.5), p95: at(0.95), max: rounded(sorted.at(-1) ?? Number.NaN) }
}

export const row = (name: string, f: Figure): string =>
  `${name.padEnd(44)} n ${String(f.n).padStart(3)}  median ${f.median.toFixed(1).padStart(8)} ms  p95 ${f.p95.toFixed(1).padStart(8)} ms  (${f.min.toFixed(1)} … ${f.max.toFixed(1)})`
