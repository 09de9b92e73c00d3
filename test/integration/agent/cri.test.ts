import t from 'tap'
import type { RuntimeEvent } from '../../../agent/cri/events.ts'
import { CriError } from '../../../agent/cri/error.ts'
import type { PodSandboxConfig } from '../../../agent/cri/messages.ts'
import { eventually } from '../../harness/eventually.ts'
import { busyboxImage, startContainerd } from './containerd.ts'

await t.test('the CRI client runs a pod, sees its exit on the event stream and cleans up', async t => {
  const runtime = await startContainerd()
  t.teardown(() => runtime.stop())
  const { cri } = runtime
  const controller = new AbortController()
  t.teardown(() => controller.abort())
  const events: RuntimeEvent[] = []
  const reading = (async () => {
    for await (const event of cri.events.subscribe(controller.signal)) events.push(event)
  })()
  reading.catch((error: unknown) => {
    if (!controller.signal.aborted) t.comment(String(error))
  })
  await eventually(() => events[0]?.type === 'connected')

  const config: PodSandboxConfig = {
    metadata: { name: 'p', namespace: 'default', uid: 'u1', attempt: 0 },
    hostname: 'p',
    logDirectory: `${runtime.dir}/logs`,
    labels: { a: 'b' },
    annotations: {},
    linux: { cgroupParent: `${runtime.cgroupRoot}/p`, securityContext: { namespaceOptions: { network: 'POD', pid: 'CONTAINER', ipc: 'POD' } } },
  }
  const t0 = performance.now()
  const sandbox = await cri.sandboxes.run(config, '')
  const t1 = performance.now()
  const status = await cri.sandboxes.status(sandbox)
  t.match(status, { id: sandbox, state: 'SANDBOX_READY', labels: { a: 'b' }, network: { ip: /^10\.199\.0\./ } })
  const t2 = performance.now()
  const id = await cri.containers.create(
    sandbox,
    {
      metadata: { name: 'c', attempt: 0 },
      image: { image: busyboxImage },
      command: ['sh', '-c', 'echo hello; exec sleep 1000'],
      labels: {},
      annotations: {},
      logPath: 'c/0.log',
      linux: { securityContext: { namespaceOptions: { network: 'POD', pid: 'CONTAINER', ipc: 'POD' } } },
    },
    config,
  )
  const t3 = performance.now()
  await cri.containers.start(id)
  const t4 = performance.now()
  t.comment(`run ${(t1 - t0).toFixed()} status ${(t2 - t1).toFixed(1)} create ${(t3 - t2).toFixed()} start ${(t4 - t3).toFixed()}`)
  const exec = await cri.streaming.execSync(id, ['sh', '-c', 'echo out; exit 3'], 5)
  t.match(exec, { exitCode: 3 })
  t.equal(exec.stdout.toString(), 'out\n')

  await cri.containers.stop(id, 0)
  const exit = await eventually(() => events.find(event => event.type === 'exit' && event.id === id) ?? false)
  t.match(exit, { exitCode: 137 })
  const exited = await eventually(async () => {
    const seen = await cri.containers.status(id)
    return seen.state === 'CONTAINER_EXITED' && seen
  })
  t.equal(exited.exitCode, 137)
  await cri.sandboxes.stop(sandbox)
  await cri.sandboxes.remove(sandbox)
  await cri.sandboxes.remove(sandbox)
  await cri.containers.stop(id, 0)
  await t.rejects(cri.containers.status(id), { name: 'CriError', reason: 'NotFound', method: 'ContainerStatus', retryable: false })
  t.equal(await cri.images.status('wherry.test/none:1'), undefined)
  const failed = await cri.containers.create('nowhere', { metadata: { name: 'c', attempt: 0 } } as never, config).catch((error: unknown) => error)
  t.ok(failed instanceof CriError)
  controller.abort()
  await reading.catch(() => undefined)
})
