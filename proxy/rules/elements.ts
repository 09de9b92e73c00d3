// From a Service's port (or a pod's host port) to the elements of our sets and maps. Pure.
import type { ServicePort } from './model.ts'
import type { PoolKind } from './table.ts'
import { poolShapes, toPoolChainName, toSlot } from './table.ts'

/** `value` is empty for members of plain sets. Keys and values are nft's own text, as it lists them. */
export interface Element {
  readonly set: string
  readonly key: string
  readonly value: string
}

/** What a pool held so far, by index: endpoints keep their index as far as possible, so that a change costs few elements. */
export type PreviousSlots = (kind: PoolKind, frontend: string) => readonly string[]

/** Keeps what stays where it is and fills holes first with what is new, then from the end. */
export const assignSlots = (previous: readonly string[], wanted: readonly string[]): string[] => {
  const wantedSet = new Set(wanted)
  const known = new Set(previous)
  const fresh = wanted.filter(target => !known.has(target))
  const slots: (string | undefined)[] = [...new Set(previous)].map(target => (wantedSet.has(target) ? target : undefined))
  for (let i = 0; i < slots.length; i++) slots[i] ??= fresh.shift()
  slots.push(...fresh)
  for (let i = 0; i < slots.length; i++) {
    if (slots[i] !== undefined) continue
    while (slots.length > i && slots.at(-1) === undefined) slots.pop()
    if (slots.length > i) slots[i] = slots.pop()
  }
  return slots.filter(target => target !== undefined)
}

/** A number for an endpoint as nft writes a packet priority (`major:minor`, hexadecimal); never 0:0. FNV-1a. */
const toEndpointId = (target: string, taken: Set<string>): string => {
  let hash = 0x811c9dc5
  for (const character of target) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0
  for (;;) {
    const [major, minor] = [hash >>> 16, hash & 0xffff]
    const id = `${major.toString(16)}:${minor.toString(16)}`
    // 0:0 is nft's `none`, ffff:ffff its `root`
    if (hash !== 0 && hash !== 0xffffffff && !taken.has(id)) {
      taken.add(id)
      return id
    }
    hash = (hash + 1) >>> 0
  }
}

const poolElements = (kind: PoolKind, frontend: string, wanted: readonly string[], affinitySeconds: number | undefined, previous: PreviousSlots): Element[] => {
  const slots = assignSlots(previous(kind, frontend), wanted)
  const chain = toPoolChainName(kind, slots.length, affinitySeconds)
  const taken = new Set<string>()
  return [
    { set: poolShapes[kind].frontends, key: frontend, value: `goto ${chain}` },
    ...slots.map((target, i) => ({ set: `endpoints-${kind}`, key: `${frontend} . ${toSlot(i)}`, value: target })),
    ...(affinitySeconds === undefined
      ? []
      : slots.flatMap((target, i) => {
          const id = toEndpointId(target, taken)
          return [
            { set: `slots-${kind}`, key: `${frontend} . ${toSlot(i)}`, value: id },
            { set: `sticky-${kind}`, key: `${frontend} . ${id}`, value: target },
          ]
        })),
  ]
}

/** Which addresses count as pods' (those alone can come back to their sender through a Service). */
export type IsPodAddress = (address: string) => boolean

export const toServiceElements = (port: ServicePort, previous: PreviousSlots, isPodAddress: IsPodAddress): Element[] => {
  const { protocol, affinitySeconds, endpoints, localEndpoints } = port
  const elements: Element[] = port.localAddresses.filter(isPodAddress).map(address => ({ set: 'hairpins', key: `${address} . ${address}`, value: '' }))

  const inside = port.internalLocal ? localEndpoints : endpoints
  for (const address of port.clusterIps) {
    const frontend = `${address} . ${protocol} . ${port.port}`
    elements.push({ set: 'cluster-ips', key: address, value: '' })
    if (inside.length > 0) elements.push(...poolElements('cluster', frontend, inside, affinitySeconds, previous))
    else elements.push({ set: 'refused', key: frontend, value: endpoints.length > 0 ? 'drop' : 'goto reject-it' })
  }

  const outside = (kind: PoolKind, frontend: string): void => {
    const isNodePort = kind === 'node'
    const suffix = isNodePort ? '-node-ports' : ''
    if (endpoints.length === 0) {
      elements.push({ set: `refused${suffix}`, key: frontend, value: 'goto reject-it' })
      return
    }
    elements.push(...poolElements(kind, frontend, endpoints, affinitySeconds, previous))
    if (!port.externalLocal) {
      elements.push({ set: `masqueraded${suffix}`, key: frontend, value: '' })
      return
    }
    elements.push({ set: `local-policy${suffix}`, key: frontend, value: '' })
    const localKind = isNodePort ? 'node-local' : 'cluster-local'
    if (localEndpoints.length > 0) elements.push(...poolElements(localKind, frontend, localEndpoints, affinitySeconds, previous))
    else elements.push({ set: poolShapes[localKind].frontends, key: frontend, value: 'drop' })
  }
  for (const address of port.externalIps) outside('cluster', `${address} . ${protocol} . ${port.port}`)
  if (port.nodePort !== undefined) outside('node', `${protocol} . ${port.nodePort}`)

  if (port.sourceRanges.length > 0)
    for (const address of port.loadBalancerIps) {
      const frontend = `${address} . ${protocol} . ${port.port}`
      elements.push({ set: 'guarded', key: frontend, value: '' })
      for (const range of new Set(port.sourceRanges)) elements.push({ set: 'admitted', key: `${frontend} . ${range.replace(/\/32$/, '')}`, value: '' })
    }
  return elements
}
