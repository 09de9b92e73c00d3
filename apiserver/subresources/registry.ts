// The subresources, one line each. Discovery lists them from here; a new one is one file and one line.
import type { AnyResource } from '../../api/resource.ts'
import type { Handler } from '../context.ts'
import { binding } from './binding.ts'
import { attach, exec, log, portForward } from './agent-streams.ts'
import { approval } from './approval.ts'
import { ephemeralContainers, resize } from './pod-parts.ts'
import { eviction } from './eviction.ts'
import { finalize } from './finalize.ts'
import { proxy } from './proxy.ts'
import { scale } from './scale.ts'
import { status } from './status.ts'
import { token } from './token.ts'

export interface Subresource {
  readonly name: string
  appliesTo(record: AnyResource): boolean
  /** By verb: get, create, update, patch, delete. */
  readonly handlers: Readonly<Record<string, Handler | undefined>>
  /** Any method: a stream to somewhere else. */
  readonly connect?: Handler
  /** The path goes on after the name (proxy). */
  readonly takesPath?: boolean
  /** May be answered as a Table or PartialObjectMetadata; default true. */
  readonly conversions?: boolean
  /** What comes back is not ours to negotiate. */
  readonly anyType?: boolean
  readonly discovery: {
    /** Default: the parent's kind. */
    readonly kind?: string
    /** When they are not the parent's. */
    readonly group?: string
    readonly version?: string
    readonly verbs: readonly string[]
  }
}

export const subresources: readonly Subresource[] = [
  approval,
  attach,
  binding,
  ephemeralContainers,
  eviction,
  exec,
  finalize,
  log,
  portForward,
  ...proxy,
  resize,
  scale,
  status,
  token,
]

export const findSubresource = (record: AnyResource, name: string): Subresource | undefined => subresources.find(s => s.name === name && s.appliesTo(record))
