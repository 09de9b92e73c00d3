// Compression of large answers. Level 1: the network is near, the processor is shared.
import { createGzip, gzip } from 'node:zlib'
import { Readable } from 'node:stream'

const options = { level: 1 }

export const gzipWhole = (chunks: readonly Buffer[]): Promise<Buffer> =>
  new Promise((resolve, reject) => gzip(Buffer.concat(chunks), options, (error, bytes) => (error ? reject(error) : resolve(bytes))))

async function* chain(first: readonly Buffer[], rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield* first
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

/** Compresses when there are more than `from` bytes; smaller answers go as they are. */
export const gzipChunks = async (chunks: AsyncIterable<Buffer>, from: number): Promise<{ chunks: AsyncIterable<Buffer>; compressed: boolean }> => {
  const iterator = chunks[Symbol.asyncIterator]()
  const first: Buffer[] = []
  let size = 0
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
    first.push(next.value)
    size += next.value.length
    if (size > from) return { chunks: Readable.from(chain(first, iterator), { objectMode: true }).pipe(createGzip(options)), compressed: true }
  }
  return { chunks: chain(first, iterator), compressed: false }
}
