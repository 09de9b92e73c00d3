// Sets of indexes as an Indexed Job writes them: numbers and ranges, ascending, separated by commas ("1,3-5").

/** Bounds included. */
type Interval = readonly [from: number, to: number]

/** One number or range below `completions`, or what is wrong with it. */
const readInterval = (text: string, completions: number): Interval | string => {
  const match = /^([+-]?\d+)(?:-([+-]?\d+))?$/.exec(text)
  if (!match) return 'must be numbers and ranges, separated by commas'
  const from = Number(match[1])
  const to = match[2] === undefined ? from : Number(match[2])
  if (from >= completions || to >= completions) return 'must be below completions'
  return match[2] !== undefined && to <= from ? 'must be ascending' : [from, to]
}

/** How many indexes a text stands for, or what is wrong with it. */
export const countIndexes = (text: string, completions: number): number | string => {
  let [count, last] = [0, Number.NEGATIVE_INFINITY]
  if (text === '') return count
  for (const part of text.split(',')) {
    const interval = readInterval(part, completions)
    if (typeof interval === 'string') return interval
    const [from, to] = interval
    if (from <= last) return 'must be ascending'
    last = to
    count += to - from + 1
  }
  return count
}

const readable = (text: string, completions: number): Interval[] =>
  text.split(',').flatMap(part => {
    const interval = readInterval(part, completions)
    return typeof interval === 'string' ? [] : [interval]
  })

/** The first index that two texts have in common; parts that cannot be read are passed over. */
export const commonIndex = (a: string, b: string, completions: number): number | undefined => {
  const [left, right] = [readable(a, completions), readable(b, completions)]
  for (let i = 0, j = 0; i < left.length && j < right.length;) {
    const [x, y] = [left[i]!, right[j]!]
    if (x[0] <= y[1] && y[0] <= x[1]) return Math.max(x[0], y[0])
    if (x[0] <= y[0]) i++
    else j++
  }
  return undefined
}
