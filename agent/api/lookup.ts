// From the names in a request to the records of a pod's containers.
import { latest } from '../plan/restart.ts'
import { findContainer } from '../pods/executors.ts'
import type { PodWorkers } from '../pods/pod-workers.ts'
import type { SeenContainer } from '../plan/types.ts'
import type { RuntimeView } from '../pods/runtime-view.ts'
import type { PodWorker } from '../pods/worker.ts'

/** Answered as text with its code. */
export class ApiRefusal extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.name = 'ApiRefusal'
    this.code = code
  }
}

export const findPod = (workers: PodWorkers, namespace: string, name: string, uid: string | undefined): PodWorker => {
  const worker = uid ? workers.get(uid) : workers.find(namespace, name)
  if (!worker || worker.pod.metadata.name !== name || worker.pod.metadata.namespace !== namespace)
    throw new ApiRefusal(404, `pod ${JSON.stringify(`${name}_${namespace}`)} not found`)
  return worker
}

export const findRunning = (worker: PodWorker, view: RuntimeView, container: string): SeenContainer => {
  if (!findContainer(worker.pod, container)) throw new ApiRefusal(404, `container not found (${JSON.stringify(container)})`)
  const found = view.containers(worker.uid).find(c => c.name === container)
  if (found?.state !== 'running') throw new ApiRefusal(404, `container not found (${JSON.stringify(container)})`)
  return found
}

/** The attempt whose log is asked for. */
export const findLogged = (worker: PodWorker, view: RuntimeView, container: string, previous: boolean): SeenContainer => {
  const { pod } = worker
  if (!findContainer(pod, container))
    throw new ApiRefusal(404, `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} is not available`)
  const attempts = view.containers(worker.uid).filter(c => c.name === container)
  const current = latest(attempts, container)
  if (previous) {
    // While a restart waits, the container that ended is the previous one.
    const status = [...(worker.status?.containerStatuses ?? []), ...(worker.status?.initContainerStatuses ?? [])].find(c => c.name === container)
    const found = current?.state === 'exited' && status?.state?.waiting ? current : attempts.find(c => c !== current && c.state === 'exited')
    if (!found) throw new ApiRefusal(400, `previous terminated container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} not found`)
    return found
  }
  if (!current || current.state === 'created') {
    const status = [...(worker.status?.containerStatuses ?? []), ...(worker.status?.initContainerStatuses ?? [])].find(c => c.name === container)
    const reason = status?.state?.waiting?.reason ?? 'ContainerCreating'
    throw new ApiRefusal(
      400,
      `container ${JSON.stringify(container)} in pod ${JSON.stringify(pod.metadata.name)} is ${reason.startsWith('ErrImage') || reason === 'ImagePullBackOff' || reason === 'CrashLoopBackOff' ? `waiting to start: ${imageWords(reason)}` : `waiting to start: ${reason}`}`,
    )
  }
  return current
}

/** Upstream says these in words. */
const imageWords = (reason: string): string =>
  reason === 'ErrImagePull' ? "image can't be pulled" : reason === 'ImagePullBackOff' ? 'trying and failing to pull image' : reason
