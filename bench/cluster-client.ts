// What the benchmarks see of a cluster: one typed client, and one watch of the pods in a namespace with the time at which each event arrived.
import { pods } from '../api/kinds/core/pod.ts'
import type { Pod } from '../api/types/core-v1.ts'
import { createApiClient } from '../client/api-client.ts'
import { createHttpsTransport } from '../client/https-transport.ts'
import { loadKubeconfig } from '../client/kubeconfig.ts'
import type { ApiClient, WatchEvent } from '../client/types.ts'

export const connect = async (kubeconfig: string): Promise<ApiClient> =>
  createApiClient(createHttpsTransport(await loadKubeconfig(kubeconfig)), { userAgent: 'wherry-bench' })

export interface PodWatch {
  /** Resolves with the time (performance.now) at which the first event after `since` that satisfies `test` arrived, also when it is there already. */
  seen(test: (event: WatchEvent<Pod>) => boolean, since?: number): Promise<number>
  stop(): void
}

export const watchPods = async (client: ApiClient, namespace: string): Promise<PodWatch> => {
  const abort = new AbortController()
  const events: { event: WatchEvent<Pod>; at: number }[] = []
  const waiters = new Set<() => void>()
  const { metadata } = await client.of(pods, namespace).list()
  let failure: unknown
  const run = async (): Promise<void> => {
    for await (const event of client.of(pods, namespace).watch({ resourceVersion: metadata.resourceVersion, timeoutSeconds: 3600, signal: abort.signal })) {
      events.push({ event, at: performance.now() })
      for (const wake of [...waiters]) wake()
    }
  }
  run().catch((error: unknown) => {
    if (abort.signal.aborted) return
    failure = error
    for (const wake of [...waiters]) wake()
  })
  return {
    seen: (test, since = 0) =>
      new Promise((resolve, reject) => {
        let from = 0
        const timer = setTimeout(() => {
          waiters.delete(look)
          reject(new Error('the event did not come within 60 s'))
        }, 60_000)
        const look = (): void => {
          if (failure) {
            reject(new Error('the watch broke', { cause: failure }))
            return
          }
          for (; from < events.length; from++) {
            if (events[from]!.at < since || !test(events[from]!.event)) continue
            waiters.delete(look)
            clearTimeout(timer)
            resolve(events[from]!.at)
            return
          }
        }
        waiters.add(look)
        look()
      }),
    stop: () => abort.abort(),
  }
}
