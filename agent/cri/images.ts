// The image calls of CRI.
import { ignoreNotFound, type Call } from './call.ts'
import type { AuthConfig, CriImage, FilesystemUsage, PodSandboxConfig } from './messages.ts'

export interface Images {
  list(signal?: AbortSignal): Promise<CriImage[]>
  /** Undefined when the image is not there. */
  status(image: string, signal?: AbortSignal): Promise<CriImage | undefined>
  /** Returns the image's id. Takes as long as the registry does; abort it to give up. */
  pull(image: string, auth: AuthConfig | undefined, sandboxConfig: PodSandboxConfig | undefined, signal?: AbortSignal): Promise<string>
  remove(image: string, signal?: AbortSignal): Promise<void>
  filesystems(signal?: AbortSignal): Promise<FilesystemUsage[]>
}

const pullTimeoutMs = 60 * 60_000

export const createImages = (call: Call): Images => ({
  list: async signal => (await call<{ images: CriImage[] }>('ListImages', {}, { signal })).images,
  status: async (image, signal) => (await call<{ image: CriImage | null }>('ImageStatus', { image: { image } }, { signal })).image ?? undefined,
  pull: async (image, auth, sandboxConfig, signal) => {
    const request = { image: { image }, ...(auth && { auth }), ...(sandboxConfig && { sandboxConfig }) }
    return (await call<{ imageRef: string }>('PullImage', request, { timeoutMs: pullTimeoutMs, signal })).imageRef
  },
  remove: (image, signal) => ignoreNotFound(call('RemoveImage', { image: { image } }, { signal })),
  filesystems: async signal => (await call<{ imageFilesystems: FilesystemUsage[] }>('ImageFsInfo', {}, { signal })).imageFilesystems,
})
