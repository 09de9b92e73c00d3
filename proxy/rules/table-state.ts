// What every owner (a Service, a pod) wants in our sets, what the kernel holds, and the difference. Owners may share an element (an address
// of two ports, a host in two pools); where they disagree, the first to ask keeps it. Costs what the change costs, not what the table holds.
import type { Changes, SetState } from './diff.ts'
import type { Element, PreviousSlots } from './elements.ts'
import { toSlot } from './table.ts'

export interface TableState {
  /** Replaces all that `owner` wants; an empty list forgets it. */
  update(owner: string, elements: readonly Element[]): void
  owners(): readonly string[]
  /** Differences between what is wanted and what the kernel holds, among the keys touched since the last `confirm`. */
  pending(): Changes
  /** The kernel took `changes`. */
  confirm(changes: Changes): void
  /** The kernel was read: `state` replaces what we believed, and every key is compared again. */
  reset(state: SetState): void
  readonly previousSlots: PreviousSlots
  /** Every value of any set in the kernel, as far as known. */
  values(): Iterable<string>
}

type Keyed<T> = Map<string, Map<string, T>>

const inner = <T>(map: Keyed<T>, set: string): Map<string, T> => {
  let found = map.get(set)
  if (!found) map.set(set, (found = new Map<string, T>()))
  return found
}

export const createTableState = (): TableState => {
  const contributions = new Map<string, readonly Element[]>()
  const wanted: Keyed<Map<string, string>> = new Map()
  const touched = new Map<string, Set<string>>()
  let applied: Keyed<string> = new Map()

  const touch = (set: string, key: string): void => {
    const keys = touched.get(set)
    if (keys) keys.add(key)
    else touched.set(set, new Set([key]))
  }
  const update = (owner: string, elements: readonly Element[]): void => {
    for (const { set, key } of contributions.get(owner) ?? []) {
      const byOwner = wanted.get(set)?.get(key)
      byOwner?.delete(owner)
      if (byOwner?.size === 0) wanted.get(set)?.delete(key)
      touch(set, key)
    }
    if (elements.length === 0) contributions.delete(owner)
    else contributions.set(owner, elements)
    for (const { set, key, value } of elements) {
      const keys = inner(wanted, set)
      const byOwner = keys.get(key)
      if (byOwner) byOwner.set(owner, value)
      else keys.set(key, new Map([[owner, value]]))
      touch(set, key)
    }
  }
  const pending = (): Changes => {
    const added: Element[] = []
    const removed: Element[] = []
    for (const [set, keys] of touched)
      for (const key of keys) {
        const value = wanted.get(set)?.get(key)?.values().next().value
        const present = applied.get(set)?.get(key)
        if (value === present) continue
        if (present !== undefined) removed.push({ set, key, value: present })
        if (value !== undefined) added.push({ set, key, value })
      }
    return { added, removed }
  }
  return {
    update,
    pending,
    owners: () => [...contributions.keys()],
    confirm: ({ added, removed }) => {
      for (const { set, key } of removed) applied.get(set)?.delete(key)
      for (const { set, key, value } of added) inner(applied, set).set(key, value)
      touched.clear()
    },
    reset: state => {
      applied = new Map([...state].map(([set, elements]) => [set, new Map(elements)]))
      for (const [set, elements] of applied) for (const key of elements.keys()) touch(set, key)
      for (const [set, keys] of wanted) for (const key of keys.keys()) touch(set, key)
    },
    previousSlots: (kind, frontend) => {
      const endpoints = applied.get(`endpoints-${kind}`)
      const slots: string[] = []
      for (let at = endpoints?.get(`${frontend} . ${toSlot(0)}`); at !== undefined; at = endpoints?.get(`${frontend} . ${toSlot(slots.length)}`)) slots.push(at)
      return slots
    },
    values: function* () {
      for (const elements of applied.values()) yield* elements.values()
    },
  }
}
