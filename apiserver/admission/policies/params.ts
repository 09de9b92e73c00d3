// The parameters that a binding names: one object, or all that a selector finds. Read from memory.
import { compileLabelSelector } from '../../../api/selectors.ts'
import type { KubeObject } from '../../../api/object.ts'
import type { ParamKind } from '../../../api/types/admissionregistration-v1.ts'
import type { Store } from '../../../store/store.ts'
import type { ResourceTable, Served } from '../../resource-table.ts'
import type { Binding } from './compile.ts'

/** A fault of the policy's or the binding's configuration; the message ends the sentence that names them. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
}

export interface Params {
  /** undefined: the policy has no paramKind. Throws where there is no such kind. */
  served(paramKind: ParamKind | undefined): Served | undefined
  /** null stands for no parameter at all. Empty: nothing to be evaluated. */
  collect(served: Served | undefined, binding: Binding, namespace: string): Promise<readonly (KubeObject | null)[]>
}

export const createParams = (store: Store, table: ResourceTable): Params => {
  const find = async (served: Served, { paramRef }: Binding, namespace: string): Promise<KubeObject[]> => {
    const { name, selector } = paramRef ?? {}
    if (name) {
      const key = served.keyOf(namespace, name)
      const entry = (await store.get(key, 'any')) ?? (await store.get(key, 'consistent'))
      await served.ready?.(entry ? [entry] : [])
      return entry ? [served.objectOf(entry)] : []
    }
    const matching = compileLabelSelector(selector ?? {})
    const { entries } = await store.list(served.prefixOf(namespace), { freshness: 'any' })
    const chosen = [...entries].filter(entry => matching.matches(entry.labels))
    await served.ready?.(chosen)
    return chosen.map(entry => served.objectOf(entry))
  }

  return {
    served: paramKind => {
      if (!paramKind) return undefined
      const { apiVersion = '', kind = '' } = paramKind
      const [version = '', group = ''] = apiVersion.split('/').reverse()
      const found = table.byKind(group, version, kind)
      if (!found) throw new ConfigurationError(`failed to find resource referenced by paramKind: '${apiVersion}, Kind=${kind}'`)
      return found
    },
    collect: async (served, binding, requestNamespace) => {
      const { paramRef } = binding
      if (!served || !paramRef) return [null]
      const { namespaced } = served.record
      if (!namespaced && paramRef.namespace) throw new ConfigurationError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`')
      const namespace = namespaced ? (paramRef.namespace ?? requestNamespace) : ''
      if (namespaced && !namespace) throw new ConfigurationError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources')
      const params = await find(served, binding, namespace)
      if (!params.length && paramRef.parameterNotFoundAction === 'Deny')
        throw new ConfigurationError('no params found for policy binding with `Deny` parameterNotFoundAction')
      return params
    },
  }
}
