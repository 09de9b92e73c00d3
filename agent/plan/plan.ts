// What to do next about one pod: pure, from what is wanted and what is seen. The worker executes the actions in order and plans again
// until there are none.
//
//   no sandbox ──runSandbox──▶ init containers, one after the other (sidecars stay) ──▶ containers ──▶ completed
//        any state ──termination──▶ killContainer ──▶ stopSandbox ──(remove)──▶ removeSandbox ──▶ cleanUp ──▶ finish
import type { Container, Pod } from '../../api/types/core-v1.ts'
import { containerHash, isSidecar, latest, nextAttempt, nextBackoff, restartAtMs, shouldRun } from './restart.ts'
import { toResize } from './resize.ts'
import type { Action, Plan, Seen, SeenContainer, SeenSandbox, Want } from './types.ts'

const defaultGraceSeconds = 30

export const plan = (want: Want, seen: Seen, nowMs: number): Plan => {
  const { pod, termination } = want
  if (want.remove || termination) return planTermination(want, seen, nowMs)
  if (isCompleted(pod, seen)) return planStop(pod, seen, nowMs, pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds, 'The pod has completed')
  const sandbox = seen.sandboxes[0]
  if (!sandbox?.ready) return planSandbox(pod, seen, nowMs)
  return planContainers(pod, seen, sandbox, nowMs)
}

/** Everything stops; with `remove` everything goes. */
const planTermination = (want: Want, seen: Seen, nowMs: number): Plan => {
  const { pod, termination } = want
  const stop = planStop(pod, seen, nowMs, termination?.graceSeconds ?? 1, 'Stopping container')
  if (!want.remove) return stop
  if (stop.actions.length)
    return {
      actions: stop.actions.map(action =>
        action.do === 'stopSandbox' ? { ...action, removing: seen.containers.filter(c => c.sandboxId === action.id).map(c => c.id) } : action,
      ),
    }
  if (seen.containers.some(isAlive)) return stop
  if (seen.sandboxes.length) return { actions: seen.sandboxes.map(({ id }) => ({ do: 'removeSandbox', id })) }
  // Containers without a sandbox: only after something else removed it.
  if (seen.containers.length) return { actions: seen.containers.map(({ id }) => ({ do: 'removeContainer', id })) }
  return { actions: [seen.cleaned ? { do: 'finish' } : { do: 'cleanUp' }] }
}

const isAlive = (c: SeenContainer): boolean => c.state === 'running' || c.state === 'unknown'

/** Kills what runs, sidecars after the others in reverse order, then stops the sandboxes. */
const planStop = (pod: Pod, seen: Seen, nowMs: number, graceSeconds: number, message: string): Plan => {
  const alive = seen.containers.filter(isAlive)
  if (!alive.length) return { actions: seen.sandboxes.filter(s => s.ready).map(({ id }) => ({ do: 'stopSandbox', id })) }
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map(c => c.name)
  const regular = alive.filter(c => !sidecars.includes(c.name))
  const last = [...sidecars].reverse().find(name => alive.some(c => c.name === name))
  const now = graceSeconds <= 0 ? alive : regular.length ? regular : alive.filter(c => c.name === last)
  const actions: Action[] = []
  for (const c of now) {
    const kill = seen.kills[c.id]
    // A kill under way is repeated only to hasten it; 500 ms apart is the same wish seen a little later.
    if (!kill || kill.deadlineMs > nowMs + graceSeconds * 1000 + 500)
      actions.push({ do: 'killContainer', id: c.id, container: c.name, graceSeconds, message: `${message} ${c.name}` })
  }
  return { actions }
}

/** All that ran is done and none is to run again. A sidecar does not keep a pod from completing. */
export const isCompleted = (pod: Pod, seen: Pick<Seen, 'containers' | 'sandboxes'>): boolean => {
  const policy = pod.spec.restartPolicy ?? 'Always'
  const initFailed = (pod.spec.initContainers ?? []).some(c => {
    const last = latest(seen.containers, c.name)
    return !isSidecar(c) && last?.state === 'exited' && last.exitCode !== 0 && !shouldRun(pod, c, true, last)
  })
  if (initFailed) return true
  if (policy === 'Always' && !pod.spec.containers.some(c => c.restartPolicy && c.restartPolicy !== 'Always')) return false
  return pod.spec.containers.every(c => {
    const last = latest(seen.containers, c.name)
    return last?.state === 'exited' && !shouldRun(pod, c, false, last)
  })
}

const planSandbox = (pod: Pod, seen: Seen, nowMs: number): Plan => {
  // Containers of a sandbox that died are dead or useless: a new sandbox has another network.
  const stop = planStop(pod, seen, nowMs, pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds, "The pod's sandbox is gone, stopping container")
  if (stop.actions.length || seen.containers.some(isAlive)) return stop
  const actions: Action[] = []
  const first = pod.spec.initContainers?.length ? pod.spec.initContainers.slice(0, 1) : pod.spec.containers
  prepare(seen, nowMs, actions)
  for (const c of first) {
    const attempt = nextAttempt(seen.containers, c.name)
    if (needsLook(seen, c.name, attempt, nowMs)) actions.push({ do: 'ensureImage', container: c.name, attempt })
  }
  const failure = seen.sandboxFailure
  const attempt = seen.sandboxes.reduce((highest, s) => Math.max(highest, s.attempt + 1), 0)
  if (failure && failure.retryAtMs > nowMs) return { actions, wakeAtMs: failure.retryAtMs }
  actions.push({ do: 'runSandbox', attempt })
  return { actions }
}

const prepare = (seen: Seen, nowMs: number, actions: Action[]): void => {
  if (seen.volumes.state === 'unknown' || (seen.volumes.state === 'failed' && seen.volumes.retryAtMs <= nowMs)) actions.push({ do: 'prepareVolumes' })
}

const needsLook = (seen: Seen, name: string, attempt: number, nowMs: number): boolean => {
  const image = seen.images[name]
  return image?.attempt !== attempt || (image.state === 'failed' && image.retryAtMs <= nowMs)
}

interface Draft {
  actions: Action[]
  wakeAtMs: number
}

const planContainers = (pod: Pod, seen: Seen, sandbox: SeenSandbox, nowMs: number): Plan => {
  const draft: Draft = { actions: [], wakeAtMs: Infinity }
  // The remains of earlier sandboxes that nothing refers to any more.
  for (const old of seen.sandboxes.slice(1)) {
    if (old.ready) draft.actions.push({ do: 'stopSandbox', id: old.id })
  }
  prepare(seen, nowMs, draft.actions)
  if (seen.volumes.state === 'failed') draft.wakeAtMs = seen.volumes.retryAtMs

  if (planInit(pod, seen, sandbox, nowMs, draft)) {
    for (const container of pod.spec.containers) planOne(pod, container, false, seen, sandbox, nowMs, draft)
  }
  for (const container of pod.spec.ephemeralContainers ?? []) {
    if (!latest(seen.containers, container.name)) planOne(pod, container, false, seen, sandbox, nowMs, draft)
  }
  removeOld(seen, sandbox, draft)
  return { actions: draft.actions, ...(draft.wakeAtMs < Infinity && { wakeAtMs: draft.wakeAtMs }) }
}

/** Plans the init containers; true when the regular ones may start. */
const planInit = (pod: Pod, seen: Seen, sandbox: SeenSandbox, nowMs: number, draft: Draft): boolean => {
  const init = pod.spec.initContainers ?? []
  // Once a regular container exists in this sandbox, initialization is over whatever became of the init containers' records.
  const initialized = pod.spec.containers.some(c => latest(seen.containers, c.name, sandbox.id))
  for (const container of init) {
    const last = latest(seen.containers, container.name, sandbox.id)
    if (isSidecar(container)) {
      planOne(pod, container, true, seen, sandbox, nowMs, draft)
      if (initialized) continue
      if (last?.state !== 'running' || !(seen.probes[last.id]?.started ?? !container.startupProbe)) return false
      continue
    }
    if (initialized || (last?.state === 'exited' && last.exitCode === 0)) continue
    planOne(pod, container, true, seen, sandbox, nowMs, draft)
    return false
  }
  return true
}

/** Starts, restarts or replaces one container, or waits for what keeps it from that. */
const planOne = (pod: Pod, container: Container, init: boolean, seen: Seen, sandbox: SeenSandbox, nowMs: number, draft: Draft): void => {
  const { name } = container
  const last = latest(seen.containers, name, sandbox.id)
  if (last && isAlive(last)) {
    planKill(pod, container, init, last, seen, draft)
    if (last.state === 'running') planResize(container, last, seen, nowMs, draft)
    return
  }
  if (!shouldRun(pod, container, init, last)) return
  const attempt = nextAttempt(seen.containers, name)
  let backoff = seen.backoffs[name]
  if (last?.state === 'exited') {
    const at = restartAtMs(backoff, last.finishedAtMs)
    if (at > nowMs) {
      draft.wakeAtMs = Math.min(draft.wakeAtMs, at)
      return
    }
    backoff = nextBackoff(backoff, last.finishedAtMs, nowMs)
  }
  const image = seen.images[name]
  if (needsLook(seen, name, attempt, nowMs)) {
    draft.actions.push({ do: 'ensureImage', container: name, attempt })
    return
  }
  if (image?.state === 'failed') draft.wakeAtMs = Math.min(draft.wakeAtMs, image.retryAtMs)
  if (image?.state !== 'present' || seen.volumes.state !== 'ready') return
  const failure = seen.failures[name]
  if (failure?.attempt === attempt && failure.retryAtMs > nowMs) {
    draft.wakeAtMs = Math.min(draft.wakeAtMs, failure.retryAtMs)
    return
  }
  draft.actions.push({ do: 'startContainer', container: name, attempt, sandboxId: sandbox.id, imageId: image.id, backoff })
}

/** A running container is killed when its definition changed or a probe gave it up; the restart follows from its exit. */
const planKill = (pod: Pod, container: Container, init: boolean, last: SeenContainer, seen: Seen, draft: Draft): void => {
  if (seen.kills[last.id]) return
  const failed = seen.probes[last.id]?.failed
  const graceSeconds = failed?.graceSeconds ?? pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds
  const { name } = container
  if (failed) {
    draft.actions.push({
      do: 'killContainer',
      id: last.id,
      container: name,
      graceSeconds,
      message: `Container ${name} failed ${failed.probe} probe, will be restarted`,
    })
  } else if ((!init || isSidecar(container)) && last.hash !== containerHash(container)) {
    draft.actions.push({ do: 'killContainer', id: last.id, container: name, graceSeconds, message: `Container ${name} definition changed, will be restarted` })
  } else if (toResize(container, seen.given[last.id]) === 'restart') {
    draft.actions.push({ do: 'killContainer', id: last.id, container: name, graceSeconds, message: `Container ${name} resize requires restart` })
  } else if (last.state === 'unknown') {
    draft.actions.push({
      do: 'killContainer',
      id: last.id,
      container: name,
      graceSeconds,
      message: `Container ${name} is in an unknown state, will be restarted`,
    })
  }
}

const planResize = (container: Container, last: SeenContainer, seen: Seen, nowMs: number, draft: Draft): void => {
  if (seen.kills[last.id] || toResize(container, seen.given[last.id]) !== 'inPlace') return
  const retryAtMs = seen.resizeFailures[last.id]?.retryAtMs ?? 0
  if (retryAtMs > nowMs) draft.wakeAtMs = Math.min(draft.wakeAtMs, retryAtMs)
  else draft.actions.push({ do: 'resizeContainer', id: last.id, container: container.name })
}

/** One dead container per name is kept, for its logs and lastState; the same for sandboxes that hold none any more. */
const removeOld = (seen: Seen, sandbox: SeenSandbox, draft: Draft): void => {
  const kept = new Map<string, number>()
  const holding = new Set<string>([sandbox.id])
  for (const c of seen.containers) {
    const count = (kept.get(c.name) ?? 0) + 1
    kept.set(c.name, count)
    // The newest, and the one before it.
    if (count > 2 && !isAlive(c)) draft.actions.push({ do: 'removeContainer', id: c.id })
    else holding.add(c.sandboxId)
  }
  for (const s of seen.sandboxes) if (!holding.has(s.id) && !s.ready) draft.actions.push({ do: 'removeSandbox', id: s.id })
}
