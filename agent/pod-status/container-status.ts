// What kubectl shows of one container: pure, from the records of its attempts.
import { toTime } from '../../base/clock.ts'
import type { Container, ContainerState, ContainerStateTerminated, ContainerStatus, Pod } from '../../api/types/core-v1.ts'
import { isSidecar, restartAtMs, shouldRun } from '../plan/restart.ts'
import type { Given } from '../plan/resize.ts'
import type { Seen, SeenContainer } from '../plan/types.ts'

const runtimePrefix = 'containerd://'

/** CRI gives a reason only for what is remarkable. */
const toTerminated = (c: SeenContainer): ContainerStateTerminated => ({
  containerID: runtimePrefix + c.id,
  exitCode: c.exitCode,
  finishedAt: toTime(c.finishedAtMs),
  ...(c.message && { message: c.message }),
  reason: c.reason || (c.exitCode === 0 ? 'Completed' : 'Error'),
  startedAt: toTime(c.startedAtMs),
})

/** Why a container that should run does not, as far as the agent knows. */
const toWaiting = (container: Container, seen: Seen, last: SeenContainer | undefined, nowMs: number, pod: Pod): ContainerState['waiting'] => {
  const { name, image = '' } = container
  if (last?.state === 'exited') {
    const backoff = seen.backoffs[name]
    if (restartAtMs(backoff, last.finishedAtMs) > nowMs && backoff) {
      const about = `container=${name} pod=${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`
      return { reason: 'CrashLoopBackOff', message: `back-off ${toDuration(backoff.delayMs)} restarting failed ${about}` }
    }
  }
  const wanted = last ? last.attempt + 1 : 0
  const failure = seen.failures[name]
  if (failure && failure.attempt >= wanted) return { reason: failure.reason, message: failure.message }
  const found = seen.images[name]
  if (found?.state === 'failed' && found.attempt >= wanted) return { reason: found.reason, message: found.message }
  if (found?.state === 'pulling' && found.attempt >= wanted) return { reason: 'ContainerCreating', message: `Pulling image "${image}"` }
  return undefined
}

/** 10s, 1m20s, 5m0s: Go's durations. */
const toDuration = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

export interface ContainerKind {
  readonly init: boolean
  readonly initializing: boolean
  readonly ending: boolean
}

export const toContainerStatus = (
  pod: Pod,
  container: Container,
  kind: ContainerKind,
  seen: Seen,
  old: ContainerStatus | undefined,
  nowMs: number,
): ContainerStatus => {
  const { name } = container
  const attempts = seen.containers.filter(c => c.name === name)
  const last = attempts[0]
  const before = attempts.find(c => c !== last && c.state === 'exited')
  const willRun = !kind.ending && shouldRun(pod, container, kind.init, last)
  const waiting = willRun ? toWaiting(container, seen, last, nowMs, pod) : undefined
  let state: ContainerState
  let lastState: ContainerState = before ? { terminated: toTerminated(before) } : {}
  if (!last || last.state === 'created') {
    // A record that is gone does not undo what was reported.
    if (!last && old?.state?.terminated && kind.ending) state = old.state
    else state = { waiting: withoutPull(waiting) ?? { reason: kind.initializing ? 'PodInitializing' : 'ContainerCreating' } }
  } else if (last.state === 'running' || last.state === 'unknown') {
    state = { running: { startedAt: toTime(last.startedAtMs) } }
  } else if (waiting) {
    state = { waiting: withoutPull(waiting) }
    lastState = { terminated: toTerminated(last) }
  } else {
    state = { terminated: toTerminated(last) }
  }
  if (!last && old?.lastState?.terminated && !lastState.terminated) lastState = old.lastState

  const probes = last && seen.probes[last.id]
  const running = last?.state === 'running'
  const started = running && (probes?.started ?? !container.startupProbe)
  const ready =
    kind.init && !isSidecar(container) ? last?.state === 'exited' && last.exitCode === 0 : running && started && (probes?.ready ?? !container.readinessProbe)
  const mounts = (container.volumeMounts ?? []).map(m => ({
    mountPath: m.mountPath,
    name: m.name,
    ...(m.readOnly && { readOnly: true, recursiveReadOnly: m.recursiveReadOnly === 'Enabled' ? 'Enabled' : 'Disabled' }),
  }))
  return {
    ...(container.resources?.requests && { allocatedResources: container.resources.requests }),
    ...(last ? { containerID: runtimePrefix + last.id } : old?.containerID && { containerID: old.containerID }),
    image: last?.image || container.image || '',
    imageID: last?.imageId ?? old?.imageID ?? '',
    lastState,
    name,
    ready,
    ...(container.resources && running && { resources: toResources(seen.given[last.id] ?? container.resources) }),
    restartCount: last?.attempt ?? old?.restartCount ?? 0,
    started,
    state,
    ...(mounts.length && { volumeMounts: mounts }),
  }
}

const toResources = ({ limits, requests }: Given): NonNullable<ContainerStatus['resources']> => ({ ...(limits && { limits }), ...(requests && { requests }) })

// The pull's progress is told by events; the reason stays what upstream shows.
const withoutPull = <W extends { reason?: string; message?: string }>(waiting: W | undefined): W | undefined =>
  waiting?.reason === 'ContainerCreating' ? undefined : waiting
