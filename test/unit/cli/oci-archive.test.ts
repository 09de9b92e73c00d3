import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import t from 'tap'
import { extract } from 'tar-stream'
import { toHelloImage, toPauseImage } from '../../../cli/images/local-images.ts'
import { buildImage, toOciArchive } from '../../../cli/images/oci-archive.ts'

const busybox = Buffer.from('not really busybox')

const read = async (tar: Buffer): Promise<Map<string, { type: string; data: Buffer; mode: number; linkname: string }>> => {
  const found = new Map()
  for await (const entry of Readable.from([tar]).pipe(extract())) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    found.set(entry.header.name, { type: entry.header.type, data: Buffer.concat(chunks), mode: entry.header.mode, linkname: entry.header.linkname })
  }
  return found
}

await t.test('every blob of the archive has the digest it is filed under, and the index leads to all of them', async t => {
  const images = await Promise.all([buildImage(toPauseImage(busybox)), buildImage(toHelloImage(busybox, ['busybox', 'sh', 'wget']))])
  const files = await read(await toOciArchive(images))
  t.same(JSON.parse(String(files.get('oci-layout')!.data)), { imageLayoutVersion: '1.0.0' })
  const reachable = new Set<string>()
  const index = JSON.parse(String(files.get('index.json')!.data))
  t.same(
    index.manifests.map((m: any) => m.annotations['io.containerd.image.name']),
    ['wherry.local/pause:1', 'wherry.local/hello:1'],
  )
  for (const { digest, size } of index.manifests) {
    const manifest = files.get(`blobs/${digest.replace(':', '/')}`)!
    t.equal(manifest.data.length, size)
    const { config, layers } = JSON.parse(String(manifest.data))
    for (const each of [digest, config.digest, ...layers.map((l: any) => l.digest)]) reachable.add(`blobs/${each.replace(':', '/')}`)
  }
  const blobs = [...files.keys()].filter(name => name.startsWith('blobs/'))
  t.same(blobs.sort(), [...reachable].sort())
  for (const name of blobs) t.equal(createHash('sha256').update(files.get(name)!.data).digest('hex'), name.slice('blobs/sha256/'.length))
})

await t.test('the same input gives the same bytes', async t => {
  const once = await toOciArchive([await buildImage(toPauseImage(busybox))])
  t.ok(once.equals(await toOciArchive([await buildImage(toPauseImage(busybox))])))
})

await t.test('links, pipes and modes are kept', async t => {
  const pause = await read((await buildImage(toPauseImage(busybox))).layer.data)
  t.equal(pause.get('pipe')!.type, 'fifo')
  t.equal(pause.get('busybox')!.mode, 0o755)
  const hello = await read((await buildImage(toHelloImage(busybox, ['busybox', 'sh']))).layer.data)
  t.match(hello.get('bin/sh'), { type: 'symlink', linkname: 'busybox' })
  t.equal(hello.get('tmp/')!.mode, 0o1777)
  t.notOk([...hello.keys()].includes('bin/busybox/'), 'an applet named busybox does not replace the program')
})
