// Kubernetes' protobuf: the codec derives from the schema table and is loaded at the first use. What the schema does not know (CRDs,
// Table) has no protobuf form: 406.
import type { KubeObject } from '../../api/object.ts'
import { StatusError } from '../../api/status.ts'
import type { Entry } from '../../store/store.ts'
import type { Served } from '../resource-table.ts'

const notAcceptable = (): StatusError =>
  new StatusError(406, 'NotAcceptable', 'only the following media types are accepted: application/json, application/yaml', {})

export const encodeProtobuf = async (object: KubeObject): Promise<Buffer> => {
  const codec = await import('../../api/protobuf/codec.ts')
  if (!codec.hasProtobuf(object)) throw notAcceptable()
  return codec.encodeProtobuf(object)
}

/** The event loop is given back after this many items were encoded. */
const yieldEvery = 200

/** The items of a list, each encoded once however often it is listed. */
export const encodeItems = async (served: Served, entries: readonly Entry[]): Promise<unknown[]> => {
  const codec = await import('../../api/protobuf/codec.ts')
  const { apiVersion, kind } = served.record
  if (!codec.hasProtobuf({ apiVersion, kind })) throw notAcceptable()
  const items: unknown[] = []
  for (const entry of entries) {
    items.push(entry.memo(`protobuf:item:${apiVersion}`, () => codec.encodeItem(served.objectOf(entry))))
    if (items.length % yieldEvery === 0) await new Promise(setImmediate)
  }
  return items
}

/** The codec of a watch: frames are made synchronously, once it is there. */
export const loadWatchCodec = async (example: { apiVersion: string; kind: string }): Promise<{ frame: (type: string, object: unknown) => Buffer }> => {
  const codec = await import('../../api/protobuf/codec.ts')
  if (!codec.hasProtobuf(example)) throw notAcceptable()
  return { frame: (type, object) => codec.encodeWatchFrame(type, codec.encodeProtobuf(object as KubeObject)) }
}
