// Mounts at and below directories: listing them, and taking them away deepest first.
import { readFile } from 'node:fs/promises'
import type { Shell } from '../../base/shell.types.ts'

/** proc_pid_mountinfo(5) writes blanks and backslashes in mount points as octal escapes. */
const unescape = (text: string): string => text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))

/** Mount points at or below any of `directories`, in the order in which they can be unmounted. Pure. */
export const toMountsBelow = (mountinfo: string, directories: readonly string[]): string[] =>
  mountinfo
    .split('\n')
    .map(line => line.split(' ')[4])
    .filter(point => point !== undefined)
    .map(unescape)
    .filter(point => directories.some(directory => point === directory || point.startsWith(`${directory}/`)))
    .reverse()

/** Throws when one stays: nothing below it may then be deleted. */
export const unmountBelow = async (shell: Shell, directories: readonly string[]): Promise<number> => {
  const below = async (): Promise<string[]> => toMountsBelow(await readFile('/proc/self/mountinfo', 'utf8'), directories)
  const points = await below()
  // Lazily: a mount that somebody still looks into disappears here at once, and for good when the last one leaves.
  for (let i = 0; i < points.length; i += 100) await shell.run(['umount', '--lazy', ...points.slice(i, i + 100)], { timeoutMs: 60_000 })
  const left = await below()
  if (left.length > 0)
    throw new Error(`still mounted: ${left.slice(0, 3).join(', ')}${left.length > 3 ? ` and ${left.length - 3} more` : ''}; unmount by hand, then repeat`)
  return points.length
}
