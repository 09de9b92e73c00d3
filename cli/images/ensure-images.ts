// Puts the locally made images into a containerd, once for each version of busybox. Uses `ctr`, which comes with every containerd.
import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { writeAtomically } from '../../base/tls.ts'
import { toHelloImage, toPauseImage } from './local-images.ts'
import { buildImage, toOciArchive, type Image } from './oci-archive.ts'

const run = promisify(execFile)

/** ELF files name their dynamic loader in a PT_INTERP program header (type 3); a static one has none. */
const isStatic = (elf: Buffer): boolean => {
  if (elf.length < 64 || elf.readUInt32BE(0) !== 0x7f454c46 || elf[4] !== 2) return false
  const [offset, size, count] = [Number(elf.readBigUInt64LE(32)), elf.readUInt16LE(54), elf.readUInt16LE(56)]
  return Array.from({ length: count }, (_, index) => elf.readUInt32LE(offset + index * size)).every(type => type !== 3)
}

/** The package's file, and where the set-up puts it when the machine has the dynamic one. */
const busyboxFiles = [
  '/bin/busybox',
  '/usr/bin/busybox',
  ...['bin', 'usr/bin'].map(folder => join(import.meta.dirname, '..', '..', 'node_modules/.cache/busybox-static', folder, 'busybox')),
]

export const readStaticBusybox = async (candidates: readonly string[] = busyboxFiles): Promise<{ file: string; data: Buffer }> => {
  for (const file of candidates) {
    const data = await readFile(file).catch(() => undefined)
    if (data && isStatic(data)) return { file, data }
  }
  throw new Error(`no statically linked busybox in ${candidates.join(', ')}: install it with "apt-get install busybox-static"`)
}

export const buildLocalImages = async (busybox: { file: string; data: Buffer }): Promise<Image[]> => {
  const { stdout } = await run(busybox.file, ['--list'])
  return Promise.all([buildImage(toPauseImage(busybox.data)), buildImage(toHelloImage(busybox.data, stdout.split('\n').filter(Boolean)))])
}

/** Idempotent: `false` when containerd already has all of `images` under their digests. `scratch` is a directory for the archive. */
export const ensureImages = async (socket: string, images: readonly Image[], scratch: string): Promise<boolean> => {
  const ctr = ['--address', socket, '--namespace', 'k8s.io', 'images']
  const { stdout } = await run('ctr', [...ctr, 'list'])
  const present = new Set(
    stdout
      .split('\n')
      .map(line => line.split(/\s+/))
      .map(([reference, , digest]) => `${reference}@${digest}`),
  )
  const missing = images.filter(({ reference, manifest }) => !present.has(`${reference}@${manifest.digest}`))
  if (missing.length === 0) return false
  const archive = join(scratch, 'local-images.tar')
  try {
    await writeAtomically(archive, await toOciArchive(missing))
    await run('ctr', [...ctr, 'import', archive])
  } finally {
    await rm(archive, { force: true })
  }
  return true
}
