// What the stages of one request share, and what they can reach of the server.
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { KubeObject } from '../api/object.ts'
import type { AnyResource } from '../api/resource.ts'
import type { Entry, Store } from '../store/store.ts'
import type { AdmissionChain } from './admission/admission.ts'
import type { Aggregator } from './aggregation/aggregator.ts'
import type { Audit } from './audit/audit.ts'
import type { AuditRecord } from './audit/record.ts'
import type { Authentication } from './authentication/registry.ts'
import type { Impersonation } from './authentication/impersonation.ts'
import type { Authorizer } from './authorization/authorizer.ts'
import type { CompletedConfig } from './config.ts'
import type { OpenApiCache } from './discovery/openapi.ts'
import type { YamlReader } from './encoding/yaml-reader.ts'
import type { Accepted } from './encoding/negotiate.ts'
import type { Answer, ApiRequest } from './http/answer.ts'
import type { RequestInfo } from './request-info.ts'
import type { ResourceTable, Served } from './resource-table.ts'
import type { WriteHooks } from './services/write-hooks.ts'
import type { UserInfo } from './user.ts'
import type { WatchPlan } from './verbs/watch-plan.ts'

export interface Parts {
  readonly config: CompletedConfig
  readonly log: Logger
  readonly clock: Clock
  readonly store: Store
  readonly table: ResourceTable
  readonly authentication: Authentication
  readonly impersonation: Impersonation
  readonly audit: Audit
  readonly yaml: YamlReader
  readonly aggregator: Aggregator
  readonly authorizers: readonly Authorizer[]
  readonly admission: AdmissionChain
  /** Reservations that go with writes of some kinds: cluster IPs and node ports. */
  readonly writeHooks: WriteHooks
  readonly openApi: OpenApiCache
  /** Required fields of a kind at their zero values, as an empty object of it has them (bookmarks). */
  emptyFields(record: AnyResource): Record<string, unknown>
  renderMetrics(): string
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal
}

export interface Context {
  readonly request: ApiRequest
  readonly info: RequestInfo
  readonly user: UserInfo
  readonly accepted: Accepted
  readonly audit: AuditRecord
  /** Texts of Warning headers, in order, without repetition. */
  readonly warnings: Set<string>
}

/** What a verb gives back; encoding/ turns it into an Answer. */
export type Reply =
  | { readonly kind: 'entry'; readonly status: number; readonly served: Served; readonly entry: Entry }
  /** An object that is not (or not in this form) in the store: dry runs, Scale, Status, reviews. */
  | { readonly kind: 'object'; readonly status: number; readonly object: unknown; readonly served?: Served }
  | {
      readonly kind: 'list'
      readonly served: Served
      readonly entries: readonly Entry[]
      readonly revision: number
      readonly continue?: string
      readonly remaining?: number
    }
  | { readonly kind: 'watch'; readonly plan: WatchPlan }
  | { readonly kind: 'answer'; readonly answer: Answer }

/** A verb or subresource on one kind. */
export type Handler = (parts: Parts, context: Context, served: Served) => Promise<Reply>

export type Mutable = KubeObject & Record<string, unknown>
