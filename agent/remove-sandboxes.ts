// Removes pods from a containerd through CRI, without an agent that runs: for `wherry down` on a containerd that is not ours to stop.
import { createCri } from './cri/client.ts'

/** Stops and removes the sandboxes with everything in them. Idempotent: what is gone is no error. */
export const removeSandboxes = async (socket: string, ids: readonly string[], signal?: AbortSignal): Promise<void> => {
  const cri = createCri(socket)
  try {
    await Promise.all(
      ids.map(async id => {
        await cri.sandboxes.stop(id, signal)
        await cri.sandboxes.remove(id, signal)
      }),
    )
  } finally {
    cri.close()
  }
}
