/** The figures of one run: each is printed when it is known, and kept under its name for the results' file. */
export const createFigures = (width: number): { readonly results: Record<string, number>; readonly note: (name: string, value: number) => void } => {
  const results: Record<string, number> = {}
  return {
    results,
    note: (name, value) => {
      results[name] = Math.round(value * 100) / 100
      console.log(`${name.padEnd(width)} ${results[name]}`)
    },
  }
}
