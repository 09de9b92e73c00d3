// What /stats/summary and /metrics show.
import { cpus, freemem, totalmem, loadavg } from 'node:os'
import type { Cri } from '../cri/client.ts'
import { toMs, type ContainerStats } from '../cri/messages.ts'
import { labelKeys } from '../pod-config/names.ts'
import type { PodWorkers } from '../pods/pod-workers.ts'
import type { RuntimeView } from '../pods/runtime-view.ts'

const toNumber = (value: { value: string } | null | undefined): number => Number(value?.value ?? 0)

const toContainer = (stats: ContainerStats): object => ({
  name: stats.attributes.labels[labelKeys.containerName] ?? stats.attributes.metadata.name,
  cpu: {
    time: new Date(toMs(stats.cpu?.timestamp ?? '0')).toISOString(),
    usageCoreNanoSeconds: toNumber(stats.cpu?.usageCoreNanoSeconds),
    ...(stats.cpu?.usageNanoCores && { usageNanoCores: toNumber(stats.cpu.usageNanoCores) }),
  },
  memory: {
    time: new Date(toMs(stats.memory?.timestamp ?? '0')).toISOString(),
    workingSetBytes: toNumber(stats.memory?.workingSetBytes),
    usageBytes: toNumber(stats.memory?.usageBytes),
    rssBytes: toNumber(stats.memory?.rssBytes),
  },
  rootfs: { usedBytes: toNumber(stats.writableLayer?.usedBytes), inodesUsed: toNumber(stats.writableLayer?.inodesUsed) },
})

export const toSummary = async (nodeName: string, cri: Cri, workers: PodWorkers, nowMs: number): Promise<object> => {
  const stats = await cri.runtime.stats()
  const byPod = Map.groupBy(stats, s => s.attributes.labels[labelKeys.podUid] ?? '')
  const busyMs = cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
  const used = totalmem() - freemem()
  const time = new Date(nowMs).toISOString()
  return {
    node: {
      nodeName,
      cpu: { time, usageCoreNanoSeconds: busyMs * 1e6, usageNanoCores: Math.round((loadavg()[0] ?? 0) * 1e9) },
      memory: { time, availableBytes: freemem(), usageBytes: used, workingSetBytes: used },
    },
    pods: workers
      .all()
      .filter(({ uid }) => byPod.has(uid))
      .map(({ uid, pod, status }) => {
        const containers = byPod.get(uid) ?? []
        const sum = (pick: (s: ContainerStats) => { value: string } | null | undefined): number => containers.reduce((total, s) => total + toNumber(pick(s)), 0)
        return {
          podRef: { name: pod.metadata.name, namespace: pod.metadata.namespace, uid },
          startTime: status?.startTime ?? null,
          containers: containers.map(toContainer),
          cpu: { time, usageCoreNanoSeconds: sum(s => s.cpu?.usageCoreNanoSeconds), usageNanoCores: sum(s => s.cpu?.usageNanoCores) },
          memory: {
            time,
            workingSetBytes: sum(s => s.memory?.workingSetBytes),
            usageBytes: sum(s => s.memory?.usageBytes),
            rssBytes: sum(s => s.memory?.rssBytes),
          },
        }
      }),
  }
}

/** Prometheus text. */
export const toMetrics = (workers: PodWorkers, view: RuntimeView): string => {
  const counts = { running: 0, created: 0, exited: 0, unknown: 0 }
  const all = workers.all()
  for (const { uid } of all) for (const c of view.containers(uid)) counts[c.state]++
  const { rss } = process.memoryUsage()
  const { user, system } = process.cpuUsage()
  return [
    '# TYPE kubelet_running_pods gauge',
    `kubelet_running_pods ${all.filter(({ uid }) => view.sandboxes(uid)[0]?.ready).length}`,
    '# TYPE kubelet_running_containers gauge',
    ...Object.entries(counts).map(([state, count]) => `kubelet_running_containers{container_state="${state}"} ${count}`),
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${rss}`,
    '# TYPE process_cpu_seconds_total counter',
    `process_cpu_seconds_total ${(user + system) / 1e6}`,
    '',
  ].join('\n')
}
