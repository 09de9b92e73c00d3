// Tells when an answer is complete: what is there at once is so at once, a stream when it ends or its client has gone.
import type { Answer, ByteSink, DirectAnswer } from './answer.ts'

const watching = (sink: ByteSink, done: () => void): ByteSink => ({
  write: chunk => sink.write(chunk),
  end: () => {
    sink.end()
    done()
  },
  cut: () => {
    sink.cut()
    done()
  },
  get pendingBytes() {
    return sink.pendingBytes
  },
})

async function* untilLeft<T>(items: AsyncIterable<T>, done: () => void): AsyncGenerator<T> {
  try {
    yield* items
  } finally {
    done()
  }
}

const watchingDirect = (direct: () => DirectAnswer, done: () => void) => (): DirectAnswer => {
  const answer = direct()
  return answer.events ? { ...answer, events: untilLeft(answer.events, done) } : answer
}

/** The same answer; `tell` is called once. `signal` is the request's. */
export const whenDone = (answer: Answer, signal: AbortSignal, tell: () => void): Answer => {
  let told = false
  const done = (): void => {
    if (told) return
    told = true
    signal.removeEventListener('abort', done)
    tell()
  }
  if (!answer.stream && !answer.takeOver) {
    done()
    return answer
  }
  signal.addEventListener('abort', done, { once: true })
  if (signal.aborted) done()
  const { direct } = answer
  return {
    ...answer,
    ...(answer.stream && {
      stream: (sink, closed) => {
        closed.addEventListener('abort', done, { once: true })
        answer.stream!(watching(sink, done), closed)
      },
    }),
    ...(direct && { direct: watchingDirect(direct, done) }),
  }
}
