// Removes our pods from a containerd that is not ours to stop: ours are those below our cgroup, whoever else uses it.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { removeSandboxes } from '../../agent/main.ts'
import type { EndedContainers } from './containers.ts'

const run = promisify(execFile)

interface ContainerInfo {
  readonly Spec?: { readonly linux?: { readonly cgroupsPath?: string } }
}

/** Sandboxes whose cgroup lies below `cgroupParent`. */
const findSandboxes = async (socket: string, cgroupParent: string): Promise<string[]> => {
  const ctr = ['--address', socket, '--namespace', 'k8s.io', 'containers']
  const { stdout } = await run('ctr', [...ctr, 'list', '-q', 'labels."io.cri-containerd.kind"==sandbox'])
  const found = await Promise.all(
    stdout
      .split('\n')
      .filter(Boolean)
      .map(async id => {
        const info = JSON.parse((await run('ctr', [...ctr, 'info', id])).stdout) as ContainerInfo
        return info.Spec?.linux?.cgroupsPath?.startsWith(`${cgroupParent}/`) ? [id] : []
      }),
  )
  return found.flat()
}

/** Idempotent. Rejects when the containerd does not answer: its containers would be left. */
export const removeForeignContainers = async (socket: string, cgroupParent: string): Promise<EndedContainers> => {
  const ids = await findSandboxes(socket, cgroupParent)
  await removeSandboxes(socket, ids)
  return { ids, cgroups: [] }
}
