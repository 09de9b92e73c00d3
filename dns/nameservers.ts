// The host's resolvers, as resolv.conf names them now.
import { watch } from 'node:fs'
import type { FSWatcher } from 'node:fs'
import { readFile, realpath } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Logger } from '../base/log.ts'
import { parseNameservers } from './records/resolv-conf.ts'

export interface Nameservers {
  current(): readonly string[]
  stop(): void
}

/** Follows changes of the file, and of the one it links to. A missing file names nobody. */
export const watchNameservers = async (path: string, own: ReadonlySet<string>, log: Logger): Promise<Nameservers> => {
  let current: readonly string[] = []
  const read = async (): Promise<void> => {
    const { nameservers, looping } = parseNameservers(await readFile(path, 'utf8').catch(() => ''), own)
    if (looping.length > 0) log.warn({ path, looping }, 'the host resolves through cluster DNS itself; that name server is left out')
    if (nameservers.length === 0) log.warn({ path }, 'no resolver for names outside the cluster: they are answered with SERVFAIL')
    current = nameservers
  }
  await read()
  const files = new Set([path, await realpath(path).catch(() => path)])
  const watchers = [...files].flatMap((file): FSWatcher[] => {
    try {
      // the directory, for the file is replaced rather than written
      const watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
        if (name === basename(file)) void read()
      })
      watcher.on('error', () => watcher.close())
      return [watcher]
    } catch {
      return []
    }
  })
  return {
    current: () => current,
    stop: () => {
      for (const watcher of watchers) watcher.close()
    },
  }
}
