// The audit log of a server: a record for each request, judged by the policy, written to the log.
import { randomUUID } from 'node:crypto'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { CompletedConfig } from '../config.ts'
import { parseYaml } from '../encoding/yaml.ts'
import type { ApiRequest } from '../http/answer.ts'
import type { RequestInfo } from '../request-info.ts'
import { createAuditLog } from './log-file.ts'
import { type Level, parseAuditPolicy } from './policy.ts'
import { type AuditParts, AuditRecord } from './record.ts'

export interface AuditCounts {
  readonly events: number
  readonly dropped: number
  readonly levels: Readonly<Record<Level, number>>
}

export interface Audit {
  /** Throws one sentence for a policy that is none: the server does not start then. */
  start(): Promise<void>
  begin(request: ApiRequest, info: RequestInfo): AuditRecord
  readonly counts: AuditCounts
  /** Resolves when all events are written. */
  close(): Promise<void>
}

const dayMs = 86_400_000

/** Without a policy, and before the start, records have a name and nothing is written. */
export const createAudit = (config: CompletedConfig['audit'], { clock, log }: { clock: Clock; log: Logger }): Audit => {
  const perLevel: Record<Level, number> = { None: 0, Metadata: 0, Request: 0, RequestResponse: 0 }
  let events = 0
  // As unique as a random one each, and much cheaper: a random beginning for the server, then a number.
  const family = randomUUID().slice(0, -12)
  let serial = 0
  let parts: AuditParts | undefined
  return {
    start: async () => {
      if (!config) return
      const { value } = await parseYaml(Buffer.from(config.policy))
      parts = {
        policy: parseAuditPolicy(value),
        sink: createAuditLog(
          {
            path: config.logPath,
            maxBytes: config.logMaxSizeMb * 2 ** 20,
            maxBackups: config.logMaxBackups,
            maxAgeMs: config.logMaxAgeDays * dayMs,
          },
          { clock, log },
        ),
        clock,
        countLevel: level => {
          perLevel[level]++
        },
        countEvent: () => {
          events++
        },
      }
    },
    begin: (request, info) => new AuditRecord(parts, request, info, clock.now(), family + (++serial).toString(16).padStart(12, '0')),
    get counts() {
      return { events, dropped: parts?.sink.dropped ?? 0, levels: perLevel }
    },
    close: async () => parts?.sink.close(),
  }
}
