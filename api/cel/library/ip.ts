// IP addresses and blocks as net/netip reads them: strictly. No leading zeros, no zones, no IPv4 in IPv6 clothes.
import type { CelValue } from '../cel.types.ts'
import { add, fixed, scale } from '../estimate.ts'
import { type CelFunction, define, member, type Overload, overload } from '../function.ts'
import { sizeOf } from '../interpreter.ts'
import { boolType, type CelType, intType, opaqueType, stringType } from '../type.ts'
import { type Cidr, formatIp, isMapped4, parseIp } from '../../validation/ip.ts'
import { CelError, CelOpaque } from '../value.ts'
import { traversal, traversalFactor, traversing } from './costs.ts'

const ipType = opaqueType('net.IP')
const cidrType = opaqueType('net.CIDR')
type Bytes = readonly number[]
type IpValue = CelOpaque<Bytes>
type CidrValue = CelOpaque<Cidr>

const sameBytes = (a: Bytes, b: Bytes): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])
const leadingZero = /(^|[.:])0\d+(\.|$)/

const parseStrict = (text: string): Bytes | undefined => {
  const bytes = text.includes('.') && leadingZero.test(text) ? undefined : parseIp(text)
  return bytes && !isMapped4(bytes) ? bytes : undefined
}
const parseBlock = (text: string): Cidr | undefined => {
  const match = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text)
  const bytes = match && parseStrict(match[1]!)
  const length = Number(match?.[2])
  return bytes && length <= bytes.length * 8 ? { bytes, length } : undefined
}

const wrapIp = (bytes: Bytes): IpValue => new CelOpaque(ipType, bytes, other => sameBytes(bytes, other), bytes.length)
const wrapCidr = (block: Cidr): CidrValue =>
  new CelOpaque(cidrType, block, other => other.length === block.length && sameBytes(block.bytes, other.bytes), Math.ceil(block.length / 8))

const noIp = (text: string): CelError => new CelError(`IP Address ${JSON.stringify(text)} parse error during conversion from string`)
const noBlock = (text: string): CelError => new CelError(`network address parse error during conversion from string: ${JSON.stringify(text)}`)
const toIp = (text: string): IpValue | CelError => {
  const bytes = parseStrict(text)
  return bytes ? wrapIp(bytes) : noIp(text)
}
const toCidr = (text: string): CidrValue | CelError => {
  const block = parseBlock(text)
  return block ? wrapCidr(block) : noBlock(text)
}

const masked = ({ bytes, length }: Cidr): Cidr => ({
  bytes: bytes.map((byte, i) => byte & (0xff00 >> Math.max(0, Math.min(8, length - 8 * i))) & 0xff),
  length,
})
const containsIp = (block: Cidr, bytes: Bytes): boolean =>
  bytes.length === block.bytes.length && sameBytes(masked(block).bytes, masked({ bytes, length: block.length }).bytes)
const containsBlock = (outer: Cidr, inner: Cidr): boolean => inner.length >= outer.length && containsIp(outer, inner.bytes)

const isLoopback = (b: Bytes): boolean => (b.length === 4 ? b[0] === 127 : b.every((byte, i) => byte === (i === 15 ? 1 : 0)))
const isUnspecified = (b: Bytes): boolean => b.every(byte => byte === 0)
const isMulticast = (b: Bytes): boolean => (b.length === 4 ? (b[0]! & 0xf0) === 0xe0 : b[0] === 0xff)
const isLinkLocalMulticast = (b: Bytes): boolean => (b.length === 4 ? b[0] === 224 && b[1] === 0 && b[2] === 0 : b[0] === 0xff && (b[1]! & 0x0f) === 2)
const isLinkLocalUnicast = (b: Bytes): boolean => (b.length === 4 ? b[0] === 169 && b[1] === 254 : b[0] === 0xfe && (b[1]! & 0xc0) === 0x80)
const isGlobalUnicast = (b: Bytes): boolean =>
  !(b.length === 4 && b.every(byte => byte === 255)) && !isUnspecified(b) && !isLoopback(b) && !isMulticast(b) && !isLinkLocalUnicast(b)

const asks = (name: string, id: string, test: (bytes: Bytes) => boolean): CelFunction =>
  define(
    name,
    member(id, [ipType], boolType, ({ value }: IpValue) => test(value)),
  )
const parsing = { cost: traversing().cost! }

/** Comparing as many bytes as an address can have; parsing it, where it is a string. */
const comparing = (isBlock: boolean, isString: boolean): Pick<Overload, 'cost' | 'estimate'> => ({
  cost: ([block, other]) => {
    const size = sizeOf(block!)
    return traversal(2 * size) + (isBlock ? traversal(size) + 1 : 0) + (isString ? traversal(sizeOf(other!)) : 0)
  },
  estimate: ([, other]) => {
    let cost = scale({ min: 8, max: 32 }, traversalFactor)
    if (isBlock) cost = add(cost, add(scale({ min: 4, max: 16 }, traversalFactor), fixed(1)))
    return { cost: isString ? add(cost, scale(other!.size, traversalFactor)) : cost }
  },
})

const onBlock = (id: string, argument: CelType, isBlock: boolean, test: (block: Cidr, other: CelValue) => CelValue): Overload =>
  member(id, [cidrType, argument], boolType, ({ value }: CidrValue, other: CelValue) => test(value, other), comparing(isBlock, argument.kind === 'string'))

export const ip: readonly CelFunction[] = [
  define('ip', overload('string_to_ip', [stringType], ipType, toIp, parsing)),
  define(
    'isIP',
    overload('is_ip', [stringType], boolType, (text: string) => parseStrict(text) !== undefined, parsing),
  ),
  define(
    'ip.isCanonical',
    overload(
      'ip_is_canonical',
      [stringType],
      boolType,
      (text: string) => {
        const bytes = parseStrict(text)
        return bytes ? formatIp(bytes) === text : noIp(text)
      },
      { cost: traversing(0, 2).cost! },
    ),
  ),
  define(
    'string',
    overload('ip_to_string', [ipType], stringType, ({ value }: IpValue) => formatIp(value)),
  ),
  define(
    'family',
    member('ip_family', [ipType], intType, ({ value }: IpValue) => (value.length === 4 ? 4n : 6n)),
  ),
  asks('isUnspecified', 'ip_is_unspecified', isUnspecified),
  asks('isLoopback', 'ip_is_loopback', isLoopback),
  asks('isLinkLocalMulticast', 'ip_is_link_local_multicast', isLinkLocalMulticast),
  asks('isLinkLocalUnicast', 'ip_is_link_local_unicast', isLinkLocalUnicast),
  asks('isGlobalUnicast', 'ip_is_global_unicast', isGlobalUnicast),
]

export const cidr: readonly CelFunction[] = [
  define('cidr', overload('string_to_cidr', [stringType], cidrType, toCidr, parsing)),
  define(
    'isCIDR',
    overload('is_cidr', [stringType], boolType, (text: string) => parseBlock(text) !== undefined, parsing),
  ),
  define(
    'string',
    overload('cidr_to_string', [cidrType], stringType, ({ value }: CidrValue) => `${formatIp(value.bytes)}/${value.length}`),
  ),
  define(
    'containsIP',
    onBlock('cidr_contains_ip_string', stringType, false, (block, text) => {
      const bytes = parseStrict(text as string)
      return bytes ? containsIp(block, bytes) : noIp(text as string)
    }),
    onBlock('cidr_contains_ip_ip', ipType, false, (block, other) => containsIp(block, (other as IpValue).value)),
  ),
  define(
    'containsCIDR',
    onBlock('cidr_contains_cidr_string', stringType, true, (block, text) => {
      const other = parseBlock(text as string)
      return other ? containsBlock(block, other) : noBlock(text as string)
    }),
    onBlock('cidr_contains_cidr', cidrType, true, (block, other) => containsBlock(block, (other as CidrValue).value)),
  ),
  define(
    'ip',
    member('cidr_ip', [cidrType], ipType, ({ value }: CidrValue) => wrapIp(value.bytes)),
  ),
  define(
    'prefixLength',
    member('cidr_prefix_length', [cidrType], intType, ({ value }: CidrValue) => BigInt(value.length)),
  ),
  define(
    'masked',
    member('cidr_masked', [cidrType], cidrType, ({ value }: CidrValue) => wrapCidr(masked(value))),
  ),
]
