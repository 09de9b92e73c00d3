// Kubernetes' protobuf: the codec derives from the schema table and is loaded at the first use.
import type { KubeObject } from '../../api/object.ts'
import { StatusError } from '../../api/status.ts'

// eslint-disable-next-line @typescript-eslint/require-await -- becomes a lazy import of the codec
export const encodeProtobuf = async (_object: KubeObject): Promise<Buffer> => {
  throw new StatusError(406, 'NotAcceptable', 'only the following media types are accepted: application/json, application/yaml', {})
}
