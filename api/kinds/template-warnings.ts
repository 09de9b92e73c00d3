// Warnings of what makes pods from a template: those of the pods, and of a name that does not suit them.
import type { KubeObject } from '../object.ts'
import type { PodTemplateSpec } from '../types/core-v1.ts'
import { nameWarnings, podSpecWarnings } from './core/pod-warnings.ts'

interface Template<T> {
  /** Where the template is. */
  readonly path: string
  readonly of: (object: T) => PodTemplateSpec | undefined
  /** What is named after the object, where that may have a name that does not suit. */
  readonly usedIn?: string
  /** Warnings beside those. */
  readonly more?: (object: T) => readonly string[]
}

/** As hook of a record. A change that is none of the spec brings no warnings. */
export const templateWarnings =
  <T extends KubeObject>({ path, of, usedIn, more }: Template<T>) =>
  (object: T, old: T | undefined): string[] => {
    if (old && old.metadata.generation === object.metadata.generation) return []
    const { metadata, spec } = of(object) ?? {}
    return [
      ...(usedIn !== undefined && !old ? nameWarnings(object.metadata.name ?? '', usedIn) : []),
      ...(more?.(object) ?? []),
      ...(spec ? podSpecWarnings(spec, `${path}.spec`, metadata?.annotations) : []),
    ]
  }
