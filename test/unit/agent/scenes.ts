// Short ways to say what is wanted and seen.
import type { Container, Pod, PodSpec } from '../../../api/types/core-v1.ts'
import { containerHash } from '../../../agent/plan/restart.ts'
import type { Seen, SeenContainer, SeenSandbox, Want } from '../../../agent/plan/types.ts'

export const now = Date.parse('2026-01-01T00:00:00Z')
export const main: Container = { name: 'main', image: 'web:1' }

export const podOf = (spec: Partial<PodSpec> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'default', uid: 'u1', generation: 1 },
  spec: { containers: [main], restartPolicy: 'Always', terminationGracePeriodSeconds: 30, ...spec },
})
export const want = (spec: Partial<PodSpec> = {}, more: Partial<Want> = {}): Want => ({ pod: podOf(spec), remove: false, ...more })

export const sandbox = (more: Partial<SeenSandbox> = {}): SeenSandbox => ({
  id: 's0',
  attempt: 0,
  ready: true,
  createdAtMs: now - 10_000,
  ips: ['10.0.0.2'],
  ...more,
})

export const container = (more: Partial<SeenContainer> = {}): SeenContainer => ({
  id: `${more.name ?? 'main'}-${more.attempt ?? 0}`,
  name: 'main',
  attempt: 0,
  sandboxId: 's0',
  state: 'running',
  createdAtMs: now - 9000 + (more.attempt ?? 0),
  startedAtMs: now - 8000,
  finishedAtMs: 0,
  exitCode: 0,
  reason: '',
  message: '',
  image: 'web:1',
  imageId: 'sha256:1',
  hash: containerHash({ name: more.name ?? 'main', image: 'web:1' }),
  ...more,
})
export const exited = (exitCode: number, more: Partial<SeenContainer> = {}): SeenContainer =>
  container({ state: 'exited', exitCode, finishedAtMs: now - 1000, ...more })

export const seen = (more: Partial<Seen> = {}): Seen => ({
  sandboxes: [],
  containers: [],
  volumes: { state: 'ready' },
  images: {},
  failures: {},
  backoffs: {},
  given: {},
  resizeFailures: {},
  probes: {},
  kills: {},
  cleaned: false,
  ...more,
})
export const present = (attempt = 0): { attempt: number; state: 'present'; id: string } => ({ attempt, state: 'present', id: 'sha256:1' })
