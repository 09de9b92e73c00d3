// One attempt of a container as CRI takes it: pure, from its environment and mounts already prepared.
import type { Container, Pod, VolumeMount } from '../../api/types/core-v1.ts'
import type { ContainerConfig, CriMount } from '../cri/messages.ts'
import { expand } from './expand.ts'
import { toContainerAnnotations, toContainerLabels, toLogFile } from './names.ts'
import { toLinuxResources, type ResourceFacts } from './resources.ts'
import { toContainerSecurity, type ImageUser } from './security.ts'

export interface ContainerInput {
  readonly attempt: number
  readonly imageId: string
  readonly imageUser: ImageUser
  readonly env: ReadonlyMap<string, string>
  readonly mounts: readonly CriMount[]
  readonly resources: ResourceFacts
  /** Folder of Localhost seccomp profiles. */
  readonly seccompRoot: string
  readonly pidTarget?: string
}

export const toContainerConfig = (pod: Pod, container: Container, input: ContainerInput): ContainerConfig => {
  const lookup = (name: string): string | undefined => input.env.get(name)
  return {
    metadata: { name: container.name, attempt: input.attempt },
    image: { image: input.imageId, ...(container.image && { userSpecifiedImage: container.image }) },
    command: (container.command ?? []).map(word => expand(word, lookup)),
    args: (container.args ?? []).map(word => expand(word, lookup)),
    ...(container.workingDir && { workingDir: container.workingDir }),
    envs: [...input.env].map(([key, value]) => ({ key, value })),
    mounts: [...input.mounts],
    labels: toContainerLabels(pod, container),
    annotations: toContainerAnnotations(pod, container, input.attempt),
    logPath: toLogFile(container.name, input.attempt),
    stdin: container.stdin === true,
    stdinOnce: container.stdinOnce === true,
    tty: container.tty === true,
    linux: {
      resources: toLinuxResources(pod, container, input.resources),
      securityContext: toContainerSecurity(pod, container, input.imageUser, input.seccompRoot, input.pidTarget),
    },
  }
}

const propagations: Readonly<Record<string, CriMount['propagation']>> = {
  HostToContainer: 'PROPAGATION_HOST_TO_CONTAINER',
  Bidirectional: 'PROPAGATION_BIDIRECTIONAL',
}

/** A volume mount whose source on the host is known. */
export const toMount = (mount: VolumeMount, hostPath: string, readOnly: boolean): CriMount => ({
  containerPath: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
  hostPath,
  readonly: readOnly || mount.readOnly === true,
  ...(mount.recursiveReadOnly === 'Enabled' && { recursiveReadOnly: true }),
  propagation: propagations[mount.mountPropagation ?? ''] ?? 'PROPAGATION_PRIVATE',
})
