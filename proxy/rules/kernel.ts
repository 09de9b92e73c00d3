// Reads `nft -j list table` back into the state that we compare with, so that a restarted proxy changes only what differs. Pure.
import { isDynamicSet } from './table.ts'

export interface KernelTable {
  readonly chains: ReadonlySet<string>
  readonly state: Map<string, Map<string, string>>
}

type Json = string | number | null | readonly Json[] | { readonly [key: string]: Json }

const toText = (value: Json): string => {
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return value.map(toText).join(' ')
  const object = value as Readonly<Record<string, Json>>
  if ('concat' in object) return (object['concat'] as readonly Json[]).map(toText).join(' . ')
  if ('elem' in object) return toText((object['elem'] as { val: Json }).val)
  if ('prefix' in object) {
    const { addr, len } = object['prefix'] as { addr: string; len: number }
    return `${addr}/${len}`
  }
  if ('range' in object) return (object['range'] as readonly Json[]).map(toText).join('-')
  if ('goto' in object) return `goto ${(object['goto'] as { target: string }).target}`
  return Object.keys(object)[0] ?? ''
}

/** nft's symbolic names of what we write as numbers (`/etc/protocols` is not read: these three are built in). */
export const parseKernelTable = (text: string): KernelTable => {
  const { nftables } = JSON.parse(text) as { nftables: readonly Readonly<Record<string, { name?: string; elem?: readonly Json[] }>>[] }
  const chains = new Set<string>()
  const state = new Map<string, Map<string, string>>()
  for (const item of nftables) {
    if (item['chain']?.name) chains.add(item['chain'].name)
    const isMap = item['map'] !== undefined
    const set = item['map'] ?? item['set']
    if (!set?.name || isDynamicSet(set.name)) continue
    const elements = new Map<string, string>()
    for (const element of set.elem ?? []) {
      if (isMap) {
        const [key, value] = element as readonly [Json, Json]
        elements.set(toText(key), toText(value))
      } else elements.set(toText(element), '')
    }
    state.set(set.name, elements)
  }
  return { chains, state }
}
