// Pods from manifests in a folder: they run without an API server. Their uid comes from their content, so a changed file is another pod.
import { createHash } from 'node:crypto'
import { watch } from 'node:fs'
import { mkdir, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import { toMessage } from '../../api/field-error.ts'
import { defaultPod } from '../../api/kinds/core/pod-defaults.ts'
import { pods } from '../../api/kinds/core/pod.ts'
import { decode } from '../../api/schema/decode.ts'
import { applyDefaults } from '../../api/schema/defaults.ts'
import { schemaOf } from '../../api/schema/table.ts'
import type { Pod, Toleration } from '../../api/types/core-v1.ts'
import { validatePodCreate } from '../../api/validation/pod/pod.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
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
  const { kind, apiVersion, metadata } = (value ?? {}) as { kind?: unknown; apiVersion?: unknown; metadata?: { name?: unknown } | null }
  return kind === 'Pod' && apiVersion === 'v1' && typeof metadata?.name === 'string'
}

/** Typed, defaulted and judged as the API server would have. */
const toValidPod = (value: unknown, identity: (pod: Pod) => Pod['metadata'], nodeName: string): Pod => {
  const schema = schemaOf(pods)
  const { object, errors } = schema ? decode<Pod>(schema, value) : { object: undefined, errors: [] }
  if (!schema || !object) throw new Error(errors.map(({ path, message }) => `${path}: ${message}`).join(', '))
  applyDefaults(schema, object)
  defaultPod(object)
  const pod = { ...object, metadata: identity(object), spec: { ...object.spec, nodeName } }
  const refused = validatePodCreate(pod).map(toMessage)
  if (refused.length) throw new Error(refused.join(', '))
  return pod
}

/** A static pod stays where it is whatever its node is tainted with, as upstream. */
const stays: Toleration = { operator: 'Exists', effect: 'NoExecute' }

/** Throws when it is no pod, or one that the API server would refuse. */
export const toStaticPod = (text: string, file: string, nodeName: string, nowMs: number): Pod => {
  const value = load(text)
  if (!isPod(value)) throw new Error('it is not a v1 Pod with a name')
  const hash = createHash('md5').update(`${nodeName}\0${file}\0${text}`).digest('hex')
  const identity = ({ metadata }: Pod): Pod['metadata'] => ({
    ...metadata,
    name: `${metadata.name}-${nodeName.toLowerCase()}`,
    namespace: metadata.namespace ?? 'default',
    uid: hash,
    annotations: { ...metadata.annotations, [configSource]: 'file', [configHash]: hash, [configSeen]: new Date(nowMs).toISOString() },
  })
  const pod = toValidPod(value, identity, nodeName)
  return { ...pod, spec: { ...pod.spec, tolerations: [...(pod.spec.tolerations ?? []), stays] } }
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
