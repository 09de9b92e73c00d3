// Cutting an address range into equal parts. Pure; both families, as big integers.

export interface Cidr {
  readonly address: bigint
  readonly bits: number
  readonly family: 4 | 6
}

const parseIPv4 = (text: string): bigint | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(p => /^\d{1,3}$/.test(p) && Number(p) < 256)) return undefined
  return parts.reduce((sum, p) => sum * 256n + BigInt(p), 0n)
}
const parseIPv6 = (text: string): bigint | undefined => {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const groups = halves.map(h => (h ? h.split(':') : []))
  const missing = 8 - groups.reduce((n, g) => n + g.length, 0)
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const all = [...groups[0]!, ...Array<string>(missing).fill('0'), ...(groups[1] ?? [])]
  if (!all.every(g => /^[0-9a-fA-F]{1,4}$/.test(g))) return undefined
  return all.reduce((sum, g) => sum * 65536n + BigInt(`0x${g}`), 0n)
}

export const parseCidr = (text: string): Cidr => {
  const [ip = '', mask = ''] = text.split('/')
  const family = ip.includes(':') ? 6 : 4
  const size = family === 4 ? 32 : 128
  const address = family === 4 ? parseIPv4(ip) : parseIPv6(ip)
  if (address === undefined || !/^\d{1,3}$/.test(mask) || Number(mask) > size)
    throw new Error(`"${text}" is no address range: it should look like 10.42.0.0/16`)
  const host = BigInt(size - Number(mask))
  return { address: (address >> host) << host, bits: Number(mask), family }
}

const formatIPv6 = (address: bigint): string => {
  const groups = Array.from({ length: 8 }, (_, i) => ((address >> BigInt(16 * (7 - i))) & 0xffffn).toString(16))
  let best = { at: -1, length: 1 }
  for (let i = 0; i < 8;) {
    let end = i
    while (end < 8 && groups[end] === '0') end++
    if (end - i > best.length) best = { at: i, length: end - i }
    i = Math.max(end, i + 1)
  }
  return best.at < 0 ? groups.join(':') : `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`
}
export const formatCidr = ({ address, bits, family }: Cidr): string =>
  `${family === 4 ? Array.from({ length: 4 }, (_, i) => String((address >> BigInt(8 * (3 - i))) & 255n)).join('.') : formatIPv6(address)}/${bits}`

export const overlaps = (a: Cidr, b: Cidr): boolean => {
  if (a.family !== b.family) return false
  const host = BigInt((a.family === 4 ? 32 : 128) - Math.min(a.bits, b.bits))
  return a.address >> host === b.address >> host
}

/** The first part of `range` with `bits` that touches nothing in `used`; undefined when the range is full. */
export const firstFree = (range: Cidr, bits: number, used: readonly Cidr[]): Cidr | undefined => {
  if (bits < range.bits) throw new Error(`a /${bits} does not fit into ${formatCidr(range)}`)
  const size = 1n << BigInt((range.family === 4 ? 32 : 128) - bits)
  const count = 1n << BigInt(bits - range.bits)
  // Used parts by where they begin, so that a full range is walked once, not once per node.
  const taken = new Set(used.filter(u => u.family === range.family && u.bits === bits).map(u => u.address))
  const odd = used.filter(u => u.bits !== bits)
  for (let i = 0n; i < count; i++) {
    const part: Cidr = { address: range.address + i * size, bits, family: range.family }
    if (!taken.has(part.address) && !odd.some(u => overlaps(u, part))) return part
  }
  return undefined
}
