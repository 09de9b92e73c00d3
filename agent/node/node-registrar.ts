// Keeps the Node object: made at start, its status written on change and every five minutes, a Lease renewed as heartbeat, the pod
// network set up once the node has its podCIDR. Goes on alone while the API server is away.
import { leases } from '../../api/kinds/coordination/lease.ts'
import { nodes } from '../../api/kinds/core/node.ts'
import { isReason } from '../../api/status.ts'
import type { Lease } from '../../api/types/coordination-v1.ts'
import type { Node, NodeCondition, NodeStatus } from '../../api/types/core-v1.ts'
import { backoffDelayMs } from '../../base/backoff.ts'
import { sleep, toMicroTime, type Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { ApiClient, EventRecorder, Informer } from '../../client/types.ts'
import type { CompletedAgentConfig } from '../config.ts'
import type { Cri } from '../cri/client.ts'
import type { CriImage, RuntimeCondition } from '../cri/messages.ts'
import { toNodeEvents } from './node-events.ts'
import type { NodeFacts } from './node-facts.ts'
import { isReady, toNode, toNodeStatus, type NodeObservation } from './node-status.ts'

export interface NodeRegistrarDeps {
  readonly config: CompletedAgentConfig
  readonly facts: NodeFacts
  readonly cri: Cri
  readonly client: ApiClient
  /** Of this node alone. */
  readonly informer: Informer<Node>
  readonly clock: Clock
  readonly log: Logger
  readonly recorder: EventRecorder
  readonly apiPort: () => number
  /** The runtime and the pod network work (again): what failed for want of them may be tried at once. */
  readonly becameReady: () => void
  /** Ends everything. */
  readonly signal: AbortSignal
  readonly onPodNetwork: ((podCidr: string, signal: AbortSignal) => Promise<void>) | undefined
}

const leaseNamespace = 'kube-node-lease'
/** Grows slowly: a node whose API server starts with it should not wait as long again as that takes. */
const retry = { baseMs: 100, maxMs: 5000, factor: 1.3, jitter: 0.2 }
/** How often the runtime is asked how it is: often until it is ready, which no event tells. */
const checkReadyMs = 10_000
const checkUnreadyMs = 100
const imagesDebounceMs = 1000
/** How long the runtime may be silent before the node is NotReady (kubelet: maxWaitForContainerRuntime). */
const runtimePatienceMs = 30_000
/** How long a pod network that cannot be set up anew is hidden behind what was said of the node before. */
const networkPatienceMs = 10_000

export class NodeRegistrar {
  readonly #deps: NodeRegistrarDeps
  #network: { ready: boolean; message: string; cidr: string } | undefined
  #runtime: { conditions?: readonly RuntimeCondition[]; error?: string; version: string } = { version: 'containerd://' }
  #images: readonly CriImage[] = []
  #written: { text: string; atMs: number; conditions: readonly NodeCondition[] } | undefined
  #answeredMs: number | undefined
  #networkTried: Promise<void> = Promise.resolve()
  readonly #signal: AbortSignal
  #cancelCheck: (() => void) | undefined
  #cancelImages: (() => void) | undefined
  #started = false
  #wasReady = false
  #checking = false
  #unreadyChecks = 0

  constructor(deps: NodeRegistrarDeps) {
    this.#deps = deps
    this.#signal = deps.signal
    if (deps.onPodNetwork) this.#network = { ready: false, message: 'the node has no podCIDR yet', cidr: '' }
  }

  /** Resolves once the Node exists; the rest goes on until the signal. */
  async start(): Promise<void> {
    this.#tell('Normal', 'Starting', 'Starting kubelet.')
    const known = await this.#register()
    if (this.#isStopped()) return
    this.#tellConditions([], this.#status([]).conditions)
    const { bootID } = this.#deps.facts.info
    if (known?.status?.nodeInfo?.bootID && known.status.nodeInfo.bootID !== bootID)
      this.#tell('Warning', 'Rebooted', `Node ${this.#deps.config.nodeName} has been rebooted, boot id: ${bootID}`)
    void this.#renewLease()
    // A node that comes back is Ready in others' eyes and its pods serve: nothing is said of its network before it has been looked at,
    // or every restart would take the pods out of their Services.
    if (known) {
      this.#onNode(known)
      await Promise.race([this.#networkTried, sleep(this.#deps.clock, networkPatienceMs, this.#signal).catch(() => undefined)])
    }
    this.#started = true
    const look = (node: Node): void => this.#onNode(node)
    this.#deps.informer.on({ add: look, update: look, delete: () => void this.#register().then(() => this.check()) })
    this.imagesChanged()
    await this.check()
  }

  stop(): void {
    this.#cancelCheck?.()
    this.#cancelImages?.()
  }

  /** Answers the node that was there before. */
  async #register(): Promise<Node | undefined> {
    const { client, config, facts, log, clock } = this.#deps
    const api = client.of(nodes)
    const node = toNode(config, facts)
    for (let attempt = 0; !this.#isStopped(); attempt++) {
      try {
        // With its first status, so that nothing sees a node without capacity.
        const status = this.#status([])
        await api.create({ ...node, status }, { signal: this.#signal })
        this.#written = { text: '', atMs: 0, conditions: status.conditions ?? [] }
        log.info({ node: config.nodeName }, 'the node is registered')
        return undefined
      } catch (error) {
        if (isReason(error, 'AlreadyExists')) {
          const known = await api
            .patch(
              config.nodeName,
              'strategic',
              { metadata: { labels: node.metadata.labels, annotations: node.metadata.annotations } },
              { signal: this.#signal },
            )
            .catch(() => undefined)
          if (known) {
            this.#written = { text: '', atMs: 0, conditions: known.status?.conditions ?? [] }
            return known
          }
        }
        if (this.#isStopped()) return undefined
        log.warn({ err: error, node: config.nodeName }, 'the node could not be registered; tried again')
        await sleep(clock, backoffDelayMs(retry, attempt), this.#signal).catch(() => undefined)
      }
    }
    return undefined
  }

  #onNode(node: Node): void {
    const cidr = node.spec.podCIDR
    const { onPodNetwork, log } = this.#deps
    if (!onPodNetwork || !cidr || this.#network?.cidr === cidr) return
    this.#network = { ready: false, message: 'being set up', cidr }
    const run = async (): Promise<void> => {
      for (let attempt = 0; !this.#isStopped() && this.#network?.cidr === cidr; attempt++) {
        try {
          await onPodNetwork(cidr, this.#signal)
          this.#network = { ready: true, message: '', cidr }
          await this.check()
          return
        } catch (error) {
          if (this.#isStopped()) return
          this.#network = { ready: false, message: error instanceof Error ? error.message : String(error), cidr }
          log.warn({ err: error, podCidr: cidr }, 'the pod network could not be set up; tried again')
          void this.check()
          await sleep(this.#deps.clock, backoffDelayMs(retry, attempt), this.#signal).catch(() => undefined)
        }
      }
    }
    this.#networkTried = run()
  }

  imagesChanged(): void {
    this.#cancelImages ??= this.#deps.clock.after(imagesDebounceMs, () => {
      this.#cancelImages = undefined
      this.#deps.cri.images
        .list()
        .then(images => {
          this.#images = images
          return this.#write()
        })
        .catch(() => undefined)
    })
  }

  /** Asks the runtime how it is and writes the status if that changed anything. */
  async check(): Promise<void> {
    // Before the node is registered there is nothing to write to.
    if (!this.#started) return
    if (this.#checking || this.#signal.aborted) return
    this.#checking = true
    this.#cancelCheck?.()
    const { cri, clock } = this.#deps
    let unanswered = false
    try {
      const conditions = await cri.runtime.conditions(this.#signal)
      if (this.#runtime.version === 'containerd://') {
        const { runtimeName, runtimeVersion } = await cri.runtime.version(this.#signal)
        this.#runtime = { ...this.#runtime, version: `${runtimeName}://${runtimeVersion}` }
      }
      this.#runtime = { version: this.#runtime.version, conditions }
      this.#answeredMs = clock.now()
    } catch (error) {
      // A containerd that restarts leaves its containers running: the node is not called NotReady for it until that takes too long, as upstream.
      const patience = this.#answeredMs !== undefined && clock.now() - this.#answeredMs < runtimePatienceMs
      const answered = patience ? this.#runtime.conditions : undefined
      this.#runtime = answered
        ? { version: this.#runtime.version, conditions: answered }
        : { version: this.#runtime.version, error: error instanceof Error ? error.message : String(error) }
      unanswered = true
    }
    this.#checking = false
    await this.#write().catch((error: unknown) => {
      if (!this.#isStopped()) this.#deps.log.warn({ err: error }, 'the node status could not be written; tried again')
    })
    if (this.#isStopped()) return
    const ready = isReady(this.#observe())
    if (ready && !this.#wasReady) this.#deps.becameReady()
    this.#wasReady = ready
    this.#unreadyChecks = ready ? 0 : this.#unreadyChecks + 1
    this.#cancelCheck = clock.after(
      ready && !unanswered ? checkReadyMs : Math.min(checkReadyMs, checkUnreadyMs * Math.max(1, this.#unreadyChecks / 20)),
      () => void this.check(),
    )
  }

  #isStopped(): boolean {
    return this.#signal.aborted
  }

  /** About the node as upstream's kubelet names it, by which kubectl describe finds what is told of it. */
  #tell(type: 'Normal' | 'Warning', reason: string, message: string): void {
    const { nodeName } = this.#deps.config
    this.#deps.recorder.event({ apiVersion: 'v1', kind: 'Node', metadata: { name: nodeName, uid: nodeName } }, type, reason, message)
  }

  #tellConditions(before: readonly NodeCondition[], after: readonly NodeCondition[] = []): void {
    for (const reason of toNodeEvents(before, after)) this.#tell('Normal', reason, `Node ${this.#deps.config.nodeName} status is now: ${reason}`)
  }

  #observe(): NodeObservation {
    return {
      runtime: this.#runtime.conditions,
      ...(this.#runtime.error && { runtimeError: this.#runtime.error }),
      runtimeVersion: this.#runtime.version,
      network: this.#network,
      images: this.#images,
      apiPort: this.#deps.apiPort(),
    }
  }

  #status(old: readonly NodeCondition[]): NodeStatus {
    return toNodeStatus(this.#deps.config, this.#deps.facts, this.#observe(), old, this.#deps.clock.now())
  }

  async #write(): Promise<void> {
    const { client, clock, config } = this.#deps
    const status = this.#status(this.#written?.conditions ?? [])
    const text = JSON.stringify({ ...status, conditions: status.conditions?.map(({ lastHeartbeatTime: _, ...rest }) => rest) })
    if (this.#written?.text === text && clock.now() - this.#written.atMs < config.statusIntervalMs) return
    await client
      .of(nodes)
      .patch(
        config.nodeName,
        'strategic',
        { status: { ...status, addresses: [{ $patch: 'replace' }, ...(status.addresses ?? [])] } },
        { subresource: 'status', signal: this.#signal },
      )
    this.#tellConditions(this.#written?.conditions ?? [], status.conditions)
    this.#written = { text, atMs: clock.now(), conditions: status.conditions ?? [] }
  }

  async #renewLease(): Promise<void> {
    const { client, clock, config, log } = this.#deps
    const api = client.of(leases, leaseNamespace)
    const every = (config.leaseDurationSeconds * 1000) / 4
    let lease: Lease | undefined
    let failures = 0
    while (!this.#isStopped()) {
      const renewTime = toMicroTime(clock.now())
      try {
        if (lease) lease = await api.update({ ...lease, spec: { ...lease.spec, renewTime } }, { signal: this.#signal })
        else {
          const uid = this.#deps.informer.get(config.nodeName)?.metadata.uid
          const owner = uid && { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: config.nodeName, uid }] }
          const spec = { holderIdentity: config.nodeName, leaseDurationSeconds: config.leaseDurationSeconds, renewTime }
          lease = await api.create(
            { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: config.nodeName, namespace: leaseNamespace, ...owner }, spec },
            { signal: this.#signal },
          )
        }
        failures = 0
        await sleep(clock, every, this.#signal)
      } catch (error) {
        if (this.#isStopped()) return
        if (isReason(error, 'AlreadyExists') || isReason(error, 'Conflict'))
          lease = await api.get(config.nodeName, { signal: this.#signal }).catch(() => undefined)
        else if (isReason(error, 'NotFound')) lease = undefined
        else log.warn({ err: error }, 'the node lease could not be renewed; tried again')
        if (!lease || failures > 0) await sleep(clock, backoffDelayMs(retry, failures), this.#signal).catch(() => undefined)
        failures++
      }
    }
  }
}
