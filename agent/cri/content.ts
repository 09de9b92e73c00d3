// What containerd is receiving into its blob store: how far pulls are, of which CRI tells nothing.
import type { GrpcService } from '../../base/grpc.ts'

export interface Ingest {
  readonly ref: string
  readonly receivedBytes: number
  /** 0 while not known. */
  readonly totalBytes: number
}

export interface ContentStore {
  ingests(signal?: AbortSignal): Promise<Ingest[]>
}

const timeoutMs = 5_000

export const createContentStore = (service: GrpcService): ContentStore => ({
  async ingests(signal) {
    const options = { timeoutMs, headers: { 'containerd-namespace': 'k8s.io' }, ...(signal && { signal }) }
    const { statuses } = await service.unary<{ statuses: { ref: string; offset: string; total: string }[] }>('ListStatuses', {}, options)
    return statuses.map(({ ref, offset, total }) => ({ ref, receivedBytes: Number(offset), totalBytes: Number(total) }))
  },
})
