// The policies in force and their bindings, compiled, as the store's watch brings them: a request finds them ready. A policy without a
// binding does nothing.
import type { Entry } from '../../../store/store.ts'
import { createMirror } from '../mirror.ts'
import type { AdmissionDeps } from '../registry.ts'
import { type Binding, compileBinding, type Policy } from './compile.ts'

export interface BoundPolicy<P> {
  readonly policy: P
  readonly bindings: readonly Binding[]
}

const group = 'admissionregistration.k8s.io'

/** In the order of names. The same array until something changes. */
export const createActivePolicies = <P extends Policy>(
  deps: Pick<AdmissionDeps, 'store' | 'table' | 'log' | 'stopping'>,
  kind: { readonly policies: string; readonly bindings: string },
  compile: (entry: Entry) => P,
): (() => Promise<readonly BoundPolicy<P>[]>) => {
  const policies = createMirror(deps, () => deps.table.stored(`${kind.policies}.${group}`).prefixOf(''), compile)
  const bindings = createMirror(deps, () => deps.table.stored(`${kind.bindings}.${group}`).prefixOf(''), compileBinding)
  let known: { policies: readonly P[]; bindings: readonly Binding[]; bound: readonly BoundPolicy<P>[] } | undefined
  return async () => {
    const [all, bound] = [await policies.read(), await bindings.read()]
    if (known?.policies === all && known.bindings === bound) return known.bound
    const byPolicy = Map.groupBy(bound, binding => binding.policyName)
    known = {
      policies: all,
      bindings: bound,
      bound: all.flatMap(policy => (byPolicy.has(policy.name) ? { policy, bindings: byPolicy.get(policy.name)! } : [])),
    }
    return known.bound
  }
}
