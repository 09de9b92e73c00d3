// Endpoints of a headless Service as DNS names them. Pure.
import type { EndpointSlice } from '../../api/types/discovery-v1.ts'

export interface NamedEndpoint {
  readonly address: string
  /** The pod's hostname, where it has one and its subdomain names the Service; else the address with dashes. */
  readonly label: string
  readonly ports: readonly { readonly name: string; readonly protocol: string; readonly port: number }[]
}

/** Only endpoints that are ready; `publishNotReadyAddresses` makes the slice say so for all. */
export const toNamedEndpoints = (slices: readonly EndpointSlice[]): NamedEndpoint[] => {
  const found = new Map<string, NamedEndpoint>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    const ports = (slice.ports ?? []).flatMap(p =>
      p.port === undefined ? [] : [{ name: p.name ?? '', protocol: (p.protocol ?? 'TCP').toLowerCase(), port: p.port }],
    )
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false) continue
      for (const address of endpoint.addresses) {
        const label = (endpoint.hostname ?? '').toLowerCase() || address.replaceAll('.', '-')
        const key = `${label} ${address}`
        const known = found.get(key)
        found.set(key, { address, label, ports: known ? [...known.ports, ...ports] : ports })
      }
    }
  }
  return [...found.values()]
}
