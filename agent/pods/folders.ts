// The folders of a pod on the node: volumes, etc-hosts, termination messages, logs. Made before it runs, removed after it is gone.
import { mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pod } from '../../api/types/core-v1.ts'
import { podUidOf, toLogFile, toLogFolder } from '../pod-config/names.ts'
import type { Mounter } from '../volumes/mounter.ts'

const maxMessageBytes = 4096
const maxLogMessageBytes = 2048
const maxLogMessageLines = 80

export class PodFolders {
  readonly #pods: string
  readonly #logs: string
  readonly #mounter: Mounter

  constructor(agentDir: string, podLogs: string, mounter: Mounter) {
    this.#pods = join(agentDir, 'pods')
    this.#logs = podLogs
    this.#mounter = mounter
  }

  pod(uid: string): string {
    return join(this.#pods, uid)
  }
  volume(uid: string, typeFolder: string, name: string): string {
    return join(this.#pods, uid, 'volumes', typeFolder, name)
  }
  subPath(uid: string, volume: string, container: string, index: number): string {
    return join(this.#pods, uid, 'volume-subpaths', volume, container, String(index))
  }
  etcHosts(uid: string): string {
    return join(this.#pods, uid, 'etc-hosts')
  }
  terminationLog(uid: string, container: string, attempt: number): string {
    return join(this.#pods, uid, 'containers', container, String(attempt))
  }
  logFile(pod: Pod, container: string, attempt: number): string {
    return join(this.#logs, toLogFolder(pod), toLogFile(container, attempt))
  }
  logFolder(pod: Pod): string {
    return join(this.#logs, toLogFolder(pod))
  }

  async make(pod: Pod): Promise<void> {
    await Promise.all([
      mkdir(join(this.pod(podUidOf(pod)), 'volumes'), { recursive: true, mode: 0o750 }),
      mkdir(this.logFolder(pod), { recursive: true, mode: 0o755 }),
    ])
  }

  async makeForContainer(pod: Pod, container: string, attempt: number): Promise<void> {
    const file = this.terminationLog(podUidOf(pod), container, attempt)
    await Promise.all([
      mkdir(join(file, '..'), { recursive: true, mode: 0o750 }),
      mkdir(join(this.logFolder(pod), container), { recursive: true, mode: 0o755 }),
    ])
    // Whoever the container runs as may write its last words.
    await writeFile(file, '', { mode: 0o666 })
    const handle = await open(file, 'r+')
    await handle.chmod(0o666).finally(() => handle.close())
  }

  /** The container's last words: its message file, or with FallbackToLogsOnError the end of its log. */
  async readMessage(
    uid: string,
    logFolder: string | undefined,
    container: { name: string; attempt: number; exitCode: number; terminationMessagePolicy: string },
  ): Promise<string> {
    const own = await readTail(this.terminationLog(uid, container.name, container.attempt), maxMessageBytes, false)
    if (own || container.terminationMessagePolicy !== 'FallbackToLogsOnError' || container.exitCode === 0 || !logFolder) return own
    const log = await readTail(join(logFolder, toLogFile(container.name, container.attempt)), maxLogMessageBytes * 2, true)
    const pieces = log.split('\n').flatMap(line => {
      const [, flag, text = ''] = /^\S+ \S+ ([FP]) (.*)$/s.exec(line) ?? []
      return flag ? [flag === 'F' ? `${text}\n` : text] : []
    })
    return pieces.slice(-maxLogMessageLines).join('').slice(-maxLogMessageBytes)
  }

  /** Idempotent. Nothing below a mount that cannot be undone is ever deleted. */
  async remove(uid: string): Promise<void> {
    const dir = this.pod(uid)
    if (!(await stat(dir).catch(() => undefined))) return
    await this.#mounter.unmountUnder(dir)
    const left = await this.#mounter.under(dir)
    if (left.length) throw new Error(`${left.join(', ')} cannot be unmounted`)
    await rm(dir, { recursive: true, force: true })
  }

  async removeLogs(uid: string): Promise<void> {
    for (const name of await readdir(this.#logs).catch(() => []))
      if (name.endsWith(`_${uid}`)) await rm(join(this.#logs, name), { recursive: true, force: true })
  }

  /** The uids that have a folder of either kind. */
  async uids(): Promise<Set<string>> {
    const [pods, logs] = await Promise.all([readdir(this.#pods).catch(() => []), readdir(this.#logs).catch(() => [])])
    return new Set([...pods, ...logs.map(name => name.slice(name.lastIndexOf('_') + 1))])
  }
}

const readTail = async (file: string, bytes: number, fromEnd: boolean): Promise<string> => {
  const handle = await open(file, 'r').catch(() => undefined)
  if (!handle) return ''
  try {
    const { size } = await handle.stat()
    const buffer = Buffer.alloc(Math.min(size, bytes))
    await handle.read(buffer, 0, buffer.length, fromEnd ? Math.max(0, size - bytes) : 0)
    return buffer.toString('utf8')
  } finally {
    await handle.close()
  }
}
