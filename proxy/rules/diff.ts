// The difference between two states of our sets, and nft's words for it. Pure.
import type { Element } from './elements.ts'
import { toPoolRules } from './table.ts'

/** Elements by set and key. */
export type SetState = ReadonlyMap<string, ReadonlyMap<string, string>>

export interface Changes {
  readonly added: readonly Element[]
  /** With the value they had. */
  readonly removed: readonly Element[]
}

/** A changed value is removed and added anew. */
export const diffStates = (from: SetState, to: SetState): Changes => {
  const added: Element[] = []
  const removed: Element[] = []
  for (const [set, elements] of from) {
    const wanted = to.get(set)
    for (const [key, value] of elements) if (wanted?.get(key) !== value) removed.push({ set, key, value })
  }
  for (const [set, elements] of to) {
    const present = from.get(set)
    for (const [key, value] of elements) if (present?.get(key) !== value) added.push({ set, key, value })
  }
  return { added, removed }
}

const poolChain = ({ value }: Element): string | undefined => (value.startsWith('goto ') && value !== 'goto reject-it' ? value.slice(5) : undefined)

/** Pool chains that `changes` refers to and the kernel lacks. */
export const neededChains = ({ added }: Changes, present: ReadonlySet<string>): string[] =>
  [...new Set(added.map(poolChain).filter(name => name !== undefined && !present.has(name)))] as string[]

const bySet = (elements: readonly Element[]): Map<string, string[]> => {
  const grouped = new Map<string, string[]>()
  for (const { set, key, value } of elements) {
    const text = value === '' ? key : `${key} : ${value}`
    const group = grouped.get(set)
    if (group) group.push(text)
    else grouped.set(set, [text])
  }
  return grouped
}

/** Commands that must be given to nft as one transaction; empty when there is nothing to do. */
export const toCommands = (tableName: string, changes: Changes, newChains: readonly string[]): string[] => [
  ...newChains.flatMap(chain => [`add chain inet ${tableName} ${chain}`, ...toPoolRules(chain).map(rule => `add rule inet ${tableName} ${chain} ${rule}`)]),
  ...[...bySet(changes.removed)].map(([set, texts]) => `delete element inet ${tableName} ${set} { ${texts.join(', ')} }`),
  ...[...bySet(changes.added)].map(([set, texts]) => `add element inet ${tableName} ${set} { ${texts.join(', ')} }`),
]
