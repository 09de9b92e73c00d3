// The schedules of CronJobs: five fields or a word, as the cron library upstream uses reads them.

interface Bounds {
  min: number
  max: number
  names?: readonly string[]
}
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const fields: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 6, names: days },
]
const words: ReadonlySet<string> = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'])

const read = (text: string, bounds: Bounds): number => {
  const named = bounds.names?.indexOf(text.toLowerCase()) ?? -1
  if (named >= 0) return bounds.min + named
  return /^\d+$/.test(text) ? Number(text) : Number.NaN
}

const rangeFault = (text: string, bounds: Bounds): string | undefined => {
  const [span = '', step, ...rest] = text.split('/')
  if (rest.length) return 'has too many slashes'
  const [low = '', high, ...more] = span.split('-')
  if (more.length) return 'has too many hyphens'
  let [start, end] = [bounds.min, bounds.max]
  if (low !== '*' && low !== '?') {
    start = read(low, bounds)
    end = high === undefined ? (step === undefined ? start : bounds.max) : read(high, bounds)
  } else if (high !== undefined) return 'cannot have a range of "*"'
  if (Number.isNaN(start) || Number.isNaN(end)) return 'has something that is no number'
  if (step !== undefined && !(/^\d+$/.test(step) && Number(step) > 0)) return 'has a step that is no positive number'
  if (start < bounds.min || end > bounds.max || start > end) return `must lie between ${bounds.min} and ${bounds.max}, in order`
  return undefined
}

/** What is wrong with a schedule, or undefined. */
export const cronFault = (schedule: string): string | undefined => {
  const text = schedule.replace(/^(CRON_)?TZ=\S*\s+/, '').trim()
  if (text.startsWith('@')) {
    if (words.has(text)) return undefined
    return /^@every (\d+(\.\d+)?(h|ms|us|µs|ns|m|s))+$/.test(text) ? undefined : `unrecognized descriptor ${text}`
  }
  const parts = text.split(/\s+/)
  if (parts.length !== fields.length) return `must have ${fields.length} fields, has ${text === '' ? 0 : parts.length}`
  for (const [i, part] of parts.entries()) {
    const bounds = fields[i]
    for (const item of part.split(',')) {
      if (item === '' || !bounds) continue
      const fault = rangeFault(item, bounds)
      if (fault !== undefined) return `field ${i + 1} ${fault}`
    }
  }
  return undefined
}
