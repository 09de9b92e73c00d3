// `wherry server`: API server, scheduler and controllers in one process. The parts speak to the API server without a socket, each under the
// name that its certificate would give it.
import { readFile } from 'node:fs/promises'
import { deployments } from '../../api/kinds/apps/deployment.ts'
import { leases } from '../../api/kinds/coordination/lease.ts'
import { nodes } from '../../api/kinds/core/node.ts'
import type { KubeObject } from '../../api/object.ts'
import type { Resource } from '../../api/resource.ts'
import { systemClock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Paths } from '../../base/paths.ts'
import type { Service } from '../../base/service.ts'
import { toPki } from '../../base/tls.ts'
import { createApiClient } from '../../client/api-client.ts'
import { createInformerFactory } from '../../client/informer.ts'
import type { InformerFactory, Transport } from '../../client/types.ts'
import { createControllers } from '../../controllers/main.ts'
import { createScheduler } from '../../scheduler/main.ts'
import type { ClusterConfig } from '../cluster/cluster-config.ts'
import { toPkiNames } from '../cluster/cluster-files.ts'
import { createStages } from '../cluster/stages.ts'
import { isReady } from '../view/lines.ts'
import { printTo, showChanges, showNotices, withTime, type Print } from '../view/view.ts'
import { openApiServer, openEtcdStore } from './control-plane.ts'
import { ensureDnsService, ensureSample } from './first-objects.ts'
import type { Composition, NamedService } from './run-services.ts'

const admin = { name: 'system:admin', groups: ['system:masters', 'system:authenticated'] }
const component = (name: string): { name: string; groups: string[] } => ({ name: `system:${name}`, groups: ['system:authenticated'] })

/** Resolves when the informer shows an object that satisfies `wanted`. */
const awaitObject = async <T extends KubeObject>(
  informers: InformerFactory,
  resource: Resource<T>,
  wanted: (object: T) => boolean,
  signal: AbortSignal,
): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const look = (object: T): void => {
    if (wanted(object)) resolve(undefined)
  }
  const off = informers.of(resource).on({ add: look, update: look })
  signal.addEventListener('abort', () => resolve(undefined), { once: true })
  await promise
  off()
}

/** Ready, and said by an agent that is alive now: what an earlier one said stands for a while. */
const awaitNode = async (informers: InformerFactory, name: string, signal: AbortSignal): Promise<void> => {
  await awaitObject(informers, leases, lease => lease.metadata.name === name && Date.parse(lease.spec.renewTime ?? '') >= performance.timeOrigin, signal)
  await awaitObject(informers, nodes, node => node.metadata.name === name && isReady(node), signal)
}

/** The rest of the list of stages, then the live view. */
const showStart = async (
  config: ClusterConfig,
  paths: Paths,
  informers: InformerFactory,
  print: Print,
  sampleMade: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> => {
  const stages = createStages(print)
  await Promise.all([
    stages.run(`node ${config.nodeName} Ready`, () => awaitNode(informers, config.nodeName, signal)),
    (async () => {
      if (!config.sample || !(await sampleMade())) return
      await stages.run('sample running (examples/hello.yaml)', () =>
        awaitObject(informers, deployments, d => d.metadata.name === 'hello' && (d.status?.availableReplicas ?? 0) >= 2, signal),
      )
    })(),
  ])
  const startedMs = Number(process.env['WHERRY_STARTED_MS'])
  print('')
  print(`  The cluster is up${startedMs ? ` after ${((Date.now() - startedMs) / 1000).toFixed(1)} s` : ''}. To reach it:`)
  print('')
  print(`    export KUBECONFIG=${paths.adminKubeconfig}`)
  print('    kubectl get pods --all-namespaces')
  print('')
  print('  Ctrl-C stops the Wherry processes and leaves the pods running; "npm run down" removes everything.')
  print('')
  showChanges(informers, withTime(print))
}

/** Needs the API server to be up. Everything in it that fails is a warning: the cluster serves without it. */
const createFirstSteps = (config: ClusterConfig, paths: Paths, transport: () => Transport, print: Print | undefined, log: Logger): Service => {
  const stopped = new AbortController()
  let endNotices: (() => void) | undefined
  return {
    start: async () => {
      const client = createApiClient(transport(), { userAgent: 'wherry' })
      await ensureDnsService(client, config).catch((error: unknown) => log.warn({ err: error }, 'the Service kube-dns could not be made'))
      const sampleMade = config.sample
        ? ensureSample(client, paths.lib).catch((error: unknown) => {
            log.warn({ err: error }, 'the sample could not be made')
            print?.(`the sample could not be made: ${(error as Error).message}`)
            return false
          })
        : Promise.resolve(false)
      if (!print) return
      endNotices = showNotices(paths.run, withTime(print))
      const informers = createInformerFactory(client, { log, clock: systemClock })
      void showStart(config, paths, informers, print, () => sampleMade, stopped.signal).catch((error: unknown) => log.warn({ err: error }, 'the view ended'))
      informers.start(stopped.signal)
    },
    stop: () => {
      stopped.abort(new Error('the server was stopped'))
      endNotices?.()
      return Promise.resolve()
    },
  }
}

const staged = (named: NamedService, print: Print | undefined): NamedService =>
  print
    ? {
        name: named.name,
        service: { start: signal => createStages(print).run(named.name, () => named.service.start(signal)), stop: () => named.service.stop() },
      }
    : named

export const composeServer: Composition = async (config, { log, paths }) => {
  const descriptor = process.env['WHERRY_VIEW_FD']
  const print = descriptor ? printTo(Number(descriptor)) : undefined
  const { ca, serviceAccount } = toPki(paths.pki, toPkiNames(config))
  const [rootCa, caKey, serviceAccountKey] = await Promise.all([ca.cert, ca.key, serviceAccount.key].map(file => readFile(file, 'utf8')))
  const store = await openEtcdStore(config, paths, log.child({ component: 'store' }))
  const api = await openApiServer(config, paths, store, log.child({ component: 'apiserver' }))
  // Made when they start: a transport needs the server behind it to run.
  const scheduler = createScheduler(
    {},
    { log: log.child({ component: 'scheduler' }), transport: api.inProcess(component('kube-scheduler')), clock: systemClock },
  )
  const controllers = createControllers(
    { clusterCidrs: [config.podCidr], rootCa: rootCa!, signing: { cert: rootCa!, key: caKey! }, serviceAccountKey: serviceAccountKey! },
    {
      log: log.child({ component: 'controllers' }),
      transport: api.inProcess(component('kube-controller-manager')),
      transportAs: account => api.inProcessAs('kube-system', account),
      clock: systemClock,
    },
  )
  return [
    staged({ name: 'API server', service: api }, print),
    staged({ name: 'scheduler', service: scheduler }, print),
    staged({ name: 'controllers', service: controllers }, print),
    { name: 'first steps', service: createFirstSteps(config, paths, () => api.inProcess(admin), print, log) },
  ]
}
