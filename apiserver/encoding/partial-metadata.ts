// meta.k8s.io PartialObjectMetadata: an object's metadata alone. Pure.
import type { KubeObject } from '../../api/object.ts'

export const toPartialMetadata = (object: KubeObject, version = 'v1'): unknown => ({
  kind: 'PartialObjectMetadata',
  apiVersion: `meta.k8s.io/${version}`,
  metadata: object.metadata,
})
