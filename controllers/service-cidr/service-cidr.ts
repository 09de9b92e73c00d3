// Ranges that addresses of Services come from: each is held by a finalizer until no address would be left in no range, and says whether new
// addresses may come from it.
import { ipAddresses } from '../../api/kinds/networking/ip-address.ts'
import { serviceCidrs } from '../../api/kinds/networking/service-cidr.ts'
import { ignoring } from '../../api/status.ts'
import type { IPAddress, ServiceCIDR } from '../../api/types/networking-v1.ts'
import { toTime } from '../../base/clock.ts'
import type { Controller } from '../../client/types.ts'
import type { ControllerContext } from '../context.ts'
import { containsAddress, findOrphan, overlaps } from './compute-dependents.ts'

const finalizer = 'networking.k8s.io/service-cidr-finalizer'
const managedBy = 'ipaddress.kubernetes.io/managed-by'
const allocator = 'ipallocator.k8s.io'
/** How long API servers may still give out addresses of a range that is being deleted. */
const graceMs = 10_000

export const createServiceCidrController = ({ client, informers, clock }: ControllerContext): Controller => {
  const cidrs = informers.of(serviceCidrs)
  const addresses = informers.of(ipAddresses, { labelSelector: `${managedBy}=${allocator}` })
  const api = client.of(serviceCidrs)
  const nameOf = ({ metadata }: ServiceCIDR): string => metadata.name ?? ''

  const setReady = async (cidr: ServiceCIDR, status: 'True' | 'False', reason: string, message: string): Promise<void> => {
    const before = cidr.status?.conditions?.find(c => c.type === 'Ready')
    if (before?.status === status && before.reason === reason) return
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : toTime(clock.now())
    const conditions = [...(cidr.status?.conditions ?? []).filter(c => c.type !== 'Ready'), { type: 'Ready', status, reason, message, lastTransitionTime }]
    await api.updateStatus({ ...cidr, status: { ...cidr.status, conditions } }).catch(ignoring('NotFound'))
  }

  const release = async (cidr: ServiceCIDR): Promise<{ requeueAfterMs: number } | undefined> => {
    const { finalizers = [], deletionTimestamp = '' } = cidr.metadata
    if (!finalizers.includes(finalizer)) return undefined
    const orphan = findOrphan(
      cidr,
      cidrs.list(),
      addresses.list().map(address => address.metadata.name ?? ''),
    )
    if (orphan !== undefined) {
      await setReady(cidr, 'False', 'Terminating', 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR')
      return undefined
    }
    const waitMs = Date.parse(deletionTimestamp) + graceMs - clock.now()
    if (waitMs > 0) return { requeueAfterMs: waitMs }
    await api.update({ ...cidr, metadata: { ...cidr.metadata, finalizers: finalizers.filter(f => f !== finalizer) } }).catch(ignoring('NotFound'))
    return undefined
  }

  return {
    name: 'service-cidr-controller',
    watches: [
      // A range that comes or goes may free another, or leave it alone.
      {
        informer: cidrs,
        toKeys: (cidr: ServiceCIDR) => [
          ...new Set([
            nameOf(cidr),
            ...cidrs
              .list()
              .filter(other => overlaps(cidr, other))
              .map(nameOf),
          ]),
        ],
      },
      {
        informer: addresses,
        // A range that stays does not care how many addresses it has.
        toKeys: ({ metadata }: IPAddress) =>
          cidrs
            .list()
            .filter(cidr => cidr.metadata.deletionTimestamp !== undefined && containsAddress(cidr, metadata.name ?? ''))
            .map(nameOf),
      },
    ],
    async reconcile(name) {
      const cidr = cidrs.get(name)
      if (!cidr) return undefined
      if (cidr.metadata.deletionTimestamp !== undefined) return release(cidr)
      if (!cidr.metadata.finalizers?.includes(finalizer)) {
        // The event of this write brings the key back, with the version that its status goes with.
        await api.update({ ...cidr, metadata: { ...cidr.metadata, finalizers: [...(cidr.metadata.finalizers ?? []), finalizer] } }).catch(ignoring('NotFound'))
        return undefined
      }
      if (!cidr.status?.conditions?.some(c => c.type === 'Ready' && c.status === 'True')) await setReady(cidr, 'True', '', 'Kubernetes Service CIDR is ready')
      return undefined
    },
  }
}
