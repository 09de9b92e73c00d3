// Warnings of addresses and blocks that are still accepted though they are not written as they should be (KEP-4858).
import { formatIp, isMapped4, parseCidr, parseIp } from '../validation/ip.ts'

/** Leading zeros, or an IPv4 address in IPv6 clothes. */
const isOdd = (text: string, bytes: readonly number[]): boolean => isMapped4(bytes) || /(^|\.)0\d/.test(text)

export const ipWarnings = (path: string, text: string): string[] => {
  const bytes = parseIp(text)
  if (!bytes) return []
  const canonical = formatIp(bytes)
  if (isOdd(text, bytes)) return [`${path}: non-standard IP address "${text}" will be considered invalid in a future Kubernetes release: use "${canonical}"`]
  return text === canonical ? [] : [`${path}: IPv6 address "${text}" should be in RFC 5952 canonical format ("${canonical}")`]
}

export const cidrWarnings = (path: string, text: string): string[] => {
  const block = parseCidr(text)
  if (!block) return []
  const { bytes, length } = block
  const network = bytes.map((byte, i) => byte & (0xff << Math.min(8, Math.max(0, 8 * (i + 1) - length))))
  const canonical = `${formatIp(network)}/${length}`
  const warnings: string[] = []
  if (network.some((byte, i) => byte !== bytes[i]))
    warnings.push(`${path}: CIDR value "${text}" is ambiguous in this context (should be "${canonical}" or "${formatIp(bytes)}/${bytes.length * 8}"?)`)
  if (isOdd(text, bytes))
    warnings.push(`${path}: non-standard CIDR value "${text}" will be considered invalid in a future Kubernetes release: use "${canonical}"`)
  else if (bytes.length === 16 && text !== `${formatIp(bytes)}/${length}`)
    warnings.push(`${path}: IPv6 CIDR value "${text}" should be in RFC 5952 canonical format ("${canonical}")`)
  return warnings
}
