// The agent without an API server: a static manifest becomes a running container, is restarted when killed, adopted by the next agent,
// and is gone with its manifest.
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createAgent } from '../../../agent/main.ts'
import { createLogger } from '../../../base/log.ts'
import { toPaths } from '../../../base/paths.ts'
import { createShell } from '../../../base/shell.ts'
import { eventually } from '../../harness/eventually.ts'
import { busyboxImage, startContainerd } from './containerd.ts'

const manifest = `
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec:
  terminationGracePeriodSeconds: 1
  volumes: [{name: data, emptyDir: {}}]
  initContainers:
  - {name: prepare, image: ${busyboxImage}, command: [sh, -c, 'echo prepared > /data/file'], volumeMounts: [{name: data, mountPath: /data}]}
  containers:
  - name: main
    image: ${busyboxImage}
    env: [{name: GREETING, value: hello}, {name: WHO, value: "$(GREETING) world"}, {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
    command: [sh, -c, 'echo "$WHO $IP $(cat /data/file)"; exec sleep 100000']
    volumeMounts: [{name: data, mountPath: /data}]
`

await t.test('a static pod runs, is restarted, adopted and removed', async t => {
  const runtime = await startContainerd()
  const shell = createShell({})
  t.teardown(async () => {
    await shell.close()
    await runtime.stop()
  })
  const { cri, dir, socket } = runtime
  const paths = toPaths(join(dir, 'node'))
  mkdirSync(paths.lib, { recursive: true })
  mkdirSync(paths.staticManifests, { recursive: true })
  writeFileSync(join(paths.staticManifests, 'web.yaml'), manifest)
  const make = () =>
    createAgent(
      { nodeName: 'n1', nodeIp: '10.199.0.1', containerdSocket: socket, paths, cgroupRoot: runtime.cgroupRoot, standalone: true },
      {
        log: createLogger(process.env['AGENT_LOG'] ? 'debug' : 'error'),
        shell,
        transport: { request: () => Promise.reject(new Error('no API')), close: () => Promise.resolve() },
      },
    )
  const mainContainer = async () => (await cri.containers.list()).find(c => c.metadata.name === 'main' && c.state === 'CONTAINER_RUNNING') ?? false
  const agent = make()
  await agent.start(new AbortController().signal)
  const first = await eventually(mainContainer)
  const logDir = join(paths.podLogs, readdirSync(paths.podLogs)[0]!)
  await eventually(() => /stdout F hello world 10\.199\.0\.\d+ prepared\n/.test(readFileSync(join(logDir, 'main', '0.log'), 'utf8')))

  const pid = Number(
    runtime
      .ctr('tasks', 'ls')
      .split('\n')
      .find(line => line.startsWith(first.id))!
      .split(/\s+/)[1],
  )
  const t0 = performance.now()
  process.kill(pid, 'SIGKILL')
  const second = await eventually(
    async () => {
      const found = await mainContainer()
      return found && found.id !== first.id ? found : false
    },
    5000,
    5,
  )
  t.comment(`killed to running again: ${(performance.now() - t0).toFixed()} ms`)
  t.equal(second.annotations['io.kubernetes.container.restartCount'], '1')

  await agent.stop()
  const next = make()
  await next.start(new AbortController().signal)
  rmSync(join(paths.staticManifests, 'web.yaml'))
  await eventually(async () => (await cri.sandboxes.list()).length === 0)
  await eventually(() => readdirSync(join(paths.agent, 'pods')).length === 0 && readdirSync(paths.podLogs).length === 0)
  t.equal((await cri.containers.list()).length, 0)
  await next.stop()
})
