// What containerd holds, as records: kept from the answers of our own calls, corrected by events and relists. Exit events run ahead of
// CRI (ContainerStatus says RUNNING for another 30 to 110 ms), so an exit is laid over the record until CRI agrees.
//
//   event exit ─▶ overlay ─▶ observe() shows it exited ─▶ ask CRI after 10, 20, 40 … ms ─▶ EXITED: the record takes over
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Cri } from '../cri/client.ts'
import { isCriReason } from '../cri/error.ts'
import { toMs, type CriContainer, type CriContainerStatus, type PodSandbox, type PodSandboxStatus } from '../cri/messages.ts'
import type { SeenContainer, SeenSandbox } from '../plan/types.ts'
import { annotationKeys, labelKeys } from '../pod-config/names.ts'

/** Who a sandbox belongs to, by its labels. */
export interface PodIdentity {
  readonly uid: string
  readonly name: string
  readonly namespace: string
}

export interface ContainerRecord extends SeenContainer {
  readonly terminationMessagePolicy: string
  readonly messageRead: boolean
}

interface PodRecord {
  identity: PodIdentity
  sandboxes: Map<string, SeenSandbox>
  containers: Map<string, ContainerRecord>
}
interface Overlay {
  exitCode: number
  atMs: number
  oom: boolean
  message: string
}

export interface RuntimeViewDeps {
  readonly cri: Cri
  readonly clock: Clock
  readonly log: Logger
  /** Something of this pod changed without the worker's doing. */
  readonly changed: (uid: string) => void
  /** What a container left as its last words. */
  readonly readMessage: (uid: string, container: ContainerRecord) => Promise<string>
}

const newestFirst = <T extends { createdAtMs: number; attempt: number }>(a: T, b: T): number => b.createdAtMs - a.createdAtMs || b.attempt - a.attempt
const states = { CONTAINER_CREATED: 'created', CONTAINER_RUNNING: 'running', CONTAINER_EXITED: 'exited', CONTAINER_UNKNOWN: 'unknown' } as const

export class RuntimeView {
  readonly #deps: RuntimeViewDeps
  readonly #pods = new Map<string, PodRecord>()
  readonly #owners = new Map<string, string>()
  readonly #overlays = new Map<string, Overlay>()
  readonly #oom = new Set<string>()
  /** When a record was last changed by an answer to our own call: a list asked for earlier knows less. */
  readonly #touched = new Map<string, number>()

  constructor(deps: RuntimeViewDeps) {
    this.#deps = deps
  }

  /** The pods that have anything in containerd. */
  identities(): PodIdentity[] {
    return [...this.#pods.values()].map(({ identity }) => identity)
  }

  sandboxes(uid: string): SeenSandbox[] {
    return [...(this.#pods.get(uid)?.sandboxes.values() ?? [])].sort(newestFirst)
  }

  /** Records with the exits laid over them, newest first. */
  containers(uid: string): ContainerRecord[] {
    return [...(this.#pods.get(uid)?.containers.values() ?? [])].map(c => this.#withOverlay(c)).sort(newestFirst)
  }

  ownerOf(id: string): string | undefined {
    return this.#owners.get(id)
  }

  #withOverlay(c: ContainerRecord): ContainerRecord {
    const overlay = this.#overlays.get(c.id)
    if (!overlay || c.state === 'exited') return c
    const reason = overlay.oom ? 'OOMKilled' : overlay.exitCode === 0 ? 'Completed' : 'Error'
    return { ...c, state: 'exited', exitCode: overlay.exitCode, finishedAtMs: overlay.atMs, reason, message: overlay.message }
  }

  #pod(identity: PodIdentity): PodRecord {
    let pod = this.#pods.get(identity.uid)
    if (!pod) this.#pods.set(identity.uid, (pod = { identity, sandboxes: new Map(), containers: new Map() }))
    return pod
  }

  // ---- what our own calls were answered

  putSandbox(identity: PodIdentity, sandbox: SeenSandbox): void {
    this.#pod(identity).sandboxes.set(sandbox.id, sandbox)
    this.#owners.set(sandbox.id, identity.uid)
    this.#touch(sandbox.id)
  }

  putContainer(identity: PodIdentity, container: ContainerRecord): void {
    this.#pod(identity).containers.set(container.id, container)
    this.#owners.set(container.id, identity.uid)
    this.#touch(container.id)
  }

  markStarted(uid: string, id: string, atMs: number): void {
    this.#update(uid, id, c => ({ ...c, state: 'running', startedAtMs: atMs }))
  }

  markSandboxStopped(uid: string, id: string): void {
    const pod = this.#pods.get(uid)
    const sandbox = pod?.sandboxes.get(id)
    if (pod && sandbox) pod.sandboxes.set(id, { ...sandbox, ready: false })
    this.#touch(id)
  }

  forget(uid: string, id: string): void {
    const pod = this.#pods.get(uid)
    if (!pod) return
    pod.containers.delete(id)
    if (pod.sandboxes.delete(id)) for (const c of [...pod.containers.values()]) if (c.sandboxId === id) this.forget(uid, c.id)
    this.#owners.delete(id)
    this.#overlays.delete(id)
    this.#oom.delete(id)
    this.#touch(id)
    if (!pod.containers.size && !pod.sandboxes.size) this.#pods.delete(uid)
  }

  #update(uid: string, id: string, change: (c: ContainerRecord) => ContainerRecord): void {
    const containers = this.#pods.get(uid)?.containers
    const found = containers?.get(id)
    if (containers && found) containers.set(id, change(found))
    this.#touch(id)
  }

  #touch(id: string): void {
    this.#touched.set(id, performance.now())
  }

  // ---- events

  onOom(id: string): void {
    this.#oom.add(id)
    const overlay = this.#overlays.get(id)
    if (overlay) overlay.oom = true
  }

  async onExit(id: string, exitCode: number, atMs: number): Promise<void> {
    const uid = this.#owners.get(id)
    if (!uid) return
    if (this.#pods.get(uid)?.sandboxes.has(id)) {
      this.markSandboxStopped(uid, id)
      this.#deps.changed(uid)
      return
    }
    const record = this.#pods.get(uid)?.containers.get(id)
    if (!record || record.state === 'exited') return
    // The last words first: nobody is to see the exit without them.
    const message = await this.#deps.readMessage(uid, { ...record, state: 'exited', exitCode }).catch(() => '')
    const now = this.#pods.get(uid)?.containers.get(id)
    if (!now || now.state === 'exited') return
    this.#overlays.set(id, { exitCode, atMs, oom: this.#oom.has(id), message })
    this.#deps.changed(uid)
    this.#settleLater(uid, id, 10)
  }

  #settleLater(uid: string, id: string, delayMs: number): void {
    this.#deps.clock.after(delayMs, () => {
      if (!this.#overlays.has(id)) return
      void this.refresh(uid, id).then(
        () => {
          if (this.#overlays.has(id)) this.#settleLater(uid, id, Math.min(delayMs * 2, 5000))
        },
        (error: unknown) => {
          this.#deps.log.debug({ err: error, container: id }, 'could not look at a container again')
          this.#settleLater(uid, id, Math.min(delayMs * 2, 5000))
        },
      )
    })
  }

  /** Asks CRI about one container. */
  async refresh(uid: string, id: string): Promise<void> {
    const status = await this.#deps.cri.containers.status(id).catch((error: unknown) => {
      if (isCriReason(error, 'NotFound')) return undefined
      throw error
    })
    const record = this.#pods.get(uid)?.containers.get(id)
    if (!record) return
    if (!status) {
      this.forget(uid, id)
      this.#deps.changed(uid)
      return
    }
    if (await this.#merge(uid, record, status)) this.#deps.changed(uid)
  }

  /** True when what observers see changed. */
  async #merge(uid: string, record: ContainerRecord, status: CriContainerStatus): Promise<boolean> {
    const state = states[status.state]
    const overlay = this.#overlays.get(record.id)
    if (overlay && state !== 'exited') return false
    const before = this.#withOverlay(record)
    const next: ContainerRecord = {
      ...record,
      state,
      exitCode: status.exitCode,
      finishedAtMs: toMs(status.finishedAt),
      startedAtMs: record.startedAtMs || toMs(status.startedAt),
      reason: status.reason,
      message: status.message,
      image: status.image?.image || record.image,
      imageId: status.imageRef || record.imageId,
    }
    let message = overlay?.message
    if (state === 'exited') {
      message ??= await this.#deps.readMessage(uid, next).catch(() => '')
      this.#overlays.delete(record.id)
    }
    // What the container said itself, else what the runtime says of it.
    const merged = {
      ...next,
      message: message || next.message,
      messageRead: state === 'exited',
      reason: this.#oom.has(record.id) && state === 'exited' ? 'OOMKilled' : next.reason,
    }
    this.#update(uid, record.id, () => merged)
    return before.state !== merged.state || before.exitCode !== merged.exitCode || before.message !== merged.message || before.reason !== merged.reason
  }

  // ---- relist

  /** Looks at everything; tells `changed` for every pod that differs from its records. */
  async relist(): Promise<void> {
    const { cri } = this.#deps
    const asked = performance.now()
    const [sandboxes, containers] = await Promise.all([cri.sandboxes.list(), cri.containers.list()])
    const changed = new Set<string>()
    const present = new Set<string>([...sandboxes, ...containers].map(({ id }) => id))
    const isNewer = (id: string): boolean => (this.#touched.get(id) ?? -1) >= asked
    for (const pod of [...this.#pods.values()]) {
      for (const id of [...pod.sandboxes.keys(), ...pod.containers.keys()]) {
        if (present.has(id) || isNewer(id)) continue
        this.forget(pod.identity.uid, id)
        changed.add(pod.identity.uid)
      }
    }
    await Promise.all(
      sandboxes.map(async s => {
        const uid = s.labels[labelKeys.podUid]
        if (uid && !isNewer(s.id) && (await this.#adoptSandbox(uid, s))) changed.add(uid)
      }),
    )
    await Promise.all(
      containers.map(async c => {
        const uid = c.labels[labelKeys.podUid]
        if (uid && !isNewer(c.id) && (await this.#adoptContainer(uid, c))) changed.add(uid)
      }),
    )
    for (const [id, at] of this.#touched) if (at < asked && !this.#owners.has(id)) this.#touched.delete(id)
    for (const uid of changed) this.#deps.changed(uid)
  }

  async #adoptSandbox(uid: string, s: PodSandbox): Promise<boolean> {
    const known = this.#pods.get(uid)?.sandboxes.get(s.id)
    const ready = s.state === 'SANDBOX_READY'
    if (known && known.ready === ready) return false
    const status = ready ? await this.#deps.cri.sandboxes.status(s.id).catch(() => undefined) : undefined
    const identity = { uid, name: s.metadata.name, namespace: s.metadata.namespace }
    this.putSandbox(identity, {
      id: s.id,
      attempt: s.metadata.attempt,
      ready: status ? status.state === 'SANDBOX_READY' : ready,
      createdAtMs: toMs(s.createdAt),
      ips: status ? toIps(status) : (known?.ips ?? []),
    })
    return true
  }

  async #adoptContainer(uid: string, c: CriContainer): Promise<boolean> {
    const known = this.#pods.get(uid)?.containers.get(c.id)
    const state = states[c.state]
    if (known && (known.state === state || this.#overlays.has(c.id))) return false
    const status = await this.#deps.cri.containers.status(c.id).catch(() => undefined)
    if (!status) return false
    const record: ContainerRecord = known ?? toRecord(c)
    if (!known) {
      const identity = { uid, name: c.labels[labelKeys.podName] ?? '', namespace: c.labels[labelKeys.podNamespace] ?? '' }
      this.putContainer(identity, record)
    }
    await this.#merge(uid, record, status)
    return true
  }
}

const toRecord = (c: CriContainer): ContainerRecord => ({
  id: c.id,
  name: c.labels[labelKeys.containerName] ?? c.metadata.name,
  attempt: Number(c.annotations[annotationKeys.restartCount] ?? c.metadata.attempt),
  sandboxId: c.podSandboxId,
  state: 'unknown',
  createdAtMs: toMs(c.createdAt),
  startedAtMs: 0,
  finishedAtMs: 0,
  exitCode: 0,
  reason: '',
  message: '',
  image: c.image?.userSpecifiedImage || c.image?.image || '',
  imageId: c.imageRef,
  hash: c.annotations[annotationKeys.hash] ?? '',
  terminationMessagePolicy: c.annotations[annotationKeys.terminationMessagePolicy] ?? 'File',
  messageRead: false,
})

export const toIps = ({ network }: PodSandboxStatus): string[] => (network?.ip ? [network.ip, ...network.additionalIps.map(({ ip }) => ip)] : [])
