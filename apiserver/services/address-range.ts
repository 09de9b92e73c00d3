// An IPv4 range as numbers, with upstream's rule for where free addresses are looked for: the lower part is for those asked for by hand. Pure.

export interface AddressRange {
  readonly cidr: string
  /** How many addresses can be given out: network and broadcast address are not. */
  readonly size: number
  /** Offsets below this are only given out when the rest is used up (KEP-3070). */
  readonly dynamicFrom: number
  /** Offset of an address, undefined when it is outside or not usable. */
  offsetOf(address: string): number | undefined
  addressAt(offset: number): string
}

const toNumber = (address: string): number | undefined => {
  const parts = address.split('.')
  if (parts.length !== 4 || !parts.every(p => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) < 256)) return undefined
  return parts.reduce((n, p) => n * 256 + Number(p), 0)
}
const toAddress = (n: number): string => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.')

/** `longest` is the largest range that is accepted, as its prefix length; a server's own is bounded as upstream's. */
export const parseAddressRange = (cidr: string, longest = 12): AddressRange => {
  const [base = '', bits = ''] = cidr.split('/')
  const network = toNumber(base)
  const prefix = Number(bits)
  if (network === undefined || !/^\d+$/.test(bits) || prefix < longest || prefix > 30)
    throw new Error(`service address range "${cidr}" is not an IPv4 range of the form 10.43.0.0/16`)
  const total = 2 ** (32 - prefix)
  const first = Math.floor(network / total) * total
  const size = total - 2
  return {
    cidr: `${toAddress(first)}/${prefix}`,
    size,
    dynamicFrom: size < 16 ? 0 : Math.min(Math.max(16, Math.floor(size / 16)), 256),
    offsetOf: address => {
      const n = toNumber(address)
      const offset = n === undefined ? -1 : n - first - 1
      return offset >= 0 && offset < size ? offset : undefined
    },
    addressAt: offset => toAddress((first + 1 + offset) >>> 0),
  }
}
