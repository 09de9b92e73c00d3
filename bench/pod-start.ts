// Pod start, restart, delete and rest of a running cluster, each against the raw CRI floor in the same run, alternating.
//   node bench/pod-start.ts --root DIR [--pods 30] [--burst 30] [--idle-seconds 60] [--out FILE]
// The cluster must be one that `wherry up --root DIR` keeps, with nothing else to do; the machine too.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { deployments } from '../api/kinds/apps/deployment.ts'
import { namespaces } from '../api/kinds/core/namespace.ts'
import { pods } from '../api/kinds/core/pod.ts'
import type { Pod } from '../api/types/core-v1.ts'
import { toPaths } from '../base/paths.ts'
import type { WatchEvent } from '../client/types.ts'
import { connect, watchPods } from './cluster-client.ts'
import { createFloor, type FloorPod } from './floor.ts'
import { findOurs, findProcesses, measureIdle } from './processes.ts'
import { row, toFigure } from './stats.ts'

const { values: options } = parseArgs({
  options: {
    root: { type: 'string' },
    pods: { type: 'string', default: '30' },
    burst: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '3' },
    'idle-seconds': { type: 'string', default: '60' },
    image: { type: 'string', default: 'wherry.local/hello:1' },
    runtime: { type: 'string', default: '' },
    out: { type: 'string', default: 'bench/results/pod-start.json' },
  },
})
const paths = toPaths(options.root)
const client = await connect(paths.adminKubeconfig)
const namespace = `bench-${Date.now().toString(36)}`
// Ignores SIGTERM, so that a deletion takes its whole grace.
const command = ['/bin/sh', '-c', "trap '' TERM; while :; do sleep 3600 & wait; done"]
const floor = createFloor({
  socket: paths.containerd.socket,
  image: options.image,
  command,
  logDirectory: '/tmp',
  cgroupParent: '/bench-floor',
  runtimeHandler: options.runtime,
})

const toPod = (name: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace },
  spec: {
    terminationGracePeriodSeconds: 1,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    containers: [{ name: 'c', image: options.image, imagePullPolicy: 'IfNotPresent', command }],
  },
})
const timed = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await run()
  return performance.now() - start
}
const isPod =
  (name: string, test: (pod: Pod) => boolean) =>
  (event: WatchEvent<Pod>): boolean =>
    (event.type === 'ADDED' || event.type === 'MODIFIED') && event.object.metadata.name === name && test(event.object)
const isRunning = (pod: Pod): boolean => pod.status?.phase === 'Running'
const isGone =
  (name: string) =>
  (event: WatchEvent<Pod>): boolean =>
    event.type === 'DELETED' && event.object.metadata.name === name
const containerRuns = (pod: Pod, restarts: number): boolean => {
  const status = pod.status?.containerStatuses?.[0]
  return status?.restartCount === restarts && status.state?.running !== undefined
}
/** The pid that a container runs as, found by the command it was given and its pod's uid in the cgroup path. */
const findContainer = (id: string | undefined): number => {
  const shim = findProcesses(line => line.includes("trap '' TERM")).find(({ pid }) => id !== undefined && cgroupOf(pid).includes(id))
  if (!shim) throw new Error(`no process of container ${id} found`)
  return shim.pid
}
const cgroupOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8')
  } catch {
    return ''
  }
}

const samples: Record<string, number[]> = {}
const note = (name: string, ms: number): void => void (samples[name] ??= []).push(ms)

await client.of(namespaces).create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } } as never)
const watch = await watchPods(client, namespace)
try {
  for (let i = 0; i < Number(options.pods) + 2; i++) {
    const warm = i < 2 // the first two fill caches on both sides and are not counted
    const [f, w] = [
      { start: 0, restart: 0, killed: 0, remove: 0 },
      { start: 0, restart: 0, remove: 0 },
    ]
    let floorPod: FloorPod | undefined
    f.start = await timed(async () => (floorPod = await floor.startPod()))
    let extra = ''
    f.restart = await timed(async () => (extra = await floor.startContainer(floorPod!)))
    await floor.removeContainer(extra)
    const floorPid = findContainer(floorPod!.containerId)
    f.killed = await timed(() => floor.killAndRestart(floorPod!, floorPid))
    f.remove = await timed(() => floor.removePod(floorPod!))
    const name = `p${i}`
    const posted = performance.now()
    const created = client.of(pods, namespace).create(toPod(name))
    w.start = (await watch.seen(isPod(name, isRunning))) - posted
    await created
    const pod = await client.of(pods, namespace).get(name)
    const pid = findContainer(pod.status?.containerStatuses?.[0]?.containerID?.replace(/^containerd:\/\//, ''))
    const killed = performance.now()
    process.kill(pid, 'SIGKILL')
    w.restart = (await watch.seen(isPod(name, p => containerRuns(p, 1)))) - killed
    const deleted = performance.now()
    await client.of(pods, namespace).delete(name, { gracePeriodSeconds: 1 })
    w.remove = (await watch.seen(isGone(name))) - deleted
    if (warm) continue
    note('floor: one pod', f.start)
    note('POST → Running seen', w.start)
    note('floor: one container start', f.restart)
    note('floor: killed → exit event → start', f.killed)
    note('killed → running again seen', w.restart)
    note('floor: stop and remove', f.remove)
    note('DELETE (1 s of grace) → gone seen', w.remove)
  }

  const burst = Number(options.burst)
  await client.of(deployments, namespace).create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'burst', namespace },
    spec: { replicas: 0, selector: { matchLabels: { app: 'burst' } }, template: { metadata: { labels: { app: 'burst' } }, spec: toPod('x').spec } },
  })
  for (let round = 0; round < Number(options.rounds); round++) {
    let floorPods: FloorPod[] = []
    note(`floor: ${burst} pods at once`, await timed(async () => (floorPods = await Promise.all(Array.from({ length: burst }, () => floor.startPod())))))
    await Promise.all(floorPods.map(p => floor.removePod(p)))
    const before = new Set((await client.of(pods, namespace).list()).items.map(p => p.metadata.uid))
    const ready = new Set<string>()
    const start = performance.now()
    const all = watch.seen(event => {
      if (event.type !== 'ADDED' && event.type !== 'MODIFIED') return false
      const uid = event.object.metadata.uid!
      if (!before.has(uid) && event.object.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True')) ready.add(uid)
      return ready.size >= burst
    }, start)
    await client.of(deployments, namespace).patch('burst', 'merge', { spec: { replicas: burst } })
    note(`0 → ${burst} Ready seen`, (await all) - start)
    await client.of(deployments, namespace).patch('burst', 'merge', { spec: { replicas: 0 } })
    for (;;) {
      if ((await client.of(pods, namespace).list()).items.length === 0) break
      await delay(200)
    }
  }
} finally {
  watch.stop()
  await client.of(namespaces).delete(namespace)
}

await delay(10_000)
const idleMs = Number(options['idle-seconds']) * 1000
const idle = await measureIdle(findOurs(paths.run), idleMs)
floor.close()
await client.transport.close()

const figures = Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, toFigure(values)]))
const ratio = (name: string, base: string, of: 'median' | 'p95'): number => Math.round((figures[name]![of] / figures[base]![of]) * 100) / 100
const burst = options.burst
const summary = {
  'POST → Running, median ÷ floor': ratio('POST → Running seen', 'floor: one pod', 'median'),
  'POST → Running, p95 ÷ floor p95': ratio('POST → Running seen', 'floor: one pod', 'p95'),
  [`0 → ${burst} Ready ÷ floor`]: ratio(`0 → ${burst} Ready seen`, `floor: ${burst} pods at once`, 'median'),
  'restart − floor, ms': Math.round(figures['killed → running again seen']!.median - figures['floor: one container start']!.median),
  'restart − floor with the kill, ms': Math.round(figures['killed → running again seen']!.median - figures['floor: killed → exit event → start']!.median),
  '(delete − 1 s) ÷ floor of stop and remove':
    Math.round(((figures['DELETE (1 s of grace) → gone seen']!.median - 1000) / figures['floor: stop and remove']!.median) * 100) / 100,
  'idle PSS, MB': Math.round(idle.reduce((sum, p) => sum + p.pssMb, 0)),
  'idle RSS, MB': Math.round(idle.reduce((sum, p) => sum + p.rssMb, 0)),
  'idle CPU, % of a core': Math.round(idle.reduce((sum, p) => sum + p.cpuPercent, 0) * 100) / 100,
}
for (const [name, figure] of Object.entries(figures)) console.log(row(name, figure))
for (const p of idle) console.log(`idle ${p.name.padEnd(60)} PSS ${p.pssMb.toFixed(1)} MB  RSS ${p.rssMb.toFixed(1)} MB  CPU ${p.cpuPercent.toFixed(2)} %`)
for (const [name, value] of Object.entries(summary)) console.log(`${name.padEnd(48)} ${value}`)
mkdirSync(dirname(options.out), { recursive: true })
writeFileSync(
  options.out,
  `${JSON.stringify({ date: new Date().toISOString(), machine: { cpu: cpus()[0]?.model, cores: cpus().length, kernel: release() }, figures, idle, summary }, null, 2)}\n`,
)
