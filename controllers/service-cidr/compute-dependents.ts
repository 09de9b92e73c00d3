// Which addresses would lie in no range any more when a range went. Pure.
import type { ServiceCIDR } from '../../api/types/networking-v1.ts'
import { type Cidr, parseCidr, parseIp } from '../../api/validation/ip.ts'

/** Whether the first `length` bits of both are the same, and both are of one family. */
const sharesPrefix = (a: readonly number[], b: readonly number[], length: number): boolean => {
  if (a.length !== b.length) return false
  const whole = length >> 3
  for (let i = 0; i < whole; i++) if (a[i] !== b[i]) return false
  const rest = length & 7
  return rest === 0 || (a[whole]! ^ b[whole]!) >> (8 - rest) === 0
}

const rangesOf = ({ spec }: ServiceCIDR): Cidr[] => (spec.cidrs ?? []).flatMap(text => parseCidr(text) ?? [])

export const containsAddress = (cidr: ServiceCIDR, address: string): boolean => {
  const bytes = parseIp(address)
  return bytes !== undefined && rangesOf(cidr).some(range => sharesPrefix(range.bytes, bytes, range.length))
}

const containsRange = (cidr: ServiceCIDR, range: Cidr): boolean =>
  rangesOf(cidr).some(outer => outer.length <= range.length && sharesPrefix(outer.bytes, range.bytes, outer.length))

/** Whether two have addresses in common: what becomes of one may decide over the other. */
export const overlaps = (a: ServiceCIDR, b: ServiceCIDR): boolean =>
  rangesOf(a).some(one => rangesOf(b).some(other => sharesPrefix(one.bytes, other.bytes, Math.min(one.length, other.length))))

/** An address that only `cidr` contains, of those that there are. */
export const findOrphan = (cidr: ServiceCIDR, all: readonly ServiceCIDR[], addresses: Iterable<string>): string | undefined => {
  const others = all.filter(other => other.metadata.name !== cidr.metadata.name)
  if (rangesOf(cidr).every(range => others.some(other => containsRange(other, range)))) return undefined
  for (const address of addresses) if (containsAddress(cidr, address) && !others.some(other => containsAddress(other, address))) return address
  return undefined
}
