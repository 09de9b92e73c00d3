// How each action of the plan is done. The map is exhaustive by type: a new action does not compile until it is here.
// Every executor changes what the next observation shows, also when it fails, so that the plan moves on.
import { writeFile, readFile } from 'node:fs/promises'
import type { Container, Pod } from '../../api/types/core-v1.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { backoffDelayMs } from '../../base/backoff.ts'
import type { EventRecorder } from '../../client/types.ts'
import type { CompletedAgentConfig } from '../config.ts'
import type { Cri } from '../cri/client.ts'
import type { CriMount } from '../cri/messages.ts'
import { runHook } from '../hooks/run-hook.ts'
import { fieldPath, type ImageManager } from '../images/image-manager.ts'
import { containerHash } from '../plan/restart.ts'
import { changedResources, type Given } from '../plan/resize.ts'
import type { Action, RestartBackoff, SeenFailure } from '../plan/types.ts'
import { toCgroupPath, type CgroupLayout } from '../pod-config/cgroup-parent.ts'
import { toContainerConfig } from '../pod-config/container-config.ts'
import type { DnsFacts } from '../pod-config/dns.ts'
import { ContainerConfigError, toEnv, toEnvReferences, type EnvSources } from '../pod-config/env.ts'
import type { PodFacts } from '../pod-config/field-ref.ts'
import { toHostNetworkHostsFile, toHostsFile } from '../pod-config/hosts-file.ts'
import { podNamespaceOf, podNameOf, podUidOf } from '../pod-config/names.ts'
import { toLinuxResources, type ResourceFacts } from '../pod-config/resources.ts'
import { toSandboxConfig } from '../pod-config/sandbox-config.ts'
import type { ProbeManager } from '../probes/probe-manager.ts'
import type { VolumeManager } from '../volumes/volume-manager.ts'
import { VolumeError } from '../volumes/types.ts'
import type { Cgroups } from './cgroups.ts'
import type { PodFolders } from './folders.ts'
import { ReferenceTimeoutError, type References } from './references.ts'
import { toIps, type PodIdentity, type RuntimeView } from './runtime-view.ts'

/** What a worker remembers of its pod beside containerd's records. */
export interface PodMemory {
  readonly failures: Map<string, SeenFailure>
  readonly backoffs: Map<string, RestartBackoff>
  readonly kills: Map<string, { deadlineMs: number }>
  /** Containers whose preStop hook has run. */
  readonly preStopped: Set<string>
  /** By container id: what it runs with, and why that could not be changed. */
  readonly given: Map<string, Given>
  readonly resizeFailures: Map<string, { message: string; retryAtMs: number }>
  sandboxFailure: (SeenFailure & { count: number }) | undefined
  cleaned: boolean
  finished: boolean
}

export interface ExecutorDeps {
  readonly config: CompletedAgentConfig
  readonly cri: Cri
  readonly view: RuntimeView
  readonly images: ImageManager
  readonly volumes: VolumeManager
  readonly probes: ProbeManager
  readonly references: References
  readonly recorder: EventRecorder
  readonly folders: PodFolders
  readonly cgroups: Cgroups
  readonly clock: Clock
  readonly log: Logger
  readonly dns: DnsFacts
  readonly cgroupLayout: CgroupLayout
  readonly resources: ResourceFacts
  /** Variables about Services, for pods of this namespace. */
  readonly serviceEnv: (namespace: string, links: boolean) => ReadonlyMap<string, string>
  readonly facts: (uid: string, pod: Pod) => PodFacts
  readonly changed: (uid: string) => void
  /** containerd's name of the OCI runtime, by the pod's RuntimeClass. Throws when there is no such class. */
  readonly runtimeHandler: (pod: Pod) => Promise<string>
  /** Deletes the API object that the worker stands for, once its last status is written. */
  readonly finish: (pod: Pod) => Promise<void>
}

export type Executors = { readonly [D in Action['do']]: (action: Extract<Action, { do: D }>, pod: Pod, memory: PodMemory) => Promise<void> | void }

const sandboxBackoff = { baseMs: 500, maxMs: 15_000 }
const configRetryMs = 10_000
const resizeRetryMs = 5_000
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
const identityOf = (pod: Pod): PodIdentity => ({ uid: podUidOf(pod), name: podNameOf(pod), namespace: podNamespaceOf(pod) })
export const findContainer = (pod: Pod, name: string): Container | undefined =>
  [...(pod.spec.initContainers ?? []), ...pod.spec.containers, ...(pod.spec.ephemeralContainers ?? [])].find(c => c.name === name)

export const createExecutors = (deps: ExecutorDeps): Executors => {
  const { config, cri, view, images, volumes, recorder, folders, clock, log } = deps
  const sandboxFacts = { dns: deps.dns, cgroup: deps.cgroupLayout, podLogs: config.paths.podLogs }

  const runSandbox = async (attempt: number, pod: Pod, memory: PodMemory): Promise<void> => {
    if (view.sandboxes(podUidOf(pod)).length && !memory.sandboxFailure)
      recorder.event(pod, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
    try {
      await folders.make(pod)
      const id = await cri.sandboxes.run(toSandboxConfig(pod, attempt, sandboxFacts), await deps.runtimeHandler(pod))
      const status = await cri.sandboxes.status(id)
      const ips = pod.spec.hostNetwork ? [] : toIps(status)
      view.putSandbox(identityOf(pod), {
        id,
        attempt,
        ready: status.state === 'SANDBOX_READY',
        createdAtMs: Number(BigInt(status.createdAt) / 1_000_000n),
        ips,
      })
      memory.sandboxFailure = undefined
      const hosts = pod.spec.hostNetwork
        ? toHostNetworkHostsFile(pod, await readFile('/etc/hosts', 'utf8').catch(() => ''))
        : toHostsFile(pod, ips, config.clusterDomain)
      await writeFile(folders.etcHosts(podUidOf(pod)), hosts, { mode: 0o644 })
    } catch (error) {
      const count = (memory.sandboxFailure?.count ?? 0) + 1
      memory.sandboxFailure = {
        attempt,
        count,
        reason: 'FailedCreatePodSandBox',
        message: messageOf(error),
        retryAtMs: clock.now() + backoffDelayMs(sandboxBackoff, count - 1),
      }
      recorder.event(pod, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${messageOf(error)}`)
      log.warn({ err: error, pod: podNameOf(pod) }, 'a sandbox could not be made')
      // What was half-made shows up in the list.
      await view.relist().catch(() => undefined)
    }
  }

  const readSources = async (pod: Pod, container: Container): Promise<EnvSources> => {
    const { configMaps, secrets } = toEnvReferences(container)
    const namespace = podNamespaceOf(pod)
    const uid = podUidOf(pod)
    const read = async <K extends 'configMap' | 'secret'>(kind: K, names: Set<string>) =>
      new Map(await Promise.all([...names].map(async name => [name, await deps.references.get(kind, namespace, name, uid)] as const)))
    return {
      configMaps: await read('configMap', configMaps),
      secrets: await read('secret', secrets),
      services: deps.serviceEnv(namespace, pod.spec.enableServiceLinks ?? true),
    }
  }

  const toMounts = async (pod: Pod, container: Container, attempt: number, env: ReadonlyMap<string, string>): Promise<CriMount[]> => {
    const uid = podUidOf(pod)
    const mounts = await volumes.mounts(pod, container, env)
    const isFree = (path: string): boolean => !mounts.some(m => m.containerPath === path)
    if (isFree('/etc/hosts')) mounts.push({ containerPath: '/etc/hosts', hostPath: folders.etcHosts(uid) })
    const messages = container.terminationMessagePath ?? '/dev/termination-log'
    if (messages && isFree(messages)) mounts.push({ containerPath: messages, hostPath: folders.terminationLog(uid, container.name, attempt) })
    return mounts
  }

  const startContainer = async (action: Extract<Action, { do: 'startContainer' }>, pod: Pod, memory: PodMemory): Promise<void> => {
    const container = findContainer(pod, action.container)
    if (!container) return
    const uid = podUidOf(pod)
    const about = { fieldPath: fieldPath(pod, container) }
    const fail = (reason: string, error: unknown, retryAtMs = clock.now() + configRetryMs): void => {
      memory.failures.set(container.name, { attempt: action.attempt, reason, message: messageOf(error), retryAtMs })
      recorder.event(pod, 'Warning', 'Failed', `Error: ${messageOf(error)}`, about)
    }
    const info = images.info(uid, container.name)
    const sandboxConfig = toSandboxConfig(pod, view.sandboxes(uid).find(s => s.id === action.sandboxId)?.attempt ?? 0, sandboxFacts)
    let id: string
    try {
      const [sources] = await Promise.all([readSources(pod, container), folders.makeForContainer(pod, container.name, action.attempt)])
      const env = toEnv(pod, container, sources, deps.facts(uid, pod))
      const mounts = await toMounts(pod, container, action.attempt, env)
      const target = pod.spec.ephemeralContainers?.find(c => c.name === container.name)?.targetContainerName
      const pidTarget = target ? view.containers(uid).find(c => c.name === target && c.state === 'running')?.id : undefined
      const containerConfig = toContainerConfig(pod, container, {
        attempt: action.attempt,
        imageId: action.imageId,
        imageUser: info?.user ?? { uid: 0 },
        env,
        mounts,
        resources: deps.resources,
        seccompRoot: `${config.paths.agent}/seccomp`,
        ...(pidTarget && { pidTarget }),
      })
      try {
        id = await cri.containers.create(action.sandboxId, containerConfig, sandboxConfig)
      } catch (error) {
        // The image may have gone, or the sandbox: look at both afresh.
        images.forgetImage('')
        fail('CreateContainerError', error)
        await view.relist().catch(() => undefined)
        return
      }
    } catch (error) {
      const known = error instanceof ContainerConfigError || error instanceof ReferenceTimeoutError || error instanceof VolumeError
      if (!known) log.warn({ err: error, pod: podNameOf(pod), container: container.name }, 'a container could not be prepared')
      fail('CreateContainerConfigError', error)
      return
    }
    view.putContainer(identityOf(pod), {
      id,
      name: container.name,
      attempt: action.attempt,
      sandboxId: action.sandboxId,
      state: 'created',
      createdAtMs: clock.now(),
      startedAtMs: 0,
      finishedAtMs: 0,
      exitCode: 0,
      reason: '',
      message: '',
      image: info?.shownName ?? container.image ?? '',
      imageId: info?.shownId ?? action.imageId,
      hash: containerHash(container),
      terminationMessagePolicy: container.terminationMessagePolicy ?? 'File',
      messageRead: false,
    })
    if (action.backoff) memory.backoffs.set(container.name, action.backoff)
    recorder.event(pod, 'Normal', 'Created', 'Container created', about)
    try {
      await cri.containers.start(id)
    } catch (error) {
      await view.refresh(uid, id).catch(() => undefined)
      // It counts as a run that ended: its restart is a matter of back-off, the reason stays shown until then.
      fail('RunContainerError', error, 0)
      memory.failures.set(container.name, { attempt: action.attempt + 1, reason: 'RunContainerError', message: messageOf(error), retryAtMs: 0 })
      return
    }
    memory.given.set(id, container.resources ?? {})
    view.markStarted(uid, id, clock.now())
    memory.failures.delete(container.name)
    recorder.event(pod, 'Normal', 'Started', 'Container started', about)
    if (container.lifecycle?.postStart) await postStart(pod, container, id, memory)
  }

  const postStart = async (pod: Pod, container: Container, id: string, memory: PodMemory): Promise<void> => {
    try {
      await runHook(container.lifecycle!.postStart!, { container, containerId: id, podIp: deps.facts(podUidOf(pod), pod).podIps[0] }, 0, deps)
    } catch (error) {
      recorder.event(pod, 'Warning', 'FailedPostStartHook', `PostStartHook failed`, { fieldPath: fieldPath(pod, container) })
      log.info({ err: error, pod: podNameOf(pod), container: container.name }, 'a postStart hook failed')
      killContainer(
        { do: 'killContainer', id, container: container.name, graceSeconds: pod.spec.terminationGracePeriodSeconds ?? 30, message: 'FailedPostStartHook' },
        pod,
        memory,
      )
    }
  }

  const killContainer = ({ id, container: name, graceSeconds, message }: Extract<Action, { do: 'killContainer' }>, pod: Pod, memory: PodMemory): void => {
    const uid = podUidOf(pod)
    const container = findContainer(pod, name)
    const deadlineMs = clock.now() + graceSeconds * 1000
    const again = memory.kills.has(id)
    memory.kills.set(id, { deadlineMs })
    if (!again) recorder.event(pod, 'Normal', 'Killing', message, container && { fieldPath: fieldPath(pod, container) })
    void (async () => {
      try {
        const hook = container?.lifecycle?.preStop
        if (hook && graceSeconds > 0 && !memory.preStopped.has(id)) {
          memory.preStopped.add(id)
          await runHook(hook, { container, containerId: id, podIp: deps.facts(uid, pod).podIps[0] }, graceSeconds, deps).catch((error: unknown) => {
            log.info({ err: error, pod: podNameOf(pod), container: name }, 'a preStop hook failed')
            recorder.event(pod, 'Warning', 'FailedPreStopHook', 'PreStopHook failed', { fieldPath: fieldPath(pod, container) })
          })
        }
        const left = Math.max(0, Math.ceil((deadlineMs - clock.now()) / 1000 - 0.05))
        await cri.containers.stop(id, left)
        await view.refresh(uid, id)
      } catch (error) {
        log.warn({ err: error, pod: podNameOf(pod), container: name }, 'a container could not be stopped; tried again')
        await new Promise<void>(resolve => clock.after(1000, resolve))
      } finally {
        if (memory.kills.get(id)?.deadlineMs === deadlineMs) memory.kills.delete(id)
        deps.changed(uid)
      }
    })()
  }

  /** The kernel would kill for memory that is in use. */
  const checkMemoryUse = async (id: string, limitBytes: number): Promise<void> => {
    const stats = (await cri.runtime.stats()).find(({ attributes }) => attributes.id === id)
    const used = Number(stats?.memory?.usageBytes?.value ?? 0)
    if (limitBytes > 0 && used > limitBytes) throw new Error(`attempting to set the memory limit (${limitBytes}) below current usage (${used})`)
  }

  const resizeContainer = async ({ id, container: name }: Extract<Action, { do: 'resizeContainer' }>, pod: Pod, memory: PodMemory): Promise<void> => {
    const container = findContainer(pod, name)
    if (!container) return
    const wanted = container.resources ?? {}
    const resources = toLinuxResources(pod, container, deps.resources)
    try {
      if (changedResources(memory.given.get(id), wanted).includes('memory')) await checkMemoryUse(id, resources.memoryLimitInBytes ?? 0)
      await cri.containers.updateResources(id, resources)
      memory.given.set(id, wanted)
      memory.resizeFailures.delete(id)
    } catch (error) {
      memory.resizeFailures.set(id, { message: messageOf(error), retryAtMs: clock.now() + resizeRetryMs })
      log.info({ err: error, pod: podNameOf(pod), container: name }, 'a container could not be resized; tried again')
    }
  }

  return {
    resizeContainer,
    prepareVolumes: (_action, pod) => volumes.prepare(pod, deps.facts(podUidOf(pod), pod)),
    ensureImage: ({ container: name, attempt }, pod) => {
      const container = findContainer(pod, name)
      if (container) images.ensure(pod, container, attempt)
    },
    runSandbox: ({ attempt }, pod, memory) => runSandbox(attempt, pod, memory),
    startContainer,
    killContainer,
    stopSandbox: async ({ id, removing = [] }, pod) => {
      // A removal that fails is made up for by the sandbox's.
      const removals = Promise.allSettled(removing.map(container => cri.containers.remove(container)))
      await Promise.all([cri.sandboxes.stop(id), removals])
      view.markSandboxStopped(podUidOf(pod), id)
    },
    removeSandbox: async ({ id }, pod) => {
      await cri.sandboxes.remove(id)
      view.forget(podUidOf(pod), id)
    },
    removeContainer: async ({ id }, pod) => {
      await cri.containers.remove(id)
      view.forget(podUidOf(pod), id)
    },
    cleanUp: async (_action, pod, memory) => {
      const uid = podUidOf(pod)
      deps.probes.stopPod(uid)
      await volumes.close(uid)
      await Promise.all([folders.remove(uid), folders.removeLogs(uid), deps.cgroups.remove(toCgroupPath(pod, deps.cgroupLayout))])
      memory.cleaned = true
    },
    finish: async (_action, pod, memory) => {
      await deps.finish(pod)
      memory.finished = true
    },
  }
}
