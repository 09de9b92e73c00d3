// What a volume type is. One file per type and one line in registry.ts; see docs/add-a-volume-type.md.
import type { ConfigMap, Pod, Secret, Volume } from '../../api/types/core-v1.ts'
import type { PodFacts } from '../pod-config/field-ref.ts'
import type { Mounter } from './mounter.ts'

/** A volume that cannot be set up. The message is shown as `MountVolume.SetUp failed for volume "x" : message`. */
export class VolumeError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'VolumeError'
  }
}

export interface VolumeContext {
  readonly pod: Pod
  /** This volume's own folder, `<pod>/volumes/kubernetes.io~<type>/<name>`; its parent exists. */
  readonly dir: string
  readonly facts: PodFacts
  readonly mounter: Mounter
  /** The current object, null when it does not exist. Waits for the first look; a change of it calls `setUp` again. */
  readonly configMap: (name: string) => Promise<ConfigMap | null>
  readonly secret: (name: string) => Promise<Secret | null>
  /** A token bound to this pod; undefined where the API server gives none. */
  serviceAccountToken(audience: string | undefined, expirationSeconds: number): Promise<string | undefined>
}

export interface VolumeType {
  /** The field of a Volume that this type answers for. */
  readonly field: keyof Volume
  /** Mounts are read-only whatever the container asks for. */
  readonly readOnly?: boolean
  /** Content follows API objects or the pod's own metadata while it runs. */
  readonly live?: boolean
  /** Whether fsGroup applies, as ownership of everything in it. */
  readonly fsGroup?: boolean
  /** Idempotent: also called after a restart of the agent, and again when what it shows changed. Returns the path to mount. */
  setUp(volume: Volume, context: VolumeContext): Promise<string>
  /** What `setUp` returns, without doing it: for containers that are restarted. Mounts below the folder are undone by the caller. */
  path(volume: Volume, dir: string): string
}
