// Pods from manifests in a folder: they run without an API server. Their uid comes from their content, so a changed file is another pod.
import { createHash } from 'node:crypto'
import { watch } from 'node:fs'
import { mkdir, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import type { Pod } from '../../api/types/core-v1.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { defaultPullPolicy } from '../images/reference.ts'
import { configHash, configSeen, configSource } from '../pod-config/names.ts'

export interface StaticPodsDeps {
  readonly nodeName: string
  readonly clock: Clock
  readonly log: Logger
  /** The pods now wanted, by uid; called at start and after each change. */
  readonly apply: (pods: ReadonlyMap<string, Pod>) => void
}

/** Files hold anything. */
const isPod = (value: unknown): boolean => {
  const { kind, apiVersion, metadata, spec } = (value ?? {}) as {
    kind?: unknown
    apiVersion?: unknown
    metadata?: { name?: unknown } | null
    spec?: { containers?: unknown } | null
  }
  return kind === 'Pod' && apiVersion === 'v1' && typeof metadata?.name === 'string' && Array.isArray(spec?.containers) && spec.containers.length > 0
}

/** Fills in what the API server would have. Throws when it is no pod. */
export const toStaticPod = (text: string, file: string, nodeName: string, nowMs: number): Pod => {
  const pod = load(text) as Pod
  if (!isPod(pod)) throw new Error('it is not a v1 Pod with a name and containers')
  const hash = createHash('md5').update(`${nodeName}\0${file}\0${text}`).digest('hex')
  for (const c of [...(pod.spec.initContainers ?? []), ...pod.spec.containers]) {
    c.imagePullPolicy ??= defaultPullPolicy(c.image ?? '')
    c.terminationMessagePath ??= '/dev/termination-log'
    c.terminationMessagePolicy ??= 'File'
  }
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      name: `${pod.metadata.name}-${nodeName}`,
      namespace: pod.metadata.namespace ?? 'default',
      uid: hash,
      annotations: { ...pod.metadata.annotations, [configSource]: 'file', [configHash]: hash, [configSeen]: new Date(nowMs).toISOString() },
    },
    spec: { restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', enableServiceLinks: true, ...pod.spec, nodeName },
  }
}

const debounceMs = 50
const rescanMs = 20_000

/** Runs until the signal; resolves after the first look. */
export const runStaticPods = async (folder: string, deps: StaticPodsDeps, signal: AbortSignal): Promise<void> => {
  const { nodeName, clock, log, apply } = deps
  const seen = new Map<string, Pod>()
  await mkdir(folder, { recursive: true })
  const scan = async (): Promise<void> => {
    const pods = new Map<string, Pod>()
    for (const file of (await readdir(folder).catch(() => [])).sort()) {
      if (file.startsWith('.') || !/\.(ya?ml|json)$/.test(file)) continue
      try {
        const pod = toStaticPod(await readFile(join(folder, file), 'utf8'), file, nodeName, clock.now())
        // The first object seen of a content stays, so that nothing changes when the folder is read again.
        const uid = pod.metadata.uid!
        const kept = seen.get(uid) ?? pod
        seen.set(uid, kept)
        pods.set(uid, kept)
      } catch (error) {
        log.warn({ err: error, file: join(folder, file) }, 'a static manifest cannot be used')
      }
    }
    for (const uid of seen.keys()) if (!pods.has(uid)) seen.delete(uid)
    if (!signal.aborted) apply(pods)
  }
  let cancel: (() => void) | undefined
  const later = (ms: number): void => {
    cancel?.()
    cancel = clock.after(
      ms,
      () =>
        void scan().finally(() => {
          if (!signal.aborted) later(rescanMs)
        }),
    )
  }
  const watcher = watch(folder, { persistent: false }, () => later(debounceMs))
  watcher.on('error', () => undefined)
  signal.addEventListener(
    'abort',
    () => {
      watcher.close()
      cancel?.()
    },
    { once: true },
  )
  await scan()
  later(rescanMs)
}
