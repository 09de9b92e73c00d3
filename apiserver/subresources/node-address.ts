// Where the agent of a node listens.
import { internalError, notFound, type ResourceRef } from '../../api/status.ts'
import type { Parts } from '../context.ts'

interface Node {
  status?: { addresses?: { type: string; address: string }[]; daemonEndpoints?: { kubeletEndpoint?: { Port?: number } } }
}

const agentPort = 10250

/** Throws 404 about `resource` when there is no such node, 500 when it has no address yet. */
export const locateAgent = async (parts: Parts, nodeName: string, signal: AbortSignal, resource: ResourceRef): Promise<{ host: string; port: number }> => {
  const key = parts.table.stored('nodes').keyOf('', nodeName)
  const entry = (await parts.store.get(key, 'any', signal)) ?? (await parts.store.get(key, 'consistent', signal))
  if (!entry) throw notFound(resource, nodeName)
  const { status } = entry.object() as unknown as Node
  for (const type of ['InternalIP', 'Hostname', 'ExternalIP']) {
    const address = status?.addresses?.find(a => a.type === type)?.address
    if (address) return { host: address, port: status.daemonEndpoints?.kubeletEndpoint?.Port ?? agentPort }
  }
  throw internalError(`no preferred addresses found; known addresses: ${JSON.stringify(status?.addresses ?? [])}`)
}
