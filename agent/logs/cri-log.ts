// One line of a container's log as CRI writes it: `<RFC3339 time> <stdout|stderr> <F|P> <text>`. Pure.
export interface LogLine {
  /** As written, with nanoseconds. */
  readonly time: string
  readonly stream: 'stdout' | 'stderr'
  /** More of the same line follows. */
  readonly partial: boolean
  readonly text: Buffer
}

const space = 0x20

/** `line` is without its newline. Undefined for what is no CRI line. */
export const parseLogLine = (line: Buffer): LogLine | undefined => {
  const first = line.indexOf(space)
  const second = line.indexOf(space, first + 1)
  const third = line.indexOf(space, second + 1)
  const tagEnd = third < 0 ? line.length : third
  if (first < 0 || second < 0) return undefined
  const stream = line.toString('latin1', first + 1, second)
  if (stream !== 'stdout' && stream !== 'stderr') return undefined
  // Tags are separated by colons; the first says whether the line is complete.
  const tag = line[second + 1]
  return { time: line.toString('latin1', 0, first), stream, partial: tag === 0x50, text: line.subarray(Math.min(line.length, tagEnd + 1)) }
}
