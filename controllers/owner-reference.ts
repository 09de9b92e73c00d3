// Who controls an object, as its owner references say. Pure.
import type { KubeObject } from '../api/object.ts'
import type { OwnerReference } from '../api/types/meta-v1.ts'

export const controllerOf = (object: KubeObject): OwnerReference | undefined => object.metadata.ownerReferences?.find(r => r.controller)

export const toControllerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name ?? '',
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})
