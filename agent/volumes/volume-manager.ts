// The volumes of every pod on the node: set up before its containers, kept current while they run, undone with its folder.
import type { Container, Pod, VolumeMount } from '../../api/types/core-v1.ts'
import { dirname } from 'node:path'
import { mkdir } from 'node:fs/promises'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { EventRecorder } from '../../client/types.ts'
import type { CriMount } from '../cri/messages.ts'
import type { Seen } from '../plan/types.ts'
import { toMount } from '../pod-config/container-config.ts'
import { expand } from '../pod-config/expand.ts'
import type { PodFacts } from '../pod-config/field-ref.ts'
import { podNamespaceOf, podUidOf } from '../pod-config/names.ts'
import type { PodFolders } from '../pods/folders.ts'
import type { References } from '../pods/references.ts'
import type { Mounter } from './mounter.ts'
import { applyFsGroup } from './ownership.ts'
import { findVolumeType, toTypeFolder } from './registry.ts'
import { bindSubPath } from './sub-path.ts'
import { VolumeError, type VolumeContext } from './types.ts'

export interface VolumeManagerDeps {
  readonly folders: PodFolders
  readonly mounter: Mounter
  readonly references: References
  readonly recorder: EventRecorder
  readonly clock: Clock
  readonly log: Logger
  readonly changed: (uid: string) => void
  readonly serviceAccountToken: (pod: Pod, audience: string | undefined, expirationSeconds: number) => Promise<string | undefined>
}

interface PodVolumes {
  state: Seen['volumes']
  paths: Map<string, string>
  failures: number
  /** The preparation and refreshes of live content, one after the other. */
  queue: Promise<void>
  closed: boolean
}

const retryMs = (failures: number): number => Math.min(500 * 2 ** (failures - 1), 120_000)

export class VolumeManager {
  readonly #deps: VolumeManagerDeps
  readonly #pods = new Map<string, PodVolumes>()

  constructor(deps: VolumeManagerDeps) {
    this.#deps = deps
  }

  state(uid: string): Seen['volumes'] {
    return this.#pods.get(uid)?.state ?? { state: 'unknown' }
  }

  /** Runs on in the background; the worker is poked when it is done. Never throws. */
  prepare(pod: Pod, facts: PodFacts): void {
    const uid = podUidOf(pod)
    const volumes = this.#of(uid)
    volumes.state = { state: 'preparing' }
    volumes.queue = volumes.queue.then(() => (volumes.closed ? undefined : this.#prepare(pod, facts, volumes))).then(() => this.#deps.changed(uid))
  }

  #of(uid: string): PodVolumes {
    let volumes = this.#pods.get(uid)
    if (!volumes) this.#pods.set(uid, (volumes = { state: { state: 'unknown' }, paths: new Map(), failures: 0, queue: Promise.resolve(), closed: false }))
    return volumes
  }

  async #prepare(pod: Pod, facts: PodFacts, volumes: PodVolumes): Promise<void> {
    try {
      await this.#deps.folders.make(pod)
    } catch (error) {
      this.#failed(pod, volumes, `cannot make the pod's folders: ${(error as Error).message}`)
      return
    }
    const failures = await Promise.all(
      (pod.spec.volumes ?? []).map(async volume => {
        try {
          volumes.paths.set(volume.name, await this.#setUp(pod, volume, facts))
          return undefined
        } catch (error) {
          if (!(error instanceof VolumeError)) this.#deps.log.debug({ err: error, volume: volume.name }, 'a volume could not be set up')
          return `MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`
        }
      }),
    )
    const messages = failures.filter(message => message !== undefined)
    if (!messages.length) {
      volumes.failures = 0
      volumes.state = { state: 'ready' }
      return
    }
    for (const message of messages) this.#deps.recorder.event(pod, 'Warning', 'FailedMount', message)
    this.#failed(pod, volumes, messages.join('; '))
  }

  #failed(_pod: Pod, volumes: PodVolumes, message: string): void {
    volumes.failures++
    volumes.state = { state: 'failed', message, retryAtMs: this.#deps.clock.now() + retryMs(volumes.failures) }
  }

  async #setUp(pod: Pod, volume: NonNullable<Pod['spec']['volumes']>[number], facts: PodFacts): Promise<string> {
    const type = findVolumeType(volume)
    if (!type)
      throw new VolumeError(
        `no volume plugin matched for ${Object.keys(volume)
          .filter(key => key !== 'name')
          .join(', ')}`,
      )
    const uid = podUidOf(pod)
    const namespace = podNamespaceOf(pod)
    const dir = this.#deps.folders.volume(uid, toTypeFolder(type), volume.name)
    await mkdir(dirname(dir), { recursive: true })
    const context: VolumeContext = {
      pod,
      dir,
      facts,
      mounter: this.#deps.mounter,
      configMap: name => this.#deps.references.get('configMap', namespace, name, uid),
      secret: name => this.#deps.references.get('secret', namespace, name, uid),
      serviceAccountToken: (audience, seconds) => this.#deps.serviceAccountToken(pod, audience, seconds),
    }
    const path = await type.setUp(volume, context)
    const security = pod.spec.securityContext
    if (type.fsGroup && security?.fsGroup !== undefined) await applyFsGroup(path, security.fsGroup, security.fsGroupChangePolicy)
    return path
  }

  /** An object that the pod refers to changed, or its own metadata: writes live volumes anew. A failed preparation is tried again at once. */
  refresh(pod: Pod, facts: PodFacts): void {
    const volumes = this.#pods.get(podUidOf(pod))
    if (!volumes || volumes.closed) return
    if (volumes.state.state === 'failed') {
      volumes.state = { ...volumes.state, retryAtMs: 0 }
      this.#deps.changed(podUidOf(pod))
      return
    }
    if (volumes.state.state !== 'ready') return
    const live = (pod.spec.volumes ?? []).filter(volume => findVolumeType(volume)?.live)
    for (const volume of live) {
      volumes.queue = volumes.queue
        .then(() => (volumes.closed ? undefined : this.#setUp(pod, volume, facts)))
        .then(
          () => undefined,
          (error: unknown) => {
            // What was there stays; the pod runs on.
            this.#deps.recorder.event(pod, 'Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${volume.name}" : ${(error as Error).message}`)
          },
        )
    }
  }

  /** The mounts of one container. Needs the pod's volumes to be ready. */
  async mounts(pod: Pod, container: Container, env: ReadonlyMap<string, string>): Promise<CriMount[]> {
    const mounts: CriMount[] = []
    for (const [index, mount] of (container.volumeMounts ?? []).entries()) mounts.push(await this.#toMount(pod, container, mount, index, env))
    return mounts
  }

  async #toMount(pod: Pod, container: Container, mount: VolumeMount, index: number, env: ReadonlyMap<string, string>): Promise<CriMount> {
    const volume = pod.spec.volumes?.find(({ name }) => name === mount.name)
    const type = volume && findVolumeType(volume)
    const uid = podUidOf(pod)
    const path = this.#pods.get(uid)?.paths.get(mount.name)
    if (!volume || !type || path === undefined) throw new VolumeError(`volume "${mount.name}" is not set up`)
    const readOnly = type.readOnly === true
    const subPath = mount.subPathExpr ? expand(mount.subPathExpr, name => env.get(name)) : mount.subPath
    if (!subPath) return toMount(mount, path, readOnly)
    const source = await bindSubPath(path, subPath, this.#deps.folders.subPath(uid, volume.name, container.name, index), readOnly, this.#deps.mounter)
    return toMount(mount, source, readOnly)
  }

  /** Nothing is written for the pod any more once this has resolved: its folder may go. */
  async close(uid: string): Promise<void> {
    const volumes = this.#of(uid)
    volumes.closed = true
    await volumes.queue
  }

  forgetPod(uid: string): void {
    this.#pods.delete(uid)
  }
}
