// A real API server on the memory store with our scheduler and controllers in its process, and the smallest thing that acts as a node's
// agent: it makes scheduled pods Ready and lets deleted ones go, through the real API.
import { leases } from '../../../api/kinds/coordination/lease.ts'
import { nodes } from '../../../api/kinds/core/node.ts'
import { pods } from '../../../api/kinds/core/pod.ts'
import type { Node, Pod } from '../../../api/types/core-v1.ts'
import type { KubeObject } from '../../../api/object.ts'
import type { ApiServerConfig } from '../../../apiserver/config.ts'
import { systemClock, toTime } from '../../../base/clock.ts'
import { createLogger, type LogLevel } from '../../../base/log.ts'
import { createApiClient } from '../../../client/api-client.ts'
import { createInformerFactory } from '../../../client/informer.ts'
import type { ApiClient, InformerFactory } from '../../../client/types.ts'
import type { ControllersConfig } from '../../../controllers/config.ts'
import { createControllers } from '../../../controllers/main.ts'
import { createScheduler } from '../../../scheduler/main.ts'
import { startServer, type TestServer } from '../apiserver/start-server.ts'

export interface ControlPlane {
  readonly client: ApiClient
  readonly informers: InformerFactory
  readonly test: TestServer
  /** Pods that the agent must not make Ready. */
  readonly broken: Set<string>
  addNode(name: string, allocatable?: Record<string, string>): Promise<Node>
  /** How often each kind of write was asked for, by `METHOD path` with names left out. */
  writes(): number
  close(): Promise<void>
}

const log = createLogger((process.env.WHERRY_TEST_LOG as LogLevel | undefined) ?? 'silent')
const asMaster = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }

export const startControlPlane = async (
  options: { server?: Partial<ApiServerConfig>; controllers?: ControllersConfig; scheduler?: boolean; agent?: boolean; readyAfterMs?: number } = {},
): Promise<ControlPlane> => {
  const test = await startServer(options.server)
  const deps = { log, clock: systemClock }
  let written = 0
  const counted = (inner: ReturnType<typeof test.server.inProcess>): typeof inner => {
    return {
      close: () => inner.close(),
      request: r => {
        if (r.method !== 'GET' && !r.path.includes('/events')) written++
        return inner.request(r)
      },
    }
  }
  const as = (name: string): ReturnType<typeof counted> => counted(test.server.inProcess({ name, groups: ['system:authenticated'] }))
  const transportAs = (account: string): ReturnType<typeof counted> => counted(test.server.inProcessAs('kube-system', account))
  const client = createApiClient(test.server.inProcess(asMaster), { userAgent: 'test' })
  const informers = createInformerFactory(client, deps)
  const stop = new AbortController()
  const broken = new Set<string>()
  const podInformer = informers.of(pods)
  informers.start(stop.signal)
  const controllers = createControllers(options.controllers ?? {}, { ...deps, transport: as('system:kube-controller-manager'), transportAs })
  const scheduler = createScheduler({}, { ...deps, transport: as('system:kube-scheduler') })
  await controllers.start(stop.signal)
  if (options.scheduler !== false) await scheduler.start(stop.signal)

  let lastAddress = 0
  const started = new Set<string>()
  const makeReady = async (pod: Pod): Promise<void> => {
    const now = toTime(Date.now())
    const ip = `10.42.${lastAddress >> 8}.${lastAddress++ & 255}`
    const status = {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      hostIP: '127.0.0.1',
      startTime: now,
      conditions: ['Initialized', 'ContainersReady', 'Ready'].map(type => ({ type, status: 'True', lastTransitionTime: now })),
      containerStatuses: pod.spec.containers.map(c => ({
        name: c.name,
        ready: true,
        started: true,
        restartCount: 0,
        image: c.image,
        imageID: 'x',
        state: { running: { startedAt: now } },
      })),
    }
    await client
      .of(pods, pod.metadata.namespace)
      .patch(pod.metadata.name!, 'strategic', { metadata: { uid: pod.metadata.uid }, status }, { subresource: 'status' })
  }
  const onPod = (pod: Pod): void => {
    if (!pod.spec.nodeName) return
    const uid = pod.metadata.uid!
    if (pod.metadata.deletionTimestamp)
      void client
        .of(pods, pod.metadata.namespace)
        .delete(pod.metadata.name!, { gracePeriodSeconds: 0, preconditions: { uid } })
        .catch(() => undefined)
    else if (!started.has(uid) && !broken.has(pod.spec.containers[0]!.image!)) {
      started.add(uid)
      setTimeout(() => void makeReady(pod).catch(() => undefined), options.readyAfterMs ?? 0)
    }
  }
  if (options.agent !== false) podInformer.on({ add: onPod, update: onPod })

  return {
    client,
    informers,
    test,
    broken,
    writes: () => written,
    async addNode(name, allocatable = {}) {
      const size = { cpu: '4', memory: '8Gi', pods: '110', ...allocatable }
      const now = toTime(Date.now())
      await client.of(nodes).create({ apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name } }, spec: {} } as Node)
      await client.of(leases, 'kube-node-lease').create({
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name },
        spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: new Date().toISOString().replace('Z', '000Z') },
      } as never)
      const status = {
        allocatable: size,
        capacity: size,
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: now, lastTransitionTime: now }],
      }
      return client.of(nodes).patch(name, 'strategic', { status }, { subresource: 'status' })
    },
    async close() {
      stop.abort(new Error('the test is over'))
      await Promise.all([controllers.stop(), scheduler.stop()])
      await test.close()
    },
  }
}

export const objectNames = (objects: readonly KubeObject[]): string[] => objects.map(o => o.metadata.name!).sort()
