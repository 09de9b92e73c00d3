// Kinds that are served in a form other than the stored one. One conversion = one file + one line.
import type { KubeObject } from '../../api/object.ts'
import { eventsV1 } from './events-v1.ts'
import { autoscalingV1 } from './autoscaling-v1.ts'

export interface Conversion {
  /** apiVersion/Kind of the form that is not stored. */
  readonly served: string
  /** Both may change what they are given and answer it; resourceVersion is left alone. */
  toServed(object: KubeObject): KubeObject
  toStored(object: KubeObject): KubeObject
  /** Selectable field of the served form → that of the stored form. */
  readonly fields?: Readonly<Record<string, string>>
}

export const conversions: readonly Conversion[] = [eventsV1, autoscalingV1]
