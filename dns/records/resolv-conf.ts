// Reads resolv.conf(5): only the name servers matter here. Pure.

/** In order; `own` addresses (this server itself) are left out and reported, for asking ourselves would never end. */
export const parseNameservers = (text: string, own: ReadonlySet<string>): { nameservers: string[]; looping: string[] } => {
  const all = text
    .split('\n')
    .map(line => /^\s*nameserver\s+(\S+)/.exec(line)?.[1])
    .filter(address => address !== undefined)
  const unique = [...new Set(all)]
  return { nameservers: unique.filter(address => !own.has(address)), looping: unique.filter(address => own.has(address)) }
}
