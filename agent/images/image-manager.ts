// Images for containers: looks, pulls (each image once at a time, all in parallel), backs off, and remembers per container how far it is.
// Nothing here holds up a pod's worker: results are state that it observes, and every change pokes it.
import type { Container, Pod, Secret } from '../../api/types/core-v1.ts'
import type { Clock } from '../../base/clock.ts'
import { backoffDelayMs } from '../../base/backoff.ts'
import type { Logger } from '../../base/log.ts'
import { repeat } from '../../base/repeat.ts'
import type { EventRecorder } from '../../client/types.ts'
import type { Cri } from '../cri/client.ts'
import type { CriImage } from '../cri/messages.ts'
import type { SeenImage } from '../plan/types.ts'
import type { ImageUser } from '../pod-config/security.ts'
import { podUidOf } from '../pod-config/names.ts'
import { toCredentials } from './credentials.ts'
import { createPullTally } from './pull-progress.ts'
import { defaultPullPolicy, normalizeReference, toFullReference } from './reference.ts'

export interface ImageInfo {
  readonly id: string
  readonly shownName: string
  readonly shownId: string
  readonly user: ImageUser
  readonly sizeBytes: number
}

export interface ImageManagerDeps {
  readonly cri: Cri
  readonly clock: Clock
  readonly log: Logger
  readonly recorder: EventRecorder
  readonly changed: (uid: string) => void
  /** How often those who wait for a pull are told how far it is. */
  readonly progressMs: number
  /** The pod's imagePullSecrets that exist. */
  readonly pullSecrets: (pod: Pod) => Promise<Secret[]>
}

interface Failure {
  count: number
  atMs: number
  reason: string
  message: string
}
const pullBackoff = { baseMs: 10_000, maxMs: 300_000 }
/** After this the reason changes from the error to the waiting, as users know it. */
const showErrorMs = 2000

const presentMessage = (image: string): string => `Container image "${image}" already present on machine and can be accessed by the pod`

export class ImageManager {
  readonly #deps: ImageManagerDeps
  /** By full reference; correct as long as containerd's events arrive. */
  readonly #known = new Map<string, ImageInfo>()
  readonly #pulls = new Map<string, Promise<ImageInfo>>()
  readonly #states = new Map<string, Map<string, SeenImage>>()
  readonly #present = new Map<string, Map<string, ImageInfo>>()
  readonly #failures = new Map<string, Failure>()

  constructor(deps: ImageManagerDeps) {
    this.#deps = deps
  }

  states(uid: string): Record<string, SeenImage | undefined> {
    return Object.fromEntries(this.#states.get(uid) ?? [])
  }

  /** What was found for this container when its image became present: an image event that comes meanwhile does not take it away. */
  info(uid: string, container: string): ImageInfo | undefined {
    return this.#present.get(uid)?.get(container)
  }

  forgetPod(uid: string): void {
    this.#states.delete(uid)
    this.#present.delete(uid)
    for (const key of this.#failures.keys()) if (key.startsWith(`${uid}/`)) this.#failures.delete(key)
  }

  /** An image came, changed or went in containerd; '' stands for all (events may have been missed). */
  forgetImage(name: string): void {
    if (name) this.#known.delete(name)
    else this.#known.clear()
  }

  /** Sets the container's state now and when it is known; never throws. */
  ensure(pod: Pod, container: Container, attempt: number): void {
    const uid = podUidOf(pod)
    const image = container.image ?? ''
    const reference = normalizeReference(image)
    if (!reference) {
      const message = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`
      this.#fail(pod, container, attempt, { count: 1, atMs: this.#deps.clock.now() + 60_000, reason: 'InvalidImageName', message }, 'InspectFailed')
      return
    }
    const policy = container.imagePullPolicy ?? defaultPullPolicy(image)
    const known = this.#known.get(toFullReference(image))
    if (policy !== 'Always' && known) {
      this.#setPresent(pod, container, attempt, known, presentMessage(image))
      return
    }
    this.#set(uid, container.name, { attempt, state: 'pulling' })
    void this.#lookAndPull(pod, container, attempt, policy).catch((error: unknown) => {
      this.#deps.log.error({ err: error, image }, 'looking for an image failed')
      this.#set(uid, container.name, {
        attempt,
        state: 'failed',
        reason: 'ImageInspectError',
        message: messageOf(error),
        retryAtMs: this.#deps.clock.now() + 5000,
      })
      this.#deps.changed(uid)
    })
  }

  async #lookAndPull(pod: Pod, container: Container, attempt: number, policy: string): Promise<void> {
    const image = container.image ?? ''
    const { cri, clock, recorder } = this.#deps
    if (policy !== 'Always') {
      const found = await cri.images.status(normalizeReference(image)!)
      if (found) {
        this.#setPresent(pod, container, attempt, this.#learn(image, found), presentMessage(image))
        this.#deps.changed(podUidOf(pod))
        return
      }
      if (policy === 'Never') {
        const message = `Container image "${image}" is not present with pull policy of Never`
        this.#fail(pod, container, attempt, { count: 1, atMs: clock.now() + 10_000, reason: 'ErrImageNeverPull', message }, 'ErrImageNeverPull')
        return
      }
    }
    const key = `${podUidOf(pod)}/${image}`
    const failure = this.#failures.get(key)
    if (failure && failure.atMs > clock.now()) {
      this.#fail(
        pod,
        container,
        attempt,
        { ...failure, reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ${failure.reason}: ${failure.message}` },
        'BackOff',
      )
      return
    }
    const started = clock.now()
    recorder.event(pod, 'Normal', 'Pulling', `Pulling image "${image}"`, { fieldPath: fieldPath(pod, container) })
    this.#deps.changed(podUidOf(pod))
    const stopTelling = this.#tellProgress(pod, container, image)
    try {
      const info = await this.#pull(pod, image).finally(stopTelling)
      this.#failures.delete(key)
      const took = `${(clock.now() - started) / 1000}s`
      this.#setPresent(
        pod,
        container,
        attempt,
        info,
        `Successfully pulled image "${image}" in ${took} (${took} including waiting). Image size: ${info.sizeBytes} bytes.`,
      )
      this.#deps.changed(podUidOf(pod))
    } catch (error) {
      const count = (failure?.count ?? 0) + 1
      const next: Failure = { count, atMs: clock.now() + backoffDelayMs(pullBackoff, count - 1), reason: 'ErrImagePull', message: messageOf(error) }
      this.#failures.set(key, next)
      recorder.event(pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${next.message}`, { fieldPath: fieldPath(pod, container) })
      this.#fail(pod, container, attempt, next, 'Failed')
      clock.after(showErrorMs, () => this.#showBackoff(pod, container, attempt, next))
    }
  }

  /** CRI tells only the end of a pull; what containerd has received meanwhile is looked up, while somebody waits. */
  #tellProgress(pod: Pod, container: Container, image: string): () => void {
    const { cri, clock, log, recorder, progressMs } = this.#deps
    const tally = createPullTally()
    let told: string | undefined
    let over = false
    const look = async (): Promise<void> => {
      tally.add(await cri.content.ingests())
      const text = tally.text()
      if (over || !text || text === told) return
      told = text
      const others = this.#pulls.size - 1
      const beside = others > 0 ? `, together with ${others} other ${others > 1 ? 'pulls' : 'pull'}` : ''
      recorder.event(pod, 'Normal', 'Pulling', `Pulling image "${image}": ${text}${beside}`, { fieldPath: fieldPath(pod, container) })
    }
    const cancel = repeat(clock, progressMs, look, err => log.debug({ err, image }, 'the progress of a pull is not known'))
    return () => {
      over = true
      cancel()
    }
  }

  #showBackoff(pod: Pod, container: Container, attempt: number, failure: Failure): void {
    const state = this.#states.get(podUidOf(pod))?.get(container.name)
    if (state?.attempt !== attempt || state.state !== 'failed' || state.reason !== 'ErrImagePull') return
    const image = container.image ?? ''
    this.#deps.recorder.event(pod, 'Normal', 'BackOff', `Back-off pulling image "${image}"`, { fieldPath: fieldPath(pod, container) })
    this.#fail(
      pod,
      container,
      attempt,
      { ...failure, reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: ${failure.message}` },
      'Failed',
    )
  }

  /** One pull per image at a time, whoever waits for it. */
  #pull(pod: Pod, image: string): Promise<ImageInfo> {
    const full = toFullReference(image)
    const running = this.#pulls.get(full)
    if (running) return running
    const pull = (async () => {
      const { cri } = this.#deps
      const credentials = toCredentials(image, await this.#deps.pullSecrets(pod))
      let failure: unknown
      for (const auth of credentials.length ? credentials : [undefined]) {
        try {
          await cri.images.pull(normalizeReference(image)!, auth, undefined)
          failure = undefined
          break
        } catch (error) {
          failure = error
        }
      }
      if (failure !== undefined) throw failure as Error
      const found = await cri.images.status(normalizeReference(image)!)
      if (!found) throw new Error(`image ${image} is not there after its pull`)
      return this.#learn(image, found)
    })()
    this.#pulls.set(full, pull)
    const done = (): void => {
      this.#pulls.delete(full)
    }
    pull.then(done, done)
    return pull
  }

  #learn(image: string, found: CriImage): ImageInfo {
    const info: ImageInfo = {
      id: found.id,
      shownName: found.repoTags[0] ?? image,
      shownId: found.repoDigests[0] ?? found.id,
      sizeBytes: Number(found.size),
      user: found.uid ? { uid: Number(found.uid.value) } : found.username ? { username: found.username } : { uid: 0 },
    }
    this.#known.set(toFullReference(image), info)
    return info
  }

  #setPresent(pod: Pod, container: Container, attempt: number, info: ImageInfo, message: string): void {
    const uid = podUidOf(pod)
    let present = this.#present.get(uid)
    if (!present) this.#present.set(uid, (present = new Map<string, ImageInfo>()))
    present.set(container.name, info)
    this.#set(uid, container.name, { attempt, state: 'present', id: info.id })
    this.#deps.recorder.event(pod, 'Normal', 'Pulled', message, { fieldPath: fieldPath(pod, container) })
  }

  #fail(pod: Pod, container: Container, attempt: number, failure: Failure, event: string): void {
    this.#set(podUidOf(pod), container.name, { attempt, state: 'failed', reason: failure.reason, message: failure.message, retryAtMs: failure.atMs })
    const message = failure.reason.startsWith('Err') || failure.reason === 'ImagePullBackOff' ? `Error: ${failure.reason}` : failure.message
    this.#deps.recorder.event(pod, 'Warning', event === 'BackOff' ? 'Failed' : event, message, { fieldPath: fieldPath(pod, container) })
    this.#deps.changed(podUidOf(pod))
  }

  #set(uid: string, name: string, state: SeenImage): void {
    let states = this.#states.get(uid)
    if (!states) this.#states.set(uid, (states = new Map<string, SeenImage>()))
    states.set(name, state)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Which container an event is about. */
export const fieldPath = (pod: Pod, { name }: Pick<Container, 'name'>): string => {
  const list = pod.spec.initContainers?.some(c => c.name === name)
    ? 'initContainers'
    : pod.spec.ephemeralContainers?.some(c => c.name === name)
      ? 'ephemeralContainers'
      : 'containers'
  return `spec.${list}{${name}}`
}
