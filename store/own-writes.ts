// What this process is writing, so that the watch's echo of it is not parsed again. The echo may overtake the answer and the other way round.
import { createEntry, type Content } from './entry.ts'
import type { Entry } from './store.ts'

export interface Draft {
  readonly key: string
  readonly content: Content
  /** The bytes sent to the backend, encrypted where the transformer does so. */
  readonly stored: Buffer
  /** Set by whichever comes first, the answer or the echo. */
  entry: Entry | undefined
  echoed: boolean
}

export class OwnWrites {
  readonly #drafts = new Map<string, Draft[]>()

  begin(key: string, content: Content, stored: Buffer): Draft {
    const draft: Draft = { key, content, stored, entry: undefined, echoed: false }
    const others = this.#drafts.get(key)
    if (others) others.push(draft)
    else this.#drafts.set(key, [draft])
    return draft
  }

  /** The write failed, or its outcome is unknown: an echo is then read like anyone's. */
  drop(draft: Draft): void {
    const left = this.#drafts.get(draft.key)?.filter(d => d !== draft) ?? []
    if (left.length > 0) this.#drafts.set(draft.key, left)
    else this.#drafts.delete(draft.key)
  }

  /** The write was answered. `seenRevision` is the newest that the watch has brought. */
  answered(draft: Draft, revision: number, createRevision: number, seenRevision: number): Entry {
    // Equal bytes written twice at once: the echo may have been matched with the other draft.
    if (draft.entry?.revision !== revision) draft.entry = createEntry(draft.key, draft.content, revision, createRevision)
    if (draft.echoed || seenRevision >= revision) this.drop(draft)
    return draft.entry
  }

  /** The entry for an event that the watch brought, when it is the echo of a write of ours. */
  echo(key: string, value: Buffer, revision: number, createRevision: number): Entry | undefined {
    const drafts = this.#drafts.get(key)
    if (!drafts) return undefined
    const answered = drafts.find(d => d.entry?.revision === revision)
    if (answered) {
      this.drop(answered)
      return answered.entry
    }
    const draft = drafts.find(d => d.entry === undefined && d.stored.equals(value))
    if (!draft) return undefined
    draft.echoed = true
    draft.entry = createEntry(key, draft.content, revision, createRevision)
    return draft.entry
  }

  /** After the history was lost: no echo will come for what was answered. */
  forgetAnswered(): void {
    for (const drafts of [...this.#drafts.values()]) for (const draft of drafts) if (draft.entry) this.drop(draft)
  }
}
