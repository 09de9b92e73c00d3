// Whether an IPv4 address lies in a prefix. Pure.

const toNumber = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

export const isInCidr = (address: string, cidr: string): boolean => {
  const [base = '', bits = '32'] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  return !address.includes(':') && Math.floor(toNumber(address) / size) === Math.floor(toNumber(base) / size)
}
