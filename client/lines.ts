// Splits a byte stream at newlines. Every byte is looked at once and copied at most once, however the chunks fall.

const newline = 0x0a

/** Lines without their newline; empty ones are skipped. `maxBytes` bounds one line. */
export async function* lines(body: AsyncIterable<Uint8Array>, maxBytes = 64 * 1024 * 1024): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = []
  let held = 0
  for await (const chunk of body) {
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const tail = chunk.subarray(from, at)
      from = at + 1
      if (held > 0) {
        const line = Buffer.concat([...parts, tail], held + tail.length)
        parts = []
        held = 0
        yield line
      } else if (tail.length > 0) yield tail
    }
    if (from < chunk.length) {
      const rest = from === 0 ? chunk : chunk.subarray(from)
      held += rest.length
      if (held > maxBytes) throw new Error(`a line of the stream is longer than ${maxBytes} bytes`)
      parts.push(rest)
    }
  }
  if (held > 0) yield Buffer.concat(parts, held)
}

/** The whole stream as one buffer. */
export const readAll = async (body: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = []
  for await (const chunk of body) parts.push(chunk)
  return parts.length === 1 ? Buffer.from(parts[0]!.buffer, parts[0]!.byteOffset, parts[0]!.byteLength) : Buffer.concat(parts)
}
