// Composition root of the API server: everything is constructed here, by hand, and handed in.
import type { Clock } from '../base/clock.ts'
import { systemClock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import { builtinKinds } from '../api/kinds/registry.ts'
import type { Store } from '../store/store.ts'
import { createAdmissionChain } from './admission/admission.ts'
import { createAdmissionPlugins } from './admission/registry.ts'
import { createWebhookClient } from './admission/webhooks/client.ts'
import { createAudit } from './audit/audit.ts'
import { createAggregator } from './aggregation/aggregator.ts'
import { createImpersonation } from './authentication/impersonation.ts'
import { createAuthentication } from './authentication/registry.ts'
import { createAuthorization } from './authorization/registry.ts'
import { bootstrap } from './bootstrap/bootstrap.ts'
import { ensureKubernetesService } from './bootstrap/kubernetes-service.ts'
import { type ApiServerConfig, completeConfig } from './config.ts'
import { createDefinitions } from './definitions/controller.ts'
import { createYamlReader } from './encoding/yaml-reader.ts'
import { createFairness } from './fairness/fairness.ts'
import { createFamilies } from './discovery/families.ts'
import { createMetrics } from './discovery/metrics.ts'
import { createSeries } from './discovery/series.ts'
import { createOpenApiCache } from './discovery/openapi.ts'
import { createInProcess, type InProcessTransport } from './http/in-process.ts'
import { createHttpServer } from './http/server.ts'
import { createPresence } from './presence/presence.ts'
import { createPipeline, type PipelineParts } from './pipeline.ts'
import { createResourceTable, isStored, toStoredResource } from './resource-table.ts'
import { parseAddressRange } from './services/address-range.ts'
import { createAddresses } from './services/main.ts'
import { toAuthenticated, toServiceAccountUser, type UserInfo } from './user.ts'
import { emptyFieldsOf } from './verbs/decode.ts'

export interface ApiServerDeps {
  readonly log: Logger
  /** Started and stopped by the server. */
  readonly store: Store
  readonly clock?: Clock
}

export interface ApiServer extends Service {
  /** The port it listens on; known once start() has resolved. */
  readonly port: number
  /** A transport that goes through the same pipeline without a socket, as that user. */
  inProcess(user: UserInfo): InProcessTransport
  /** The same as a service account. */
  inProcessAs(namespace: string, account: string): InProcessTransport
}

export const createApiServer = (config: ApiServerConfig, { log, store, clock = systemClock }: ApiServerDeps): ApiServer => {
  const complete = completeConfig(config)
  const range = parseAddressRange(complete.serviceCidr)
  const stopping = new AbortController()
  const table = createResourceTable()
  table.add(builtinKinds)
  const addresses = createAddresses({ store, table, clock, log }, range, complete.nodePorts)
  const authorization = createAuthorization({ store, table, log })
  const { authorizers, policy } = authorization
  const webhooks = createWebhookClient({ store, table })
  const aggregator = createAggregator({ config: complete, store, table, clock, log })
  const fairness = createFairness({ seats: complete.limits.seats, waitMs: complete.limits.seatWaitMs }, { store, table, clock, log })
  const yaml = createYamlReader()
  const audit = createAudit(complete.audit, { clock, log })
  const series = createSeries()
  const metrics = createMetrics(series, createFamilies({ store, table, fairness, audit, addresses }))
  const parts: PipelineParts = {
    config: complete,
    fairness,
    log,
    clock,
    store,
    table,
    aggregator,
    authentication: createAuthentication(complete, { store, table, clock }),
    authorizers,
    impersonation: createImpersonation(authorizers),
    audit,
    yaml,
    admission: createAdmissionChain(
      createAdmissionPlugins({ config: complete, store, table, clock, log, authorizers, policy, webhooks, series, stopping: stopping.signal }),
      series,
    ),
    writeHooks: { services: addresses.hook },
    metrics,
    openApi: createOpenApiCache(),
    emptyFields: emptyFieldsOf,
    renderMetrics: metrics.render,
    stopping: stopping.signal,
  }
  const definitions = createDefinitions({ store, table, clock, log, webhooks })
  const presence = createPresence(parts)
  const handle = createPipeline(parts)
  const http = createHttpServer(complete, log, handle)
  let port = 0
  let stopped: Promise<void> | undefined

  return {
    get port() {
      return port
    },
    inProcess: user => createInProcess(user, handle),
    inProcessAs: (namespace, account) => createInProcess(toAuthenticated(toServiceAccountUser(namespace, account)), handle),
    start: async signal => {
      await audit.start()
      // Before the store is filled: what comes is taken in once, with its history. Two kinds may share a prefix (two versions of one kind): the
      // stored one registers it.
      for (const served of table.all()) if (served.record === served.storage && isStored(served.record)) await store.register(toStoredResource(served))
      await presence.register()
      await store.start(signal)
      await definitions.start()
      await bootstrap(parts)
      await authorization.start(stopping.signal)
      await fairness.start(stopping.signal)
      await addresses.start()
      await aggregator.start()
      port = await http.listen()
      await ensureKubernetesService(parts, range, addresses, port)
      await presence.start(port)
      log.info({ port, address: complete.bindAddress }, 'the API server is ready')
    },
    stop: () =>
      (stopped ??= (async () => {
        stopping.abort(new Error('the server is stopping'))
        definitions.stop()
        aggregator.stop()
        addresses.stop()
        await presence.stop()
        await http.close(complete.limits.drainMs)
        await webhooks.close()
        await Promise.all([audit.close(), yaml.close()])
        await store.stop()
      })()),
  }
}
