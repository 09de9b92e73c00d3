// IPv4 prefixes as numbers. Pure.

export interface Cidr {
  readonly base: number
  readonly bits: number
}

export const parseAddress = (text: string): number | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every(part => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

export const formatAddress = (address: number): string => [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join('.')

/** Undefined when it is not an IPv4 prefix; bits beyond the prefix are cleared. */
export const parseCidr = (text: string): Cidr | undefined => {
  const [address = '', length = ''] = text.split('/')
  const base = parseAddress(address)
  if (base === undefined || !/^\d{1,2}$/.test(length) || Number(length) > 32 || text.split('/').length !== 2) return undefined
  const size = 2 ** (32 - Number(length))
  return { base: base - (base % size), bits: Number(length) }
}

export const cidrContains = ({ base, bits }: Cidr, address: number): boolean => address >= base && address < base + 2 ** (32 - bits)

/** The first usable address, where the bridge plugin puts the gateway. */
export const gatewayOf = ({ base, bits }: Cidr): { address: string; withLength: string } => {
  const address = formatAddress(base + 1)
  return { address, withLength: `${address}/${bits}` }
}
