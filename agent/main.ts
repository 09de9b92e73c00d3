// Composition root of the node agent (the kubelet): registers the node and runs the pods bound to it on containerd.
// Stopping it, or killing it, leaves every container running; the next start adopts them from their labels.
import { readFile } from 'node:fs/promises'
import { nodes } from '../api/kinds/core/node.ts'
import { pods } from '../api/kinds/core/pod.ts'
import { services } from '../api/kinds/core/service.ts'
import { runtimeClasses } from '../api/kinds/node/runtime-class.ts'
import { isReason } from '../api/status.ts'
import type { Pod, Secret } from '../api/types/core-v1.ts'
import { backoffDelayMs } from '../base/backoff.ts'
import { sleep, systemClock, type Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import type { Shell } from '../base/shell.types.ts'
import { createApiClient } from '../client/api-client.ts'
import { createEventRecorder } from '../client/event-recorder.ts'
import { createInformerFactory } from '../client/informer.ts'
import type { EventRecorder, Informer, Transport } from '../client/types.ts'
import { releaseReservations } from '../cni/ipam.ts'
import { admit, admitResize } from './admission/admit.ts'
import { createAgentApi } from './api/server.ts'
import { completeAgentConfig, type AgentConfig } from './config.ts'
import { createCri, type Cri } from './cri/client.ts'
import { fieldPath, ImageManager } from './images/image-manager.ts'
import { createLogRotation } from './logs/rotation.ts'
import { readNodeFacts } from './node/node-facts.ts'
import { NodeRegistrar } from './node/node-registrar.ts'
import { toNode } from './node/node-status.ts'
import { parseResolvConf } from './pod-config/dns.ts'
import type { PodFacts } from './pod-config/field-ref.ts'
import { podNamespaceOf, podNameOf, podUidOf } from './pod-config/names.ts'
import { toServiceEnv } from './pod-config/service-env.ts'
import { createCgroups } from './pods/cgroups.ts'
import { createExecutors } from './pods/executors.ts'
import { PodFolders } from './pods/folders.ts'
import { removeOrphans } from './pods/orphans.ts'
import { PodWorkers } from './pods/pod-workers.ts'
import { createReferences } from './pods/references.ts'
import { RuntimeView } from './pods/runtime-view.ts'
import { toStatusEvents } from './pods/status-events.ts'
import { StatusWriter } from './pods/status-writer.ts'
import { Wakeups } from './pods/wakeups.ts'
import type { WorkerDeps } from './pods/worker.ts'
import { ProbeManager } from './probes/probe-manager.ts'
import { createServiceAccountTokens } from './service-account-tokens.ts'
import { isMirror, isStatic, MirrorPods } from './static/mirror-pods.ts'
import { runStaticPods } from './static/static-pods.ts'
import { createMounter } from './volumes/mounter.ts'
import { VolumeManager } from './volumes/volume-manager.ts'

export { removeSandboxes } from './remove-sandboxes.ts'

export interface AgentDeps {
  readonly log: Logger
  /** To the API server; not used when the configuration says standalone. */
  readonly transport: Transport
  readonly shell: Shell
  readonly clock?: Clock
  /** Sets up the pod network of this node (CNI configuration, routes). The node is not Ready before it has resolved; tried again when it throws. */
  readonly onPodNetwork?: (podCidr: string, signal: AbortSignal) => Promise<void>
}

export interface Agent extends Service {
  /** The port of the agent API; known once start() has resolved. */
  readonly port: number
}

const reconnect = { baseMs: 50, maxMs: 2000 }
const runtimeWaitMs = 30_000
const silent: EventRecorder = { event: () => undefined }

/** Waits for containerd, which may still be starting. */
const awaitRuntime = async (cri: Cri, socket: string, clock: Clock, signal: AbortSignal): Promise<void> => {
  for (let waitedMs = 0, attempt = 0; ; attempt++) {
    signal.throwIfAborted()
    try {
      await cri.runtime.version(signal)
      return
    } catch (error) {
      signal.throwIfAborted()
      if (waitedMs >= runtimeWaitMs) throw new Error(`containerd does not answer on ${socket}: start it, or name its socket`, { cause: error })
      const delayMs = backoffDelayMs(reconnect, attempt)
      waitedMs += delayMs
      await sleep(clock, delayMs, signal)
    }
  }
}

export const createAgent = (config: AgentConfig, { log, transport, shell, clock = systemClock, onPodNetwork }: AgentDeps): Agent => {
  const complete = completeAgentConfig(config)
  const { nodeName, paths } = complete
  const stopping = new AbortController()
  const { signal } = stopping
  const client = complete.standalone ? undefined : createApiClient(transport, { userAgent: 'kubelet/wherry' })
  const cri = createCri(complete.containerdSocket)
  const wakeups = new Wakeups()
  // A call, because it changes while others are awaited.
  const isStopping = (): boolean => signal.aborted
  const changed = (uid: string): void => wakeups.push(uid)
  let stop: () => Promise<void> = () => Promise.resolve()
  let port = complete.apiPort

  const start = async (starting: AbortSignal): Promise<void> => {
    await awaitRuntime(cri, complete.containerdSocket, clock, AbortSignal.any([starting, signal]))
    const [nodeFacts, cgroups, resolvConf] = await Promise.all([readNodeFacts(complete), createCgroups(), readFile('/etc/resolv.conf', 'utf8').catch(() => '')])
    const recorder = client ? createEventRecorder(client, { component: 'kubelet', host: nodeName }, { log, clock }) : undefined
    const events: EventRecorder = recorder ?? silent
    const mounter = createMounter(shell)
    const folders = new PodFolders(paths.agent, paths.podLogs, mounter)
    const factory = client && createInformerFactory(client, { log, clock })
    const podInformer = factory?.of(pods, { fieldSelector: `spec.nodeName=${nodeName}` })
    const serviceInformer = factory?.of(services)
    const nodeInformer = factory?.of(nodes, { fieldSelector: `metadata.name=${nodeName}` })

    const refreshVolumes = (uid: string): void => workers.get(uid)?.refreshVolumes()
    const references = createReferences(client, { log, clock, changed: refreshVolumes })
    const tokens = createServiceAccountTokens(client, { clock, log, expiring: refreshVolumes })
    const view = new RuntimeView({
      cri,
      clock,
      log,
      changed,
      readMessage: (uid, container) => {
        const pod = workers.get(uid)?.pod
        return folders.readMessage(uid, pod && folders.logFolder(pod), container)
      },
    })
    const images = new ImageManager({
      cri,
      clock,
      log,
      recorder: events,
      changed,
      progressMs: complete.pullProgressIntervalMs,
      pullSecrets: async pod => {
        const found = await Promise.all(
          (pod.spec.imagePullSecrets ?? []).map(({ name = '' }) => references.get('secret', podNamespaceOf(pod), name, podUidOf(pod))),
        )
        return found.filter((secret): secret is Secret => secret !== null)
      },
    })
    const volumes = new VolumeManager({
      folders,
      mounter,
      references,
      recorder: events,
      clock,
      log,
      changed,
      serviceAccountToken: (pod, audience, seconds) => tokens.get(pod, audience, seconds),
    })
    const probes = new ProbeManager({ cri, clock, log, recorder: events, changed })
    const writer = client && new StatusWriter(client, { clock, log, signal })
    const mirrors =
      client && podInformer && writer && new MirrorPods({ client, informer: podInformer, node: () => nodeInformer?.get(nodeName), writer, clock, log, changed })
    const host = { ips: [complete.nodeIp] }
    const cgroupLayout = { driver: complete.cgroupDriver, root: complete.cgroupRoot }

    const finish = async (pod: Pod): Promise<void> => {
      const worker = workers.get(podUidOf(pod))
      if (!client || isStatic(pod) || worker?.isGone) return
      const uid = podUidOf(pod)
      await writer?.flush(uid)
      try {
        await client.of(pods, podNamespaceOf(pod)).delete(podNameOf(pod), { gracePeriodSeconds: 0, preconditions: { uid }, signal })
      } catch (error) {
        // Another pod of this name, or nobody: ours is gone either way.
        if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error
      }
    }
    const facts = (uid: string, pod: Pod): PodFacts => ({
      podIps: pod.spec.hostNetwork ? host.ips : (view.sandboxes(uid)[0]?.ips ?? []),
      hostIps: host.ips,
      nodeAllocatable: nodeFacts.allocatable,
    })
    const runtimeHandler = async (pod: Pod): Promise<string> => {
      const name = pod.spec.runtimeClassName
      return name && client ? (await client.of(runtimeClasses).get(name, { signal })).handler : complete.runtimeHandler
    }
    const executors = createExecutors({
      config: complete,
      cri,
      view,
      images,
      volumes,
      probes,
      references,
      recorder: events,
      folders,
      cgroups,
      clock,
      log,
      cgroupLayout,
      changed,
      finish,
      runtimeHandler,
      dns: { clusterDns: complete.clusterDns, clusterDomain: complete.clusterDomain, host: parseResolvConf(resolvConf) },
      resources: { memoryCapacity: nodeFacts.memoryBytes, cgroupV2: cgroups.v2 },
      serviceEnv: (namespace, links) =>
        toServiceEnv(
          [
            ...(serviceInformer?.list(namespace) ?? []),
            ...(namespace === 'default' ? [] : (serviceInformer?.list('default') ?? []).filter(s => s.metadata.name === 'kubernetes')),
          ],
          namespace,
          links,
        ),
      facts,
    })
    /** Those that take up room beside this one. */
    const othersThan = (pod: Pod): Pod[] =>
      workers
        .all()
        .filter(w => w.uid !== podUidOf(pod) && w.active)
        .map(w => w.pod)
    const ownLabels = toNode(complete, nodeFacts).metadata.labels
    const workerDeps: Omit<WorkerDeps, 'ended'> = {
      view,
      images,
      volumes,
      probes,
      executors,
      clock,
      log,
      host,
      facts,
      report: (pod, status, before) => {
        for (const { type, reason, message, container } of toStatusEvents(pod, before, status))
          events.event(pod, type, reason, message, container === undefined ? {} : { fieldPath: fieldPath(pod, { name: container }) })
        if (isStatic(pod)) mirrors?.report(pod, status)
        else writer?.report({ namespace: podNamespaceOf(pod), name: podNameOf(pod), uid: podUidOf(pod) }, status, pod.status)
      },
      admit: pod =>
        admit(pod, {
          nodeLabels: { ...ownLabels, ...nodeInformer?.get(nodeName)?.metadata.labels },
          allocatable: nodeFacts.allocatable,
          others: othersThan(pod),
        }),
      admitResize: pod => admitResize(pod, { allocatable: nodeFacts.allocatable, others: othersThan(pod) }),
    }
    const workers = new PodWorkers(
      () => workerDeps,
      worker => {
        images.forgetPod(worker.uid)
        volumes.forgetPod(worker.uid)
        references.release(worker.uid)
        tokens.forgetPod(worker.uid)
        writer?.forget(worker.uid)
        for (const other of workers.all()) other.retryResize()
      },
    )

    // ---- what wakes the workers

    // Known once every source has shown its pods: what is of no known pod is then of none.
    const sources = { known: false }
    const loop = (async () => {
      for await (const uid of wakeups.read(signal)) {
        const worker = workers.get(uid)
        if (worker) worker.poke()
        else if (sources.known) for (const identity of view.identities()) if (identity.uid === uid) workers.removeOrphan(identity)
      }
    })()
    const watchRuntime = async (): Promise<void> => {
      for (let attempt = 0; !isStopping(); attempt++) {
        try {
          for await (const event of cri.events.subscribe(signal)) {
            attempt = 0
            if (event.type === 'connected') {
              images.forgetImage('')
              await view.relist()
              void registrar?.check()
            } else if (event.type === 'exit') void view.onExit(event.id, event.exitCode, event.atMs)
            else if (event.type === 'oom') view.onOom(event.id)
            else {
              images.forgetImage(event.name)
              registrar?.imagesChanged()
            }
          }
        } catch (error) {
          if (isStopping()) return
          log.warn({ err: error }, "containerd's event stream broke; connecting again")
          void registrar?.check()
        }
        await sleep(clock, backoffDelayMs(reconnect, attempt), signal).catch(() => undefined)
      }
    }
    const repair = async (): Promise<void> => {
      while (!isStopping()) {
        await sleep(clock, complete.relistIntervalMs, signal).catch(() => undefined)
        if (isStopping()) return
        await view.relist().catch((error: unknown) => log.debug({ err: error }, 'the relist failed'))
        await sweep()
      }
    }
    const sweep = async (): Promise<void> => {
      if (!sources.known) return
      for (const identity of view.identities()) if (!workers.get(identity.uid)) workers.removeOrphan(identity)
      const isKnown = (uid: string): boolean => workers.get(uid) !== undefined
      await removeOrphans(isKnown, { folders, cgroups, layout: cgroupLayout, log }).catch((error: unknown) =>
        log.warn({ err: error }, 'leftovers of pods could not be removed'),
      )
    }

    const api = createAgentApi(complete, { log, cri, view, workers, folders, nodeFacts, clock })
    const registrar =
      client &&
      nodeInformer &&
      new NodeRegistrar({
        config: complete,
        facts: nodeFacts,
        cri,
        client,
        informer: nodeInformer,
        clock,
        log,
        recorder: events,
        apiPort: () => port,
        onPodNetwork,
        signal,
        becameReady: () => workers.all().forEach(worker => worker.retrySandbox()),
      })
    const rotation = createLogRotation({
      cri,
      view,
      workers,
      folders,
      clock,
      log,
      maxBytes: complete.containerLogMaxBytes,
      maxFiles: complete.containerLogMaxFiles,
      intervalMs: complete.containerLogIntervalMs,
    })

    await view.relist()
    // Addresses that a power loss left reserved; no sandbox is being made yet.
    const live = new Set((await cri.sandboxes.list()).map(({ id }) => id))
    const released = await releaseReservations(paths.cni.data, live)
    if (released.length) log.info({ addresses: released.map(({ address }) => address) }, 'pod addresses of sandboxes that are gone were given back')
    port = await api.listen()
    const watching = watchRuntime()
    let staticUids = new Set<string>()
    await runStaticPods(
      paths.staticManifests,
      {
        nodeName,
        clock,
        log,
        apply: wanted => {
          for (const uid of staticUids) if (!wanted.has(uid)) workers.leave(uid)
          for (const pod of wanted.values()) if (!staticUids.has(podUidOf(pod))) workers.apply(pod)
          staticUids = new Set(wanted.keys())
          if (sources.known) mirrors?.removeStale(staticUids)
        },
      },
      signal,
    )
    const startSources = async (informer: Informer<Pod>): Promise<void> => {
      // A container's environment names the Services: they have to be known before the first pod starts.
      await Promise.all([serviceInformer?.synced, nodeInformer?.synced, informer.synced])
      const show = (pod: Pod): void => {
        const hash = pod.metadata.annotations?.['kubernetes.io/config.mirror']
        if (isMirror(pod)) wakeups.push(hash ?? '')
        else workers.apply(pod)
      }
      informer.on({
        add: show,
        update: show,
        delete: pod => (isMirror(pod) ? wakeups.push(pod.metadata.annotations?.['kubernetes.io/config.mirror'] ?? '') : workers.leave(podUidOf(pod))),
      })
      // Their mirrors belong to the node: whenever it is made (again), they are.
      const mirror = (): void => staticUids.forEach(changed)
      nodeInformer?.on({ add: mirror, update: () => undefined, delete: () => undefined })
      mirror()
      sources.known = true
      mirrors?.removeStale(staticUids)
      await sweep()
    }
    factory?.start(signal)
    if (podInformer) void startSources(podInformer).catch((error: unknown) => log.error({ err: error }, 'the pods of the node cannot be followed'))
    else {
      sources.known = true
      void sweep()
    }
    void registrar?.start().catch((error: unknown) => {
      if (!signal.aborted) log.error({ err: error }, 'the node cannot be kept registered')
    })
    rotation.start()
    const repairing = repair()

    stop = async () => {
      stopping.abort(new Error('the agent is stopping'))
      registrar?.stop()
      rotation.stop()
      probes.close()
      references.close()
      await Promise.all([workers.stop(), api.close(), watching.catch(() => undefined), repairing, loop])
      cri.close()
    }
  }

  let stopped: Promise<void> | undefined
  return {
    get port() {
      return port
    },
    start,
    stop: () =>
      (stopped ??= stop().finally(() => {
        stopping.abort(new Error('the agent is stopping'))
        cri.close()
      })),
  }
}
