// The generation of kinds whose change upstream sees byte for byte: there, a list that is sent empty differs from one that is left out.
import type { KubeObject } from '../object.ts'
import { hasEmptied } from '../schema/emptied.ts'

export const countEmptied = (object: KubeObject, old: KubeObject | undefined, field: string): void => {
  if (old && hasEmptied(object, field)) object.metadata.generation = (old.metadata.generation ?? 0) + 1
}
