// What streams have to say, collected and handed to their connections together. A connection costs some 20 µs however much it is given, so a
// burst of events for hundreds of watchers must not be written event by event; and whoever writes objects gets as much time as the watchers took.

/** One stream with something to send. */
export interface Sender {
  /** Hands all that was collected to the connection. */
  flush(): void
}

/** Others get the event loop back after so long. */
const stretchMs = 5
/** The rest after a round is as long as the round was, at most this: the most that an event is late on purpose. */
const maxRestMs = 20

export class Outbox {
  #waiting: Sender[] = []
  #scheduled = false
  #restUntilMs = 0

  /** To be called once by a sender that has had nothing to send, and now has. */
  add(sender: Sender): void {
    this.#waiting.push(sender)
    if (this.#scheduled) return
    this.#scheduled = true
    const restMs = this.#restUntilMs - performance.now()
    if (restMs < 1) setImmediate(() => this.#round(0))
    else setTimeout(() => this.#round(0), restMs)
  }

  #round(tookMs: number): void {
    const beganMs = performance.now()
    const senders = this.#waiting
    this.#waiting = []
    let next = 0
    while (next < senders.length && performance.now() - beganMs < stretchMs) senders[next++]!.flush()
    const nowMs = performance.now()
    const allMs = tookMs + nowMs - beganMs
    if (next < senders.length) {
      this.#waiting = [...senders.slice(next), ...this.#waiting]
      setImmediate(() => this.#round(allMs))
      return
    }
    this.#restUntilMs = nowMs + Math.min(allMs, maxRestMs)
    this.#scheduled = false
    if (this.#waiting.length > 0) this.add(this.#waiting.pop()!)
  }
}
