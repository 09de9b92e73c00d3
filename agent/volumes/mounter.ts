// Mounts under the agent's own folder: tmpfs, bind mounts, and undoing them. Programs run through the persistent shell.
import { readFile } from 'node:fs/promises'
import type { Shell } from '../../base/shell.types.ts'

export interface Mounter {
  /** Mounts points under `dir` (itself included), deepest first. */
  under(dir: string): Promise<string[]>
  /** Idempotent. */
  tmpfs(dir: string, options: { sizeBytes?: number; mode?: string }): Promise<void>
  /** `source` may be a /proc/<pid>/fd path, which must not be resolved to a name again. */
  bind(source: string, target: string): Promise<void>
  /** Unmounts everything under `dir`. Idempotent. */
  unmountUnder(dir: string): Promise<void>
}

/** Space, tab, newline and backslash are octal in mountinfo. */
const unescapePath = (text: string): string => text.replace(/\\([0-7]{3})/g, (_all, octal: string) => String.fromCharCode(parseInt(octal, 8)))

export const createMounter = (shell: Shell): Mounter => {
  const run = async (argv: readonly string[]): Promise<void> => {
    const { code, stderr } = await shell.run(argv)
    if (code !== 0) throw new Error(`${argv.join(' ')}: ${stderr.trim() || `exit ${code}`}`)
  }
  const under = async (dir: string): Promise<string[]> => {
    const table = await readFile('/proc/self/mountinfo', 'utf8')
    return table
      .split('\n')
      .map(line => unescapePath(line.split(' ')[4] ?? ''))
      .filter(path => path === dir || path.startsWith(`${dir}/`))
      .reverse()
  }
  return {
    under,
    tmpfs: async (dir, { sizeBytes, mode = '0777' }) => {
      if ((await under(dir)).includes(dir)) return
      await run(['mount', '-t', 'tmpfs', '-o', [`mode=${mode}`, ...(sizeBytes ? [`size=${sizeBytes}`] : [])].join(','), 'tmpfs', dir])
    },
    bind: (source, target) => run(['mount', '--no-canonicalize', '--bind', source, target]),
    unmountUnder: async dir => {
      for (const path of await under(dir)) await run(['umount', '--no-canonicalize', path]).catch(() => run(['umount', '-l', path]))
    },
  }
}
