// A pod's priority comes from its PriorityClass, or from the default one, or is 0. Only one class is the default, and the system's own stay.
import type { KubeObject } from '../../api/object.ts'
import type { AdmissionPlugin } from './admission.ts'
import { lookUp } from './look-up.ts'
import { refuse } from './refuse.ts'
import type { AdmissionDeps } from './registry.ts'

interface PriorityClass extends KubeObject {
  value: number
  globalDefault?: boolean
  preemptionPolicy?: string
}
interface PodSpec {
  priority?: number
  priorityClassName?: string
  preemptionPolicy?: string
}

const defaultPolicy = 'PreemptLowerPriority'
const systemClasses: readonly string[] = ['system-node-critical', 'system-cluster-critical']

export const priority = ({ store, table }: AdmissionDeps): AdmissionPlugin => {
  const find = (name: string): Promise<PriorityClass | undefined> => {
    const classes = table.stored('priorityclasses.scheduling.k8s.io')
    const key = classes.keyOf('', name)
    return lookUp<PriorityClass>(store, key)
  }
  const findDefault = async (): Promise<PriorityClass | undefined> => {
    const { entries } = await store.list(table.stored('priorityclasses.scheduling.k8s.io').prefixOf(''), { freshness: 'any' })
    let found: PriorityClass | undefined
    for (const entry of entries) {
      const candidate = entry.object() as PriorityClass
      // Two defaults: the lower one counts.
      if (candidate.globalDefault && (!found || candidate.value < found.value)) found = candidate
    }
    return found
  }
  return {
    name: 'Priority',
    handles: ['pods', 'priorityclasses.scheduling.k8s.io'],
    admit: async request => {
      const { operation, resource, object, old } = request
      if (resource.id !== 'pods' || !object) return
      const { spec } = object as unknown as { spec: PodSpec }
      if (operation === 'UPDATE') {
        // What was computed at creation stays; whoever sends another value is refused by the validation.
        const before = (old as unknown as { spec: PodSpec }).spec
        if (spec.priority === undefined && before.priority !== undefined) spec.priority = before.priority
        if (spec.preemptionPolicy === undefined && before.preemptionPolicy !== undefined) spec.preemptionPolicy = before.preemptionPolicy
        return
      }
      if (operation !== 'CREATE') return
      const chosen = spec.priorityClassName ? await find(spec.priorityClassName) : await findDefault()
      if (spec.priorityClassName && !chosen) throw refuse(request, `no PriorityClass with name ${spec.priorityClassName} was found`)
      if (chosen && !spec.priorityClassName) spec.priorityClassName = chosen.metadata.name!
      const value = chosen?.value ?? 0
      if (spec.priority !== undefined && spec.priority !== value)
        throw refuse(
          request,
          `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
        )
      spec.priority = value
      const policy = chosen?.preemptionPolicy ?? defaultPolicy
      if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy)
        throw refuse(
          request,
          `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
        )
      spec.preemptionPolicy = policy
    },
    validate: async request => {
      const { operation, resource, name, object } = request
      if (resource.id === 'pods') return
      if (operation === 'DELETE' && systemClasses.includes(name)) throw refuse(request, 'this is a system priority class and cannot be deleted')
      if (operation === 'DELETE' || !(object as unknown as PriorityClass).globalDefault) return
      const standing = (await findDefault())?.metadata.name
      if (standing !== undefined && (operation === 'CREATE' || standing !== name))
        throw refuse(request, `PriorityClass ${standing} is already marked as default. Only one default can exist`)
    },
  }
}
