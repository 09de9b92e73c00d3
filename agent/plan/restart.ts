// When a container that ended is started again, and how long that waits. Follows upstream's kubelet: the first restart is immediate,
// then 10 s, 20 s, … up to 5 min, forgotten after the container held for 10 min.
import type { Container, Pod } from '../../api/types/core-v1.ts'
import type { RestartBackoff, SeenContainer } from './types.ts'

const firstDelayMs = 10_000
export const maxRestartDelayMs = 300_000

export const isSidecar = (container: Container): boolean => container.restartPolicy === 'Always'

/** Whether a container in this state is to run (again) under its restart policy. A container that never ran is. */
export const shouldRun = (pod: Pod, container: Container, init: boolean, last: SeenContainer | undefined): boolean => {
  if (!last) return true
  if (last.state === 'running') return false
  if (last.state !== 'exited') return true
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    if (!exitCodes || action !== 'Restart') continue
    const listed = (exitCodes.values ?? []).includes(last.exitCode)
    if (exitCodes.operator === 'In' ? listed : !listed) return true
  }
  // An init container under Always behaves as under OnFailure, unless it is a sidecar.
  const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always'
  if (policy === 'Never') return false
  if (policy === 'OnFailure' || (init && !isSidecar(container))) return last.exitCode !== 0
  return true
}

const forgotten = (backoff: RestartBackoff, finishedAtMs: number): boolean => finishedAtMs - backoff.updatedMs > 2 * maxRestartDelayMs

/** Until when the restart of a container that ended at `finishedAtMs` has to wait; in the past when it need not. */
export const restartAtMs = (backoff: RestartBackoff | undefined, finishedAtMs: number): number =>
  !backoff || forgotten(backoff, finishedAtMs) ? 0 : finishedAtMs + backoff.delayMs

/** What to remember once it is started again. */
export const nextBackoff = (backoff: RestartBackoff | undefined, finishedAtMs: number, nowMs: number): RestartBackoff => ({
  delayMs: !backoff || forgotten(backoff, finishedAtMs) ? firstDelayMs : Math.min(backoff.delayMs * 2, maxRestartDelayMs),
  updatedMs: nowMs,
})

/** FNV-1a of what upstream's container hash covers: a change of anything else does not restart a container. */
export const containerHash = ({ name, image = '' }: Pick<Container, 'name' | 'image'>): string => {
  let hash = 0x811c9dc5
  for (const char of `${name}\0${image}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0
  return hash.toString(16).padStart(8, '0')
}

/** Newest of a name, in one sandbox or in all. `containers` is newest first. */
export const latest = (containers: readonly SeenContainer[], name: string, sandboxId?: string): SeenContainer | undefined =>
  containers.find(c => c.name === name && (sandboxId === undefined || c.sandboxId === sandboxId))

/** One more than the highest attempt known, 0 for the first. */
export const nextAttempt = (containers: readonly SeenContainer[], name: string): number =>
  containers.reduce((highest, c) => (c.name === name ? Math.max(highest, c.attempt + 1) : highest), 0)
