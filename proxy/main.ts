// Services as nftables maps. Watches Services, EndpointSlices, Nodes and this node's pods; what an event changes is in the kernel a
// transaction later. Stopping leaves the rules where they are: connections and Services go on without us.
import { nodes } from '../api/kinds/core/node.ts'
import { pods } from '../api/kinds/core/pod.ts'
import { services } from '../api/kinds/core/service.ts'
import { endpointSlices } from '../api/kinds/discovery/endpoint-slice.ts'
import { objectKey } from '../api/object.ts'
import type { Pod } from '../api/types/core-v1.ts'
import type { EndpointSlice } from '../api/types/discovery-v1.ts'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import type { Shell } from '../base/shell.types.ts'
import { createApiClient } from '../client/api-client.ts'
import { createInformerFactory } from '../client/informer.ts'
import type { Transport } from '../client/types.ts'
import { createApplier } from './applier.ts'
import type { ProxyConfig } from './config.ts'
import { completeProxyConfig } from './config.ts'
import { createHealthServers } from './health.ts'
import { createNft } from './nft.ts'
import { createRouteDriver } from './route-driver.ts'
import { toHostPortElements } from './rules/host-ports.ts'
import { toServiceElements } from './rules/elements.ts'
import { isInCidr } from './rules/cidr.ts'
import { toServicePorts } from './rules/model.ts'
import { planRoutes } from './rules/routes.ts'
import { createTableState } from './rules/table-state.ts'
import { watchTable } from './table-watch.ts'

export interface ProxyDeps {
  readonly log: Logger
  readonly transport: Transport
  readonly shell: Shell
  readonly clock: Clock
}

const serviceNameLabel = 'kubernetes.io/service-name'
const byService = 'service'

const serviceOf = (slice: EndpointSlice): string[] => {
  const name = slice.metadata.labels?.[serviceNameLabel]
  // headless Services have no address to translate
  if (name === undefined || slice.metadata.labels?.['service.kubernetes.io/headless'] !== undefined) return []
  return [`${slice.metadata.namespace ?? ''}/${name}`]
}

/** Owners in the table's state: `service ns/name` and `pod ns/name`. */
const serviceOwner = (key: string): string => `service ${key}`
const podOwner = (pod: Pod): string => `pod ${objectKey(pod)}`
const hasHostPorts = (pod: Pod): boolean => pod.spec.containers.some(c => c.ports?.some(p => p.hostPort))

export const createProxy = (given: ProxyConfig, { log, transport, shell, clock }: ProxyDeps): Service => {
  const config = completeProxyConfig(given)
  const command = [...config.commandPrefix, 'nft']
  const informers = createInformerFactory(createApiClient(transport, { userAgent: 'wherry-proxy', clock }), { log, clock })
  const serviceInformer = informers.of(services)
  const sliceInformer = informers.of(endpointSlices)
  const nodeInformer = informers.of(nodes)
  const podInformer = informers.of(pods, { fieldSelector: `spec.nodeName=${config.nodeName}` })
  sliceInformer.addIndex(byService, serviceOf)

  const nft = createNft({ command, shell, clock, log })
  const state = createTableState()
  const health = createHealthServers({ log })
  const isPodAddress = (address: string): boolean => isInCidr(address, config.clusterCidr)
  const served = new Set(config.servedLocally)

  const applier = createApplier({
    nft,
    shell,
    state,
    clock,
    log,
    conntrack: [...config.commandPrefix, 'conntrack'],
    table: config,
    compile: owner => {
      const key = owner.slice(owner.indexOf(' ') + 1)
      if (owner.startsWith('pod ')) {
        const pod = podInformer.get(key)
        return pod ? toHostPortElements(pod) : []
      }
      const service = serviceInformer.get(key)
      const ports = service ? toServicePorts(service, sliceInformer.byIndex(byService, key), config.nodeName) : []
      health.update(key, service?.spec.healthCheckNodePort, ports)
      return ports
        .map(port => ({ ...port, clusterIps: port.clusterIps.filter(address => !served.has(address)) }))
        .flatMap(port => toServiceElements(port, state.previousSlots, isPodAddress))
    },
    onApplied: (latencyMs, changes) => {
      if (changes.added.length + changes.removed.length > 0)
        log.debug({ latencyMs, added: changes.added.length, removed: changes.removed.length }, 'programmed')
    },
  })
  const routes = createRouteDriver({
    shell,
    commandPrefix: config.commandPrefix,
    clock,
    log,
    plan: () => planRoutes(nodeInformer.list(), config.nodeName, config.serviceCidr),
  })

  const stopping = new AbortController()
  let watch: { stop(): void } | undefined

  const listen = (): void => {
    const markService = (service: { metadata: { namespace?: string; name?: string } }): void => applier.mark(serviceOwner(objectKey(service)))
    const markSlice = (slice: EndpointSlice): void => {
      for (const key of serviceOf(slice)) applier.mark(serviceOwner(key))
    }
    const markPod = (pod: Pod): void => applier.mark(podOwner(pod))
    serviceInformer.on({ add: markService, update: markService, delete: markService })
    sliceInformer.on({
      add: markSlice,
      delete: markSlice,
      update: (slice, old) => {
        markSlice(old)
        markSlice(slice)
      },
    })
    podInformer.on({
      add: pod => {
        if (hasHostPorts(pod)) markPod(pod)
      },
      update: pod => {
        if (hasHostPorts(pod)) markPod(pod)
      },
      delete: pod => {
        if (hasHostPorts(pod)) markPod(pod)
      },
    })
    if (config.routes) nodeInformer.on({ add: () => routes.mark(), update: () => routes.mark(), delete: () => routes.mark() })
  }

  return {
    start: async signal => {
      informers.start(stopping.signal)
      // until everything is known nothing may be taken out of the kernel
      await informers.synced(AbortSignal.any([signal, stopping.signal]))
      listen()
      await applier.settled()
      await routes.settled()
      if (!stopping.signal.aborted) watch = watchTable(command, config.tableName, clock, () => applier.distrust())
      log.info({ services: serviceInformer.list().length }, 'services are programmed')
    },
    stop: async () => {
      stopping.abort(new Error('the proxy is stopping'))
      watch?.stop()
      await Promise.all([applier.stop(), routes.stop(), health.stop()])
      await nft.close()
    },
  }
}
