// What a record at level RequestResponse shows of a reply: the object or the list, as its version has it.
import type { Reply } from '../context.ts'
import { maxObjectBytes } from './record.ts'

/** undefined: it is too large, or nothing that can be shown (a stream). To be called when the reply is encoded: its entries are converted then. */
export const toAuditedObject = (reply: Reply): unknown => {
  switch (reply.kind) {
    case 'entry':
      return reply.entry.json.length > maxObjectBytes ? undefined : reply.served.objectOf(reply.entry)
    case 'object':
      return reply.object
    case 'list': {
      const { served, entries, revision } = reply
      let bytes = 0
      for (const entry of entries) if ((bytes += entry.json.length) > maxObjectBytes) return undefined
      const { listKind: kind, apiVersion } = served.record
      return { kind, apiVersion, metadata: { resourceVersion: String(revision) }, items: entries.map(entry => served.objectOf(entry)) }
    }
    default:
      return undefined
  }
}
