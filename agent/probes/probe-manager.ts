// Probes of running containers. Per container: the startup probe until it succeeded, then readiness and liveness side by side, each
// on its own period. Results are state that the worker observes; a change pokes it.
import type { Container, Pod, Probe } from '../../api/types/core-v1.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { EventRecorder } from '../../client/types.ts'
import type { Cri } from '../cri/client.ts'
import { fieldPath } from '../images/image-manager.ts'
import type { SeenContainer, SeenProbes } from '../plan/types.ts'
import { podUidOf } from '../pod-config/names.ts'
import { findProbeType } from './registry.ts'

type Kind = 'startup' | 'readiness' | 'liveness'

export interface ProbeManagerDeps {
  readonly cri: Cri
  readonly clock: Clock
  readonly log: Logger
  readonly recorder: EventRecorder
  readonly changed: (uid: string) => void
}

interface Probed {
  readonly uid: string
  pod: Pod
  readonly container: Container
  readonly containerId: string
  readonly startedAtMs: number
  podIp: string | undefined
  result: SeenProbes
  stopped: boolean
  cancels: Map<Kind, () => void>
  runs: Map<Kind, { ok: boolean; count: number }>
}

export class ProbeManager {
  readonly #deps: ProbeManagerDeps
  readonly #probed = new Map<string, Probed>()

  constructor(deps: ProbeManagerDeps) {
    this.#deps = deps
  }

  results(uid: string): Record<string, SeenProbes | undefined> {
    const found: Record<string, SeenProbes> = {}
    for (const p of this.#probed.values()) if (p.uid === uid) found[p.containerId] = p.result
    return found
  }

  /**
   * Probes exactly the pod's running containers from now on. Idempotent. `known` is what the API showed of a container before this agent
   * started: a restart of the agent must not make a ready pod unready.
   */
  sync(
    pod: Pod,
    containers: readonly SeenContainer[],
    podIp: string | undefined,
    known: (containerId: string) => { ready: boolean; started: boolean } | undefined,
  ): void {
    const uid = podUidOf(pod)
    const running = new Map(containers.filter(c => c.state === 'running').map(c => [c.id, c]))
    for (const p of this.#probed.values()) {
      if (p.uid !== uid) continue
      if (!running.has(p.containerId)) this.#stop(p)
      else Object.assign(p, { pod, podIp })
    }
    for (const [id, seen] of running) {
      if (this.#probed.has(id)) continue
      const container = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].find(c => c.name === seen.name)
      if (!container || !(container.startupProbe ?? container.readinessProbe ?? container.livenessProbe)) continue
      const before = known(id)
      const p: Probed = {
        uid,
        pod,
        container,
        containerId: id,
        startedAtMs: seen.startedAtMs,
        podIp,
        stopped: false,
        cancels: new Map(),
        runs: new Map(),
        result: { started: before?.started ?? !container.startupProbe, ready: before?.ready ?? !container.readinessProbe },
      }
      this.#probed.set(id, p)
      if (p.result.started) this.#startAfterStartup(p)
      else this.#schedule(p, 'startup')
    }
  }

  stopPod(uid: string): void {
    for (const p of this.#probed.values()) if (p.uid === uid) this.#stop(p)
  }

  close(): void {
    for (const p of this.#probed.values()) this.#stop(p)
  }

  #stop(p: Probed): void {
    p.stopped = true
    for (const cancel of p.cancels.values()) cancel()
    this.#probed.delete(p.containerId)
  }

  #startAfterStartup(p: Probed): void {
    if (p.container.readinessProbe) this.#schedule(p, 'readiness')
    if (p.container.livenessProbe) this.#schedule(p, 'liveness')
  }

  #probe(p: Probed, kind: Kind): Probe {
    return (kind === 'startup' ? p.container.startupProbe : kind === 'readiness' ? p.container.readinessProbe : p.container.livenessProbe)!
  }

  #schedule(p: Probed, kind: Kind, delayMs?: number): void {
    const probe = this.#probe(p, kind)
    const first = Math.max(0, p.startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000 - this.#deps.clock.now())
    p.cancels.set(
      kind,
      this.#deps.clock.after(delayMs ?? first, () => void this.#run(p, kind)),
    )
  }

  async #run(p: Probed, kind: Kind): Promise<void> {
    const probe = this.#probe(p, kind)
    const type = findProbeType(probe)
    const { clock, cri, log } = this.#deps
    const begun = clock.now()
    if (!type) return
    try {
      const { ok, output } = await type.ask(
        probe,
        { container: p.container, containerId: p.containerId, podIp: p.podIp, cri },
        (probe.timeoutSeconds ?? 1) * 1000,
      )
      if (p.stopped) return
      this.#count(p, kind, probe, ok, output)
    } catch (error) {
      log.debug({ err: error, container: p.containerId }, `${kind} probe could not be asked`)
    }
    if (p.stopped || p.result.failed || (kind === 'startup' && p.result.started)) return
    this.#schedule(p, kind, Math.max(0, begun + (probe.periodSeconds ?? 10) * 1000 - clock.now()))
  }

  #count(p: Probed, kind: Kind, probe: Probe, ok: boolean, output: string): void {
    const before = p.runs.get(kind)
    const count = before?.ok === ok ? before.count + 1 : 1
    p.runs.set(kind, { ok, count })
    if (!ok) {
      const name = `${kind[0]!.toUpperCase()}${kind.slice(1)}`
      this.#deps.recorder.event(p.pod, 'Warning', 'Unhealthy', `${name} probe failed: ${output}`, { fieldPath: fieldPath(p.pod, p.container) })
    }
    const old = p.result
    if (ok && count >= (kind === 'readiness' ? (probe.successThreshold ?? 1) : 1)) {
      if (kind === 'startup' && !old.started) {
        p.result = { ...old, started: true }
        this.#startAfterStartup(p)
      }
      if (kind === 'readiness') p.result = { ...old, ready: true }
    } else if (!ok && count >= (probe.failureThreshold ?? 3)) {
      if (kind === 'readiness') p.result = { ...old, ready: false }
      else {
        const grace = probe.terminationGracePeriodSeconds
        p.result = { ...old, failed: { probe: kind, message: output, ...(grace !== undefined && { graceSeconds: grace }) } }
      }
    }
    if (p.result.ready !== old.ready || p.result.started !== old.started || p.result.failed !== old.failed) this.#deps.changed(p.uid)
  }
}
