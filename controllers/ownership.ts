// Taking and giving up control of objects: by owner references, guarded by uid, never by name alone.
import { compileLabelSelector, type ParsedLabelSelector } from '../api/selectors.ts'
import type { KubeObject } from '../api/object.ts'
import type { AnyResource, Resource } from '../api/resource.ts'
import { isReason } from '../api/status.ts'
import type { LabelSelector } from '../api/types/meta-v1.ts'
import type { ApiClient } from '../client/types.ts'
import { controllerOf, toControllerReference } from './owner-reference.ts'

interface ClaimOptions<T extends KubeObject> {
  readonly client: ApiClient
  readonly owner: KubeObject & { spec: { selector?: LabelSelector } }
  readonly ownerKind: AnyResource
  readonly kind: Resource<T>
  readonly candidates: readonly T[]
  /** Whether an orphan may be taken, beside its labels. */
  readonly mayAdopt?: (object: T) => boolean
}

const isGone = (error: unknown): boolean => isReason(error, 'NotFound') || isReason(error, 'Invalid')

/** The objects that are the owner's: its own that match, plus orphans that match (adopted now). Its own that no longer match are released. */
export const claim = async <T extends KubeObject>({ client, owner, ownerKind, kind, candidates, mayAdopt = () => true }: ClaimOptions<T>): Promise<T[]> => {
  const selector: ParsedLabelSelector = compileLabelSelector(owner.spec.selector)
  const { uid, namespace, name, deletionTimestamp } = owner.metadata
  const api = client.of(kind, namespace)
  let confirmed = false
  /** Our copy of the owner may be old: adoption asks the API whether it is still there and not going. */
  const confirm = async (): Promise<boolean> => {
    if (confirmed) return true
    const fresh = await client.of(ownerKind as Resource, namespace).get(name ?? '')
    confirmed = fresh.metadata.uid === uid && !fresh.metadata.deletionTimestamp
    return confirmed
  }
  const claimed: T[] = []
  for (const object of candidates) {
    const controller = controllerOf(object)
    const matches = selector.matches(object.metadata.labels ?? {})
    if (controller) {
      if (controller.uid !== uid) continue
      if (matches) claimed.push(object)
      else if (!deletionTimestamp) {
        await api
          .patch(object.metadata.name ?? '', 'strategic', { metadata: { uid: object.metadata.uid, ownerReferences: [{ $patch: 'delete', uid }] } })
          .catch((error: unknown) => {
            if (!isGone(error)) throw error
          })
      }
      continue
    }
    if (!matches || deletionTimestamp || object.metadata.deletionTimestamp || !mayAdopt(object) || !(await confirm())) continue
    try {
      claimed.push(
        await api.patch(object.metadata.name ?? '', 'strategic', { metadata: { uid: object.metadata.uid, ownerReferences: [toControllerReference(owner)] } }),
      )
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
  }
  return claimed
}
