// The CRI client: one channel to containerd's socket, one file per RPC family. Everything is callable concurrently.
import { createGrpcChannel } from '../../base/grpc.ts'
import { protoFile, protoFolders } from '../../proto/files.ts'
import { toCall } from './call.ts'
import { createContainers, type Containers } from './containers.ts'
import { createContentStore, type ContentStore } from './content.ts'
import { createContainerdEvents, type ContainerdEvents } from './events.ts'
import { createImages, type Images } from './images.ts'
import { createRuntime, type Runtime } from './runtime.ts'
import { createSandboxes, type Sandboxes } from './sandboxes.ts'
import { createStreaming, type Streaming } from './streaming.ts'

export interface Cri {
  readonly runtime: Runtime
  readonly sandboxes: Sandboxes
  readonly containers: Containers
  readonly images: Images
  readonly streaming: Streaming
  readonly events: ContainerdEvents
  readonly content: ContentStore
  close(): void
}

/** `socket` is containerd's; nothing is connected before the first call. */
export const createCri = (socket: string): Cri => {
  const channel = createGrpcChannel({
    socket,
    protoFolders: protoFolders(),
    protoFiles: [protoFile('cri-v1'), protoFile('containerd/content'), protoFile('containerd/events'), protoFile('containerd/event-types')],
  })
  const runtime = toCall(channel.service('runtime.v1.RuntimeService'))
  return {
    runtime: createRuntime(runtime),
    sandboxes: createSandboxes(runtime),
    containers: createContainers(runtime),
    images: createImages(toCall(channel.service('runtime.v1.ImageService'))),
    streaming: createStreaming(runtime),
    events: createContainerdEvents(channel),
    content: createContentStore(channel.service('containerd.services.content.v1.Content')),
    close: () => channel.close(),
  }
}
