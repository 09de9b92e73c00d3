// What processes cost at rest: proportional memory from smaps_rollup, CPU time from stat. Linux only.
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

export interface ProcessCost {
  pid: number
  name: string
  pssMb: number
  rssMb: number
  cpuPercent: number
}

const ticksPerSecond = 100 // USER_HZ of every Linux that Node runs on

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
const ticks = (pid: number): number => {
  const stat = read(`/proc/${pid}/stat`)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
}
const kilobytes = (text: string, field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)

export interface ProcessMatch {
  pid: number
  commandLine: string
}

export const findProcesses = (matches: (commandLine: string, pid: number) => boolean): ProcessMatch[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(name => ({ pid: Number(name), commandLine: read(`/proc/${name}/cmdline`).replaceAll('\0', ' ').trim() }))
    .filter(({ pid, commandLine }) => commandLine !== '' && pid !== process.pid && matches(commandLine, pid))

/** Every process of a cluster but etcd and containerd: what the files in its run directory name, and all that descends from it. */
export const findOurs = (run: string): { pid: number; name: string }[] => {
  const others = new Set(['etcd.pid', 'containerd.pid'])
  const marks = readdirSync(run).filter(name => /\.(pid|keeper)$/.test(name))
  const pidOf = (mark: string): number => Number(read(`${run}/${mark}`).split(' ')[0])
  const excluded = new Set(marks.filter(mark => others.has(mark)).map(pidOf))
  const found = new Set(marks.map(pidOf).filter(pid => !excluded.has(pid)))
  const parentOf = (pid: number): number => Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0)
  const all = findProcesses(() => true)
  for (let grew = true; grew;) {
    grew = false
    for (const { pid } of all) {
      if (found.has(pid) || excluded.has(pid) || !found.has(parentOf(pid))) continue
      found.add(pid)
      grew = true
    }
  }
  return all.filter(({ pid }) => found.has(pid)).map(({ pid, commandLine }) => ({ pid, name: commandLine.slice(0, 60) }))
}

/** Measures for `ms`; cpuPercent is of one core. */
export const measureIdle = async (found: readonly { pid: number; name: string }[], ms: number): Promise<ProcessCost[]> => {
  const before = found.map(({ pid }) => ticks(pid))
  await delay(ms)
  return found.map(({ pid, name }, i) => {
    const rollup = read(`/proc/${pid}/smaps_rollup`)
    return {
      pid,
      name,
      pssMb: kilobytes(rollup, 'Pss') / 1024,
      rssMb: kilobytes(rollup, 'Rss') / 1024,
      cpuPercent: ((ticks(pid) - before[i]!) / ticksPerSecond / (ms / 1000)) * 100,
    }
  })
}
