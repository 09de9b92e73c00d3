// Assembles one-layer OCI images as archives in memory (OCI image layout 1.0 in a tar). The same input gives the same bytes, hence the
// same digests: importing twice adds nothing.
import { createHash } from 'node:crypto'
import { pack, type Pack } from 'tar-stream'

type Headers = Parameters<Pack['entry']>[0]

export interface ImageFile {
  /** Path in the image without a leading slash. */
  readonly path: string
  readonly mode?: number
  /** What the entry is: bytes, a link, a pipe, or (none of these) a directory. */
  readonly data?: Uint8Array | string
  readonly symlink?: string
  readonly hardlink?: string
  readonly fifo?: true
}

export interface ImageSpec {
  /** Full reference, with registry and tag. */
  readonly reference: string
  readonly files: readonly ImageFile[]
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly env?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  /** As Go names it. */
  readonly architecture: string
}

export interface Blob {
  readonly digest: string
  readonly mediaType: string
  readonly data: Buffer
}
export interface Image {
  readonly reference: string
  readonly layer: Blob
  readonly config: Blob
  readonly manifest: Blob
}

const epoch = new Date(0)
const toBlob = (mediaType: string, data: Buffer): Blob => ({ mediaType, data, digest: `sha256:${createHash('sha256').update(data).digest('hex')}` })
const toJsonBlob = (mediaType: string, value: unknown): Blob => toBlob(mediaType, Buffer.from(JSON.stringify(value)))
const descriptor = ({ mediaType, digest, data }: Blob): { mediaType: string; digest: string; size: number } => ({ mediaType, digest, size: data.length })

const toTar = async (entries: readonly { header: Headers; data?: Uint8Array | string }[]): Promise<Buffer> => {
  const tar = pack()
  const chunks: Buffer[] = []
  const collected = (async () => {
    for await (const chunk of tar) chunks.push(chunk as Buffer)
  })()
  for (const { header, data } of entries) {
    await new Promise<void>((resolve, reject) => {
      const done = (error?: Error | null): void => (error ? reject(error) : resolve())
      if (data === undefined) tar.entry(header, done)
      else tar.entry(header, typeof data === 'string' ? data : Buffer.from(data), done)
    })
  }
  tar.finalize()
  await collected
  return Buffer.concat(chunks)
}

const toHeader = ({ path, mode, data, symlink, hardlink, fifo }: ImageFile): Headers => {
  const owner = { uid: 0, gid: 0, mtime: epoch }
  if (data !== undefined) return { ...owner, name: path, mode: mode ?? 0o644, type: 'file' }
  if (symlink !== undefined) return { ...owner, name: path, mode: 0o777, type: 'symlink', linkname: symlink }
  if (hardlink !== undefined) return { ...owner, name: path, mode: mode ?? 0o755, type: 'link', linkname: hardlink }
  if (fifo) return { ...owner, name: path, mode: mode ?? 0o666, type: 'fifo' }
  return { ...owner, name: `${path}/`, mode: mode ?? 0o755, type: 'directory' }
}

/** The three blobs of a one-layer image. */
export const buildImage = async (spec: ImageSpec): Promise<Image> => {
  const layer = toBlob(
    'application/vnd.oci.image.layer.v1.tar',
    await toTar(spec.files.map(file => ({ header: toHeader(file), ...(file.data !== undefined && { data: file.data }) }))),
  )
  const config = toJsonBlob('application/vnd.oci.image.config.v1+json', {
    created: epoch.toISOString(),
    architecture: spec.architecture,
    os: 'linux',
    config: {
      Env: spec.env ?? ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
      ...(spec.entrypoint && { Entrypoint: spec.entrypoint }),
      ...(spec.command && { Cmd: spec.command }),
      ...(spec.labels && { Labels: spec.labels }),
    },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
    history: [{ created: epoch.toISOString(), created_by: 'wherry' }],
  })
  const manifest = toJsonBlob('application/vnd.oci.image.manifest.v1+json', {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor(config),
    layers: [descriptor(layer)],
  })
  return { reference: spec.reference, layer, config, manifest }
}

/** One archive with all the images, as `ctr images import` takes it. */
export const toOciArchive = async (images: readonly Image[]): Promise<Buffer> => {
  const blobs = new Map(images.flatMap(({ layer, config, manifest }) => [layer, config, manifest]).map(blob => [blob.digest, blob]))
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: images.map(({ reference, manifest }) => ({
      ...descriptor(manifest),
      annotations: { 'io.containerd.image.name': reference, 'org.opencontainers.image.ref.name': reference.slice(reference.lastIndexOf(':') + 1) },
    })),
  }
  const file = (name: string): Headers => ({ name, mode: 0o644, mtime: epoch, type: 'file' })
  return toTar([
    { header: file('oci-layout'), data: JSON.stringify({ imageLayoutVersion: '1.0.0' }) },
    { header: file('index.json'), data: JSON.stringify(index) },
    ...[...blobs.values()].map(({ digest, data }) => ({ header: file(`blobs/${digest.replace(':', '/')}`), data })),
  ])
}
