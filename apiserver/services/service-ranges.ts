// The ranges that cluster IPs come from: the server's own, and every ServiceCIDR that is ready and stays.
import type { KubeObject } from '../../api/object.ts'
import type { Store } from '../../store/store.ts'
import { type AddressRange, parseAddressRange } from './address-range.ts'

interface ServiceCidr extends KubeObject {
  spec?: { cidrs?: string[] }
  status?: { conditions?: { type: string; status: string }[] }
}

/** Shortest prefix of a range that somebody adds. */
const longestAdded = 8

const isReady = ({ metadata, status }: ServiceCidr): boolean =>
  metadata.deletionTimestamp === undefined && status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True') === true

const toRanges = (cidr: ServiceCidr): AddressRange[] =>
  (cidr.spec?.cidrs ?? []).flatMap(text => {
    try {
      return [parseAddressRange(text, longestAdded)]
    } catch {
      // The other family, or too small to give out anything.
      return []
    }
  })

export const createServiceRanges =
  (store: Store, prefix: string, own: AddressRange): (() => Promise<readonly AddressRange[]>) =>
  async () => {
    const found: AddressRange[] = [own]
    const { entries } = await store.list(prefix, { freshness: 'any' })
    for (const entry of entries) {
      const cidr = entry.object() as ServiceCidr
      if (isReady(cidr)) found.push(...entry.memo('ranges', () => toRanges(cidr)).filter(range => !found.some(f => f.cidr === range.cidr)))
    }
    return found
  }
