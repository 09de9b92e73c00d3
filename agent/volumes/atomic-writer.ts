// Writes a set of files so that readers see all of the old or all of the new, as upstream lays them out:
//   ..2026_01_02_15_04_05.123/key   ← ..data (a symlink, swapped by rename) ← key (a symlink to ..data/key)
import { chmod, chown, lstat, mkdir, readFile, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface VolumeFile {
  readonly data: Buffer
  readonly mode: number
}
/** By path relative to the volume; never absolute, never with `..`. */
export type Payload = ReadonlyMap<string, VolumeFile>

const dataLink = '..data'

/** True when something was written; nothing is touched when content and modes are as wanted. Calls for one folder must not overlap. */
export const writePayload = async (dir: string, payload: Payload, fsGroup: number | undefined): Promise<boolean> => {
  await mkdir(dir, { recursive: true, mode: 0o755 })
  const old = await readlink(join(dir, dataLink)).catch(() => undefined)
  if (old !== undefined && (await isCurrent(join(dir, old), payload))) return false
  const version = `..${new Date().toISOString().replace(/[-:T]/g, '_').replace('Z', '')}${Math.floor(Math.random() * 1e6)}`
  await mkdir(join(dir, version), { mode: 0o755 })
  // mkdir's mode is cut by the umask.
  await chmod(join(dir, version), 0o755)
  for (const [path, { data, mode }] of payload) {
    const file = join(dir, version, path)
    const parent = dirname(file)
    if (parent !== join(dir, version)) await mkdir(parent, { recursive: true, mode: 0o755 })
    await writeFile(file, data, { mode: 0o600 })
    if (fsGroup !== undefined) await chown(file, -1, fsGroup)
    await chmod(file, fsGroup === undefined ? mode : mode | 0o440)
  }
  const temporary = join(dir, `${dataLink}_tmp`)
  await rm(temporary, { force: true })
  await symlink(version, temporary)
  await rename(temporary, join(dir, dataLink))
  await linkEntries(dir, payload)
  if (old !== undefined) await rm(join(dir, old), { recursive: true, force: true })
  await removeStale(dir, version)
  return true
}

const isCurrent = async (dir: string, payload: Payload): Promise<boolean> => {
  const files = await listFiles(dir, '').catch(() => undefined)
  if (files?.length !== payload.size) return false
  for (const path of files) {
    const wanted = payload.get(path)
    if (!wanted?.data.equals(await readFile(join(dir, path)))) return false
    if (((await lstat(join(dir, path))).mode & 0o777 & ~0o440) !== (wanted.mode & 0o777 & ~0o440)) return false
  }
  return true
}

const listFiles = async (dir: string, prefix: string): Promise<string[]> => {
  const found: string[] = []
  for (const entry of await readdir(join(dir, prefix), { withFileTypes: true })) {
    const path = prefix ? `${prefix}/${entry.name}` : entry.name
    if (entry.isDirectory()) found.push(...(await listFiles(dir, path)))
    else found.push(path)
  }
  return found
}

/** The names users see, one link per top-level entry. */
const linkEntries = async (dir: string, payload: Payload): Promise<void> => {
  const names = new Set([...payload.keys()].map(path => path.split('/', 1)[0]!))
  for (const name of names) {
    const target = `${dataLink}/${name}`
    const link = join(dir, name)
    if ((await readlink(link).catch(() => undefined)) === target) continue
    await rm(link, { recursive: true, force: true })
    await symlink(target, link)
  }
  for (const entry of await readdir(dir)) if (!entry.startsWith('..') && !names.has(entry)) await rm(join(dir, entry), { recursive: true, force: true })
}

/** What a write that was cut short left behind. */
const removeStale = async (dir: string, current: string): Promise<void> => {
  for (const entry of await readdir(dir)) {
    if (entry.startsWith('..') && entry !== dataLink && entry !== current) await rm(join(dir, entry), { recursive: true, force: true })
  }
}
