// Kubernetes' protobuf: the codec derives from the schema table and is loaded at the first use. What the schema does not know (CRDs,
// Table) has no protobuf form: 406.
import type { KubeObject } from '../../api/object.ts'
import { StatusError } from '../../api/status.ts'

const notAcceptable = (): StatusError =>
  new StatusError(406, 'NotAcceptable', 'only the following media types are accepted: application/json, application/yaml', {})

export const encodeProtobuf = async (object: KubeObject): Promise<Buffer> => {
  const codec = await import('../../api/protobuf/codec.ts')
  if (!codec.hasProtobuf(object)) throw notAcceptable()
  return codec.encodeProtobuf(object)
}

/** The codec of a watch: frames are made synchronously, once it is there. */
export const loadWatchCodec = async (example: { apiVersion: string; kind: string }): Promise<{ frame: (type: string, object: unknown) => Buffer }> => {
  const codec = await import('../../api/protobuf/codec.ts')
  if (!codec.hasProtobuf(example)) throw notAcceptable()
  return { frame: (type, object) => codec.encodeWatchFrame(type, codec.encodeProtobuf(object as KubeObject)) }
}
