// Admission of connections (exec, attach, portforward, proxy): the options that the path and query give are the object.
import type { KubeObject } from '../../api/object.ts'
import { toAdmissionRequest } from '../admission/request.ts'
import type { Context, Parts } from '../context.ts'
import type { Served } from '../resource-table.ts'

export const admitConnection = async (
  parts: Parts,
  context: Context,
  served: Served,
  kind: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> => {
  const object = { kind, apiVersion: 'v1', metadata: {}, ...fields } as KubeObject
  const gvk = { group: '', version: 'v1', kind }
  const admission = toAdmissionRequest(context, served.record, { operation: 'CONNECT', object, old: undefined, options: {}, dryRun: false }, { kind: gvk })
  await parts.admission.admit(admission)
  await parts.admission.validate(admission)
}
