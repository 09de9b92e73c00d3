// Uploads an image to a registry: push-image.ts URL NAME TAG OPTIONS. A program of its own, because it has to run in the network namespace
// where the registry listens.
import { execFileSync } from 'node:child_process'
import { request } from 'undici'
import { readStaticBusybox } from '../../cli/images/ensure-images.ts'
import { toHelloImage } from '../../cli/images/local-images.ts'
import { buildImage, type Blob } from '../../cli/images/oci-archive.ts'

const [url = '', name = '', tag = '', text = '{}'] = process.argv.slice(2)
const options = JSON.parse(text) as { files?: Record<string, string>; command?: string[]; authorization?: string }

const must = async (method: 'POST' | 'PUT', target: string, body: Buffer | undefined, type: string): Promise<string | string[] | undefined> => {
  const response = await request(target, {
    method,
    ...(body && { body }),
    headers: { 'content-type': type, ...(options.authorization && { authorization: options.authorization }) },
  })
  const answer = await response.body.text()
  if (response.statusCode >= 300) throw new Error(`${method} ${target}: ${response.statusCode} ${answer}`)
  return response.headers['location']
}

// Distribution specification 1.0, "pushing a blob monolithically": POST, then PUT with the digest.
const pushBlob = async ({ digest, data }: Blob): Promise<void> => {
  const location = new URL(String(await must('POST', `${url}/v2/${name}/blobs/uploads/`, Buffer.alloc(0), 'application/octet-stream')), url)
  location.searchParams.set('digest', digest)
  await must('PUT', location.href, data, 'application/octet-stream')
}

const busybox = await readStaticBusybox()
const applets = execFileSync(busybox.file, ['--list'], { encoding: 'utf8' }).split('\n').filter(Boolean)
const base = toHelloImage(busybox.data, applets)
const image = await buildImage({
  ...base,
  files: [...base.files, ...Object.entries(options.files ?? {}).map(([path, data]) => ({ path, data, mode: 0o755 }))],
  ...(options.command && { command: options.command }),
})
await pushBlob(image.layer)
await pushBlob(image.config)
await must('PUT', `${url}/v2/${name}/manifests/${tag}`, image.manifest.data, image.manifest.mediaType)
