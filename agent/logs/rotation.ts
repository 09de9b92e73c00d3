// Keeps container logs small: a log over the limit is moved aside and the runtime opens a new one; older ones are compressed, the
// oldest removed.
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { repeat } from '../../base/repeat.ts'
import type { Cri } from '../cri/client.ts'
import type { PodFolders } from '../pods/folders.ts'
import type { PodWorkers } from '../pods/pod-workers.ts'
import type { RuntimeView } from '../pods/runtime-view.ts'

export interface LogRotationDeps {
  readonly cri: Cri
  readonly view: RuntimeView
  readonly workers: PodWorkers
  readonly folders: PodFolders
  readonly clock: Clock
  readonly log: Logger
  readonly maxBytes: number
  readonly maxFiles: number
  readonly intervalMs: number
}

export const createLogRotation = (deps: LogRotationDeps): { start(): void; stop(): void; runOnce(): Promise<void> } => {
  const { cri, view, workers, folders, clock, log, maxBytes, maxFiles, intervalMs } = deps
  let cancel: (() => void) | undefined

  const rotate = async (file: string, containerId: string): Promise<void> => {
    const stamp = new Date(clock.now()).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15)
    const aside = `${file}.${stamp}`
    await rename(file, aside)
    try {
      await cri.containers.reopenLog(containerId)
    } catch (error) {
      // The runtime still writes to the old file: it has to be found under its name.
      await rename(aside, file)
      throw error
    }
    const names = (await readdir(dirname(file)))
      .filter(name => name.startsWith(`${basename(file)}.`) && !name.endsWith('.tmp'))
      .sort()
      .reverse()
    // The current one and the newest rotated stay plain.
    for (const name of names.slice(maxFiles - 1)) await rm(join(dirname(file), name), { force: true })
    for (const name of names.slice(1, maxFiles - 1)) if (!name.endsWith('.gz')) await compress(join(dirname(file), name))
  }

  const runOnce = async (): Promise<void> => {
    for (const { uid, pod } of workers.all()) {
      for (const c of view.containers(uid)) {
        if (c.state !== 'running') continue
        const file = folders.logFile(pod, c.name, c.attempt)
        const size = (await stat(file).catch(() => undefined))?.size ?? 0
        if (size > maxBytes) await rotate(file, c.id).catch((error: unknown) => log.warn({ err: error, file }, 'a container log could not be rotated'))
      }
    }
  }
  return {
    start: () => {
      cancel = repeat(clock, intervalMs, runOnce, err => log.warn({ err }, 'the size of container logs could not be looked at'))
    },
    stop: () => cancel?.(),
    runOnce,
  }
}

const compress = async (file: string): Promise<void> => {
  await pipeline(createReadStream(file), createGzip(), createWriteStream(`${file}.gz.tmp`))
  await rename(`${file}.gz.tmp`, `${file}.gz`)
  await rm(file, { force: true })
}
