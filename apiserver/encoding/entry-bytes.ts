// The bytes of stored objects, as they go on the wire: nothing is parsed or stringified here.
import type { Entry } from '../../store/store.ts'

const chunkBytes = 64 * 1024

/**
 * A list's bytes in chunks: `head`, the items, `tail`. Upstream's typed lists have items without kind and apiVersion, those of custom
 * resources are `whole`. Between chunks the consumer's await gives the event loop back.
 */
// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable, so that the consumer can wait for its client between chunks
export async function* listChunks(head: string, entries: readonly Entry[], tail: string, whole = false): AsyncGenerator<Buffer> {
  let chunk = Buffer.allocUnsafe(chunkBytes)
  let used = chunk.write(head)
  let separator = ''
  for (const { json, itemAt, spliceAt, revision } of entries) {
    const from = whole ? 1 : itemAt
    // What lies before the splice is short and has only ASCII characters: as text it goes with the version in one write.
    const lead = `${separator}{${json.toString('latin1', from, spliceAt)}"resourceVersion":"${revision}",`
    separator = ','
    const size = lead.length + json.length - spliceAt
    if (used + size > chunk.length) {
      if (used) yield chunk.subarray(0, used)
      chunk = Buffer.allocUnsafe(Math.max(chunkBytes, size))
      used = 0
    }
    used += chunk.write(lead, used, 'latin1')
    used += json.copy(chunk, used, spliceAt)
  }
  const end = Buffer.from(tail)
  if (used + end.length <= chunk.length) {
    used += end.copy(chunk, used)
    yield chunk.subarray(0, used)
  } else {
    if (used) yield chunk.subarray(0, used)
    yield end
  }
}

const eventHead = {
  ADDED: Buffer.from('{"type":"ADDED","object":'),
  MODIFIED: Buffer.from('{"type":"MODIFIED","object":'),
  DELETED: Buffer.from('{"type":"DELETED","object":'),
}
const eventTail = Buffer.from('}\n')

export const eventBytes = (type: keyof typeof eventHead, object: Buffer): Buffer => Buffer.concat([eventHead[type], object, eventTail])
